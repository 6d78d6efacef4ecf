//! Which features a type is wanted by.

use std::collections::BTreeMap;

use super::{Features, Writer, community, names, section};
use crate::{
    facts::{Def, Type},
    overlay::EVENT,
};

/// The feature that the methods of a section are behind which a community's key cannot call.
pub(super) fn feature(section: &str) -> String {
    names::snake(section).replace('_', "-")
}

impl Writer<'_> {
    /// The types that answers are made of, each with the features that want it.
    pub(super) fn reached(&self) -> BTreeMap<String, Features> {
        let mut reached: BTreeMap<String, Features> = BTreeMap::new();
        for name in self.event_names() {
            self.reach(&Type::Ref(format!("{EVENT}{name}")), None, &mut reached);
        }
        // What is always there comes first: nothing more is asked of it then.
        let mut methods: Vec<_> = self.facts.methods.iter().collect();
        methods.sort_by_key(|(_, method)| !community(&method.tokens));
        for (name, method) in methods {
            if self.overlay.by_hand.contains(name) || self.overlay.answers.contains_key(name) {
                continue;
            }
            let feature = (!community(&method.tokens)).then(|| feature(section(name)));
            for answer in &method.answers {
                self.reach(answer, feature.as_deref(), &mut reached);
            }
        }
        reached
    }

    /// What a type written by hand is made of: always there, as the type itself is.
    fn reach_members(&self, name: &str, reached: &mut BTreeMap<String, Features>) {
        if reached.insert(name.to_owned(), Features::new()).is_none() {
            for member in self.facts.members(name).unwrap_or_default() {
                self.reach(&member.kind, None, reached);
            }
        }
    }

    fn reach(&self, kind: &Type, feature: Option<&str>, reached: &mut BTreeMap<String, Features>) {
        let name = match self.facts.resolve(kind) {
            Type::Ref(name) => name,
            Type::List(of) | Type::Map(of) | Type::IdOr(of) => return self.reach(of, feature, reached),
            _ => return,
        };
        if self.overlay.types.contains_key(name) {
            // What is written by hand is always there.
            return self.reach_members(name, reached);
        }
        let known = reached.get_mut(name);
        match (known, feature) {
            (Some(features), _) if features.is_empty() => return,
            (Some(features), Some(feature)) => {
                if !features.insert(feature.to_owned()) {
                    return;
                }
            }
            (Some(features), None) => features.clear(),
            (None, _) => {
                reached.insert(name.clone(), feature.map(str::to_owned).into_iter().collect());
            }
        }
        match self.facts.types.get(name) {
            Some(Def::Object(_)) => {
                for member in self.facts.members(name).unwrap_or_default() {
                    self.reach(&member.kind, feature, reached);
                }
            }
            Some(Def::OneOf { variants, .. }) => {
                for (_, kind) in variants {
                    self.reach(kind, feature, reached);
                }
            }
            _ => {}
        }
    }
}
