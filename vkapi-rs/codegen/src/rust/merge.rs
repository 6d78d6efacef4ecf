//! One answer a method: where a parameter decides what is answered, a type that holds every kind.

use super::shape::shape;
use crate::{
    facts::{Def, Facts, Member, Type},
    overlay::Overlay,
};

pub(super) fn merge(facts: &Facts, overlay: &Overlay) -> Facts {
    let mut merged = facts.clone();
    for (name, method) in &facts.methods {
        if overlay.by_hand.contains(name) {
            continue;
        }
        let mut answers = method.answers.iter().cloned();
        let Some(first) = answers.next() else { continue };
        let plain = name.replace('.', "_");
        let mut merger = Merger { facts: &mut merged, overlay, name: format!("{plain}_answer") };
        let one = answers.try_fold(first, |one, other| merger.unite(&one, &other));
        let one = one.unwrap_or_else(|| {
            merger.name = format!("{plain}_item");
            merger.either(format!("{plain}_answer"), &method.answers)
        });
        if let Some(method) = merged.methods.get_mut(name) {
            method.answers = vec![one];
        }
    }
    merged
}

struct Merger<'a> {
    facts: &'a mut Facts,
    overlay: &'a Overlay,
    /// What a type made on the way is called.
    name: String,
}

impl Merger<'_> {
    /// The type that holds both; `None` if there is none but anything.
    fn unite(&mut self, one: &Type, other: &Type) -> Option<Type> {
        let (one, other) = (self.facts.resolve(one).clone(), self.facts.resolve(other).clone());
        match (&one, &other) {
            _ if one == other => Some(one),
            (Type::List(a), Type::List(b)) => Some(Type::List(Box::new(self.unite(a, b)?))),
            (Type::IdOr(a), Type::IdOr(b)) => Some(Type::IdOr(Box::new(self.unite(a, b)?))),
            (Type::IdOr(a), b @ Type::Ref(_)) | (b @ Type::Ref(_), Type::IdOr(a)) => {
                Some(Type::IdOr(Box::new(self.unite(a, b)?)))
            }
            (Type::IdOr(_), Type::Int) => Some(one),
            (Type::Int, Type::IdOr(_)) => Some(other),
            (Type::Int, thing @ Type::Ref(_)) | (thing @ Type::Ref(_), Type::Int)
                if shape(self.facts, self.overlay, thing) == Some("Object") =>
            {
                Some(Type::IdOr(Box::new(thing.clone())))
            }
            _ if self.are(&one, &other, "Text") => Some(Type::Text),
            (Type::Ref(a), Type::Ref(b)) => self.unite_objects(a, b),
            _ => None,
        }
    }

    /// Whether both are of a shape.
    fn are(&self, one: &Type, other: &Type, wanted: &str) -> bool {
        [one, other].iter().all(|kind| shape(self.facts, self.overlay, kind) == Some(wanted))
    }

    /// One of several that only the shape of the JSON tells apart; those of one shape become one.
    fn either(&mut self, name: String, kinds: &[Type]) -> Type {
        let mut shapes: Vec<(&'static str, Type)> = Vec::new();
        for kind in kinds {
            let Some(shape) = shape(self.facts, self.overlay, kind) else { return Type::Any };
            match shapes.iter_mut().find(|(known, _)| *known == shape) {
                Some((_, known)) => match self.unite(&known.clone(), kind) {
                    Some(one) => *known = one,
                    None => return Type::Any,
                },
                None => shapes.push((shape, kind.clone())),
            }
        }
        let variants = shapes.into_iter().enumerate().map(|(at, (_, kind))| (at.to_string(), kind)).collect();
        self.facts.types.insert(name.clone(), Def::OneOf { tag: None, variants });
        Type::Ref(name)
    }

    fn unite_objects(&mut self, one: &str, other: &str) -> Option<Type> {
        let same =
            self.overlay.types.get(one).is_some_and(|rust| self.overlay.types.get(other) == Some(rust));
        if same {
            return Some(Type::Ref(other.to_owned()));
        }
        let (a, b) = (self.facts.members(one)?, self.facts.members(other)?);
        for (name, more, less) in [(one, &a, &b), (other, &b, &a)] {
            let holds = |member: &Member| {
                more.iter().any(|known| known.name == member.name && known.kind == member.kind)
            };
            if less.iter().all(holds) {
                return Some(Type::Ref(name.to_owned()));
            }
        }
        let mut members = Vec::new();
        for mut member in a.clone() {
            match b.iter().find(|known| known.name == member.name) {
                Some(known) => {
                    member.required &= known.required;
                    let one = self.unite(&member.kind, &known.kind);
                    member.kind = one.unwrap_or_else(|| {
                        let name = format!("{}_{}", self.name, member.name);
                        self.either(name, &[member.kind.clone(), known.kind.clone()])
                    });
                }
                None => member.required = false,
            }
            members.push(member);
        }
        let only_there = b.into_iter().filter(|member| a.iter().all(|known| known.name != member.name));
        members.extend(only_there.map(|member| Member { required: false, ..member }));
        self.facts.types.insert(self.name.clone(), Def::Object(members));
        Some(Type::Ref(self.name.clone()))
    }
}
