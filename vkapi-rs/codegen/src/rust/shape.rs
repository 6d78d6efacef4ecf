//! Of what JSON a value is.

use crate::{
    facts::{Def, Facts, Type},
    overlay::Overlay,
};

/// The shape that tells a value from others: `Flag`, `Number`, `Text`, `List` or `Object`; `None` if it may be any.
pub(super) fn shape(facts: &Facts, overlay: &Overlay, kind: &Type) -> Option<&'static str> {
    Some(match facts.resolve(kind) {
        Type::Int | Type::Num => "Number",
        Type::Bool => "Flag",
        Type::Text => "Text",
        Type::List(_) => "List",
        Type::Map(_) => "Object",
        Type::Any | Type::IntOrText | Type::IdOr(_) => return None,
        Type::Ref(name) => match (facts.types.get(name)?, overlay.types.get(name).map(String::as_str)) {
            (Def::Numbers(_), Some("bool" | "Done")) => "Flag",
            (Def::Numbers(_), _) => "Number",
            (Def::Texts(_), _) => "Text",
            (Def::Object(_) | Def::OneOf { tag: Some(_), .. }, _) => "Object",
            (Def::OneOf { tag: None, .. } | Def::Alias(_), _) => return None,
        },
    })
}
