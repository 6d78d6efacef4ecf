//! The facts as text: a line for each thing, what belongs to it indented below.
//!
//! ```text
//! method messages.getHistory user,group -> @messages_get_history
//!   count int 0..200
//!   peer_id int!
//!   errors 917
//! object base_city
//!   id int! 1..
//! texts base_name_case nom gen dat
//! numbers groups_wall 0=disabled 1=open
//! alias base_ok = int
//! one newsfeed_item by type post=@newsfeed_post
//! error 901 global messages_privacy Can't send …
//! ```
//!
//! A type is `int`, `num`, `bool`, `text`, `int|text`, `int|@name`, `any`, `@name`, `[type]` or `{type}`; `!` stands for "always
//! there". Limits follow: `least..most`, `len<=N`, `count<=N`, `of=a,b`.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, Result, anyhow, bail, ensure};

use crate::facts::{Def, ErrorFact, Facts, Member, MethodFact, Token, Type};

/// Reads `facts/` and `overlay.facts` of a folder.
pub(crate) fn load(home: &Path) -> Result<Facts> {
    let mut facts = Facts::default();
    let folder = home.join("facts");
    let mut files = fs::read_dir(&folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.sort();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "facts"));
    files.push(home.join("overlay.facts"));
    for path in files {
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        facts.mend(parse(&text).with_context(|| path.display().to_string())?);
    }
    Ok(facts)
}

/// Reads facts.
pub(crate) fn parse(text: &str) -> Result<Facts> {
    let mut facts = Facts::default();
    let mut last = Last::None;
    for (number, line) in text.lines().enumerate() {
        let line = line.split(" #").next().unwrap_or_default().trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        read_line(line, &mut facts, &mut last).with_context(|| format!("line {}: {line}", number + 1))?;
    }
    Ok(facts)
}

/// What indented lines belong to.
enum Last {
    None,
    Method(String),
    Object(String),
}

fn read_line(line: &str, facts: &mut Facts, last: &mut Last) -> Result<()> {
    if let Some(inner) = line.strip_prefix("  ") {
        match last {
            Last::Method(name) => {
                let method = facts.methods.get_mut(name).ok_or_else(|| anyhow!("no method"))?;
                if let Some(codes) = inner.strip_prefix("errors ") {
                    method.errors = codes.split(' ').map(|code| Ok(code.parse()?)).collect::<Result<_>>()?;
                } else {
                    method.params.push(member(inner)?);
                }
            }
            Last::Object(name) => {
                let Some(Def::Object(members)) = facts.types.get_mut(name) else { bail!("no object") };
                members.push(member(inner)?);
            }
            Last::None => bail!("indented, but nothing is above"),
        }
        return Ok(());
    }
    let (word, rest) = line.split_once(' ').ok_or_else(|| anyhow!("a name is missing"))?;
    let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    *last = Last::None;
    match word {
        "method" => {
            let (tokens, answers) = rest.split_once("->").unwrap_or((rest, ""));
            let tokens = tokens.trim().split(',').filter(|token| !token.is_empty());
            let method = MethodFact {
                tokens: tokens.map(token).collect::<Result<_>>()?,
                answers: answers.split_whitespace().map(kind).collect::<Result<_>>()?,
                ..MethodFact::default()
            };
            facts.methods.insert(name.to_owned(), method);
            *last = Last::Method(name.to_owned());
        }
        "object" => {
            facts.types.insert(name.to_owned(), Def::Object(Vec::new()));
            *last = Last::Object(name.to_owned());
        }
        "error" => {
            let (global, rest) = rest.strip_prefix("global ").map_or((false, rest), |rest| (true, rest));
            let (key, message) = rest.split_once(' ').ok_or_else(|| anyhow!("a message is missing"))?;
            let error = ErrorFact { name: key.to_owned(), global, message: message.to_owned() };
            facts.errors.insert(name.parse()?, error);
        }
        _ => {
            facts.types.insert(name.to_owned(), def(word, rest)?);
        }
    }
    Ok(())
}

fn def(word: &str, rest: &str) -> Result<Def> {
    Ok(match word {
        "texts" => Def::Texts(rest.split(' ').map(str::to_owned).collect()),
        "numbers" => {
            let values = rest.split(' ').map(|value| {
                let (number, name) = value.split_once('=').map_or((value, None), |(n, name)| (n, Some(name)));
                Ok((number.parse()?, name.map(str::to_owned)))
            });
            Def::Numbers(values.collect::<Result<_>>()?)
        }
        "alias" => Def::Alias(kind(rest.strip_prefix("= ").ok_or_else(|| anyhow!("no `=`"))?)?),
        "one" => {
            let mut words = rest.split(' ').peekable();
            let tag = if words.next_if_eq(&"by").is_some() { words.next().map(str::to_owned) } else { None };
            let variants = words.map(|word| {
                let (name, of) = word.split_once('=').ok_or_else(|| anyhow!("no `=` in {word}"))?;
                Ok((name.to_owned(), kind(of)?))
            });
            Def::OneOf { tag, variants: variants.collect::<Result<_>>()? }
        }
        _ => bail!("`{word}` is none of method, object, texts, numbers, alias, one, error"),
    })
}

fn token(name: &str) -> Result<Token> {
    let found = Token::ALL.iter().find(|(_, known)| *known == name);
    found.map(|(token, _)| *token).ok_or_else(|| anyhow!("`{name}` is no kind of key"))
}

fn kind(text: &str) -> Result<Type> {
    let inner = |open, close| text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
    Ok(match text {
        "int" => Type::Int,
        "num" => Type::Num,
        "bool" => Type::Bool,
        "text" => Type::Text,
        "int|text" => Type::IntOrText,
        "any" => Type::Any,
        _ => {
            if let Some(of) = text.strip_prefix("int|") {
                Type::IdOr(Box::new(kind(of)?))
            } else if let Some(name) = text.strip_prefix('@') {
                Type::Ref(name.to_owned())
            } else if let Some(of) = inner('[', ']') {
                Type::List(Box::new(kind(of)?))
            } else if let Some(of) = inner('{', '}') {
                Type::Map(Box::new(kind(of)?))
            } else {
                bail!("`{text}` is no type")
            }
        }
    })
}

fn member(line: &str) -> Result<Member> {
    let mut words = line.split(' ');
    let name = words.next().unwrap_or_default();
    let of = words.next().ok_or_else(|| anyhow!("no type"))?;
    let mut member = Member::new(name, kind(of.strip_suffix('!').unwrap_or(of))?);
    member.required = of.ends_with('!');
    for word in words {
        if let Some(most) = word.strip_prefix("len<=") {
            member.max_len = Some(most.parse()?);
        } else if let Some(most) = word.strip_prefix("count<=") {
            member.max_items = Some(most.parse()?);
        } else if let Some(choices) = word.strip_prefix("of=") {
            member.choices = choices.split(',').map(str::to_owned).collect();
        } else {
            let (least, most) = word.split_once("..").ok_or_else(|| anyhow!("`{word}` is no limit"))?;
            member.min = (!least.is_empty()).then(|| least.parse()).transpose()?;
            member.max = (!most.is_empty()).then(|| most.parse()).transpose()?;
        }
    }
    Ok(member)
}

/// Writes facts as they are read.
pub(crate) fn print(facts: &Facts) -> Result<String> {
    let mut out = String::new();
    for (name, method) in &facts.methods {
        let tokens: Vec<_> = method.tokens.iter().map(|token| token.name()).collect();
        let answers: Vec<_> = method.answers.iter().map(print_kind).collect();
        writeln!(out, "method {name} {} -> {}", tokens.join(","), answers.join(" "))?;
        print_members(&mut out, &method.params)?;
        if !method.errors.is_empty() {
            let codes: Vec<_> = method.errors.iter().map(ToString::to_string).collect();
            writeln!(out, "  errors {}", codes.join(" "))?;
        }
    }
    for (name, def) in &facts.types {
        match def {
            Def::Object(members) => {
                writeln!(out, "object {name}")?;
                print_members(&mut out, members)?;
            }
            Def::Texts(values) => {
                let plain = values.iter().all(|value| !value.is_empty() && !value.contains([' ', '=', '#']));
                ensure!(plain, "{name}: a value that cannot be written");
                writeln!(out, "texts {name} {}", values.join(" "))?;
            }
            Def::Numbers(values) => {
                let print = |(number, name): &(i64, Option<String>)| {
                    name.as_ref().map_or_else(|| number.to_string(), |name| format!("{number}={name}"))
                };
                writeln!(out, "numbers {name} {}", values.iter().map(print).collect::<Vec<_>>().join(" "))?;
            }
            Def::Alias(kind) => writeln!(out, "alias {name} = {}", print_kind(kind))?,
            Def::OneOf { tag, variants } => {
                write!(out, "one {name}")?;
                if let Some(tag) = tag {
                    write!(out, " by {tag}")?;
                }
                for (value, kind) in variants {
                    write!(out, " {value}={}", print_kind(kind))?;
                }
                out.push('\n');
            }
        }
    }
    for (code, error) in &facts.errors {
        let global = if error.global { "global " } else { "" };
        writeln!(out, "error {code} {global}{} {}", error.name, error.message)?;
    }
    Ok(out)
}

fn print_members(out: &mut String, members: &[Member]) -> Result<()> {
    for member in members {
        write!(out, "  {} {}", member.name, print_kind(&member.kind))?;
        if member.required {
            out.push('!');
        }
        if member.min.is_some() || member.max.is_some() {
            let print = |limit: Option<i64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
            write!(out, " {}..{}", print(member.min), print(member.max))?;
        }
        if let Some(most) = member.max_len {
            write!(out, " len<={most}")?;
        }
        if let Some(most) = member.max_items {
            write!(out, " count<={most}")?;
        }
        if !member.choices.is_empty() {
            write!(out, " of={}", member.choices.join(","))?;
        }
        out.push('\n');
    }
    Ok(())
}

/// A type as it is written.
pub(crate) fn print_kind(kind: &Type) -> String {
    match kind {
        Type::Int => "int".to_owned(),
        Type::Num => "num".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Text => "text".to_owned(),
        Type::IntOrText => "int|text".to_owned(),
        Type::IdOr(of) => format!("int|{}", print_kind(of)),
        Type::Any => "any".to_owned(),
        Type::Ref(name) => format!("@{name}"),
        Type::List(of) => format!("[{}]", print_kind(of)),
        Type::Map(of) => format!("{{{}}}", print_kind(of)),
    }
}
