//! What is known of VK's API.

use std::collections::BTreeMap;

/// All that is known: of one section or of the whole API.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Methods by name, such as `messages.send`.
    pub methods: BTreeMap<String, MethodFact>,
    /// Objects and other named types by VK's name, such as `messages_message`.
    pub types: BTreeMap<String, Def>,
    /// Errors by number.
    pub errors: BTreeMap<i32, ErrorFact>,
}

/// A method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MethodFact {
    /// Whose keys may call it; nobody's is told for methods VK does not open.
    pub tokens: Vec<Token>,
    /// Parameters in VK's order.
    pub params: Vec<Member>,
    /// What it answers: several where a parameter decides.
    pub answers: Vec<Type>,
    /// Numbers of the errors it has beside those of all methods.
    pub errors: Vec<i32>,
}

/// Whose key a call is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Token {
    /// A person's.
    User,
    /// A community's.
    Group,
    /// An application's own.
    Service,
    /// None at all.
    Open,
}

impl Token {
    pub(crate) const ALL: [(Self, &'static str); 4] =
        [(Self::User, "user"), (Self::Group, "group"), (Self::Service, "service"), (Self::Open, "open")];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(token, _)| *token == self).map_or("", |(_, name)| name)
    }
}

/// A parameter of a method or a member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// VK's name of it.
    pub name: String,
    /// What it is.
    pub kind: Type,
    /// Whether VK says it is always there.
    pub required: bool,
    /// The least number.
    pub min: Option<i64>,
    /// The greatest number.
    pub max: Option<i64>,
    /// Most characters of a text.
    pub max_len: Option<u64>,
    /// Most elements of a list.
    pub max_items: Option<u64>,
    /// The only values it takes, if they are listed.
    pub choices: Vec<String>,
}

impl Member {
    /// A member of which nothing but name and type is known.
    pub fn new(name: &str, kind: Type) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            required: false,
            min: None,
            max: None,
            max_len: None,
            max_items: None,
            choices: Vec::new(),
        }
    }
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// A whole number.
    Int,
    /// A number.
    Num,
    /// A flag.
    Bool,
    /// A text.
    Text,
    /// A whole number or a text.
    IntOrText,
    /// The number of a thing or the thing itself, as a parameter decides.
    IdOr(Box<Type>),
    /// Anything.
    Any,
    /// A named type.
    Ref(String),
    /// A list.
    List(Box<Type>),
    /// Members of any name.
    Map(Box<Type>),
}

/// A named type.
#[derive(Clone, Debug, PartialEq)]
pub enum Def {
    /// An object with its members.
    Object(Vec<Member>),
    /// Texts of a list; new ones may appear.
    Texts(Vec<String>),
    /// Numbers of a list, with VK's names where it has them.
    Numbers(Vec<(i64, Option<String>)>),
    /// Another name of a type.
    Alias(Type),
    /// One of several; `tag` is the member that tells which, if one does.
    OneOf {
        /// The member that tells.
        tag: Option<String>,
        /// What it says, and the type then.
        variants: Vec<(String, Type)>,
    },
}

/// An error.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorFact {
    /// VK's name of it.
    pub name: String,
    /// Whether any method may answer with it.
    pub global: bool,
    /// VK's `error_msg`.
    pub message: String,
}

impl Facts {
    /// Adds what `other` knows: members of the same name are replaced, others appended.
    pub(crate) fn mend(&mut self, other: Facts) {
        for (name, new) in other.methods {
            let method = self.methods.entry(name).or_default();
            if !new.tokens.is_empty() {
                method.tokens = new.tokens;
            }
            if !new.answers.is_empty() {
                method.answers = new.answers;
            }
            method.errors.extend(new.errors);
            method.errors.sort_unstable();
            method.errors.dedup();
            mend_members(&mut method.params, new.params);
        }
        for (name, new) in other.types {
            match (self.types.get_mut(&name), new) {
                (Some(Def::Object(members)), Def::Object(new)) => mend_members(members, new),
                (Some(Def::Texts(texts)), Def::Texts(new)) => {
                    texts.extend(new);
                    let mut seen = std::collections::BTreeSet::new();
                    texts.retain(|text| seen.insert(text.clone()));
                }
                (_, new) => {
                    self.types.insert(name, new);
                }
            }
        }
        self.errors.extend(other.errors);
    }

    /// The members of an object, with those it takes over from others; `None` if it is no object.
    pub fn members(&self, name: &str) -> Option<Vec<Member>> {
        let mut all = Vec::new();
        match self.types.get(name)? {
            Def::Object(members) => {
                for member in members {
                    match (&member.kind, member.name.as_str()) {
                        (Type::Ref(other), "...") => mend_members(&mut all, self.members(other)?),
                        _ => mend_members(&mut all, vec![member.clone()]),
                    }
                }
                Some(all)
            }
            Def::Alias(Type::Ref(other)) => self.members(other),
            _ => None,
        }
    }

    /// The type behind names that stand for another one.
    pub(crate) fn resolve<'a>(&'a self, mut kind: &'a Type) -> &'a Type {
        while let Type::Ref(name) = kind {
            let Some(Def::Alias(behind)) = self.types.get(name) else { break };
            kind = behind;
        }
        kind
    }
}

fn mend_members(members: &mut Vec<Member>, new: Vec<Member>) {
    for member in new {
        match members.iter_mut().find(|known| known.name == member.name) {
            Some(known) => *known = member,
            None => members.push(member),
        }
    }
}
