//! VK's schema reduced to facts.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Map, Value};

use crate::{
    Files,
    facts::{Def, ErrorFact, Facts, Member, MethodFact, Token, Type},
    text,
};

/// The files of `facts/` that a checkout of VK's schema makes: a section each, and the errors.
pub fn reduce(checkout: &Path) -> Result<Files> {
    let mut files = Files::new();
    let errors = read(&checkout.join("errors.json"))?;
    let version = errors["version"].as_str().unwrap_or_default().to_owned();
    let errors = read_errors(&errors)?;
    let codes = errors.iter().map(|(code, error)| (error.name.clone(), *code)).collect();
    let mut put = |name: &str, facts: Facts| -> Result<()> {
        let head = format!(
            "# Facts of VK's API {version}, reduced from VK's schema: see NOTICE. Not edited by hand.\n"
        );
        files.insert(format!("facts/{name}.facts"), head + &text::print(&facts)?);
        Ok(())
    };
    put("errors", Facts { errors, ..Facts::default() })?;
    for entry in fs::read_dir(checkout)? {
        let folder = entry?.path();
        let Some(name) = folder.file_name().and_then(|name| name.to_str()).filter(|_| folder.is_dir()) else {
            continue;
        };
        let facts = section(&folder, &codes).with_context(|| name.to_owned())?;
        if facts != Facts::default() {
            put(name, facts)?;
        }
    }
    Ok(files)
}

fn section(folder: &Path, codes: &BTreeMap<String, i32>) -> Result<Facts> {
    let mut reducer = Reducer::default();
    for file in ["objects.json", "responses.json"] {
        let path = folder.join(file);
        if path.exists() {
            let definitions = read(&path)?;
            for (name, definition) in object(&definitions["definitions"]) {
                let answer = file == "responses.json";
                reducer.definition(name, definition, answer).with_context(|| name.clone())?;
            }
        }
    }
    let mut facts = Facts { types: reducer.types, ..Facts::default() };
    let path = folder.join("methods.json");
    if path.exists() {
        for method in read(&path)?["methods"].as_array().into_iter().flatten() {
            let name = method["name"].as_str().ok_or_else(|| anyhow!("a method without a name"))?;
            facts
                .methods
                .insert(name.to_owned(), read_method(method, codes).with_context(|| name.to_owned())?);
        }
    }
    Ok(facts)
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

fn read_errors(file: &Value) -> Result<BTreeMap<i32, ErrorFact>> {
    let errors = object(&file["errors"]).map(|(name, error)| {
        let code = error["code"].as_i64().and_then(|code| i32::try_from(code).ok());
        let fact = ErrorFact {
            name: name.strip_prefix("api_error_").unwrap_or(name).to_owned(),
            global: error["global"] == true,
            message: error["description"].as_str().unwrap_or_default().replace('\n', " "),
        };
        Ok((code.ok_or_else(|| anyhow!("{name} has no number"))?, fact))
    });
    errors.collect()
}

fn read_method(method: &Value, codes: &BTreeMap<String, i32>) -> Result<MethodFact> {
    let tokens = list(&method["access_token_type"]).map(|name| {
        let known = Token::ALL.iter().find(|(_, known)| name == known);
        known.map(|(token, _)| *token).ok_or_else(|| anyhow!("{name} is no kind of key"))
    });
    let params = list(&method["parameters"]).map(|param| {
        let name = param["name"].as_str().ok_or_else(|| anyhow!("a parameter without a name"))?;
        // A list of objects is sent as JSON, so what it holds is of no matter here.
        let json = param["format"] == "json" || param["items"]["format"] == "value_object";
        let kind = match param["type"].as_str() {
            Some("array") if json => Type::List(Box::new(Type::Text)),
            _ if json => Type::Text,
            _ => kind_of(param)?,
        };
        Ok(member(name, param, kind))
    });
    let errors = list(&method["errors"]).map(|error| {
        let name = error["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let name = name.strip_prefix("api_error_").unwrap_or(name);
        codes.get(name).copied().ok_or_else(|| anyhow!("no error {name}"))
    });
    let mut errors = errors.collect::<Result<Vec<_>>>()?;
    errors.sort_unstable();
    errors.dedup();
    // VK's order of answers is kept: the plain one comes first.
    let answers =
        object(&method["responses"]).map(|(name, answer)| Ok((name != "response", kind_of(answer)?)));
    let mut answers = answers.collect::<Result<Vec<_>>>()?;
    answers.sort_by_key(|(extended, _)| *extended);
    Ok(MethodFact {
        tokens: tokens.collect::<Result<_>>()?,
        params: params.collect::<Result<_>>()?,
        answers: answers.into_iter().map(|(_, kind)| kind).collect(),
        errors,
    })
}

#[derive(Default)]
struct Reducer {
    types: BTreeMap<String, Def>,
}

impl Reducer {
    fn definition(&mut self, name: &str, definition: &Value, answer: bool) -> Result<()> {
        // An answer's only member is what `Answer::response` holds.
        let definition = definition["properties"].get("response").filter(|_| answer).unwrap_or(definition);
        let def = self.def(name, definition)?;
        self.types.insert(name.to_owned(), def);
        Ok(())
    }

    fn def(&mut self, name: &str, node: &Value) -> Result<Def> {
        if let Some(variants) = node["oneOf"].as_array() {
            return one_of(node, variants);
        }
        if node.get("$ref").is_none() && (node.get("properties").is_some() || node.get("allOf").is_some()) {
            return Ok(Def::Object(self.members(name, node)?));
        }
        let Some(values) = node["enum"].as_array().filter(|_| node["type"] != "array") else {
            return Ok(Def::Alias(kind_of(node)?));
        };
        if node["type"] == "string" {
            let texts: Option<_> = values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
            return Ok(Def::Texts(texts.ok_or_else(|| anyhow!("not all are texts"))?));
        }
        let names = |at: usize| node["enumNames"][at].as_str().map(|name| name.replace([' ', '-'], "_"));
        let numbers = values.iter().enumerate().map(|(at, value)| Some((value.as_i64()?, names(at)?.into())));
        let plain = || values.iter().map(|value| Some((value.as_i64()?, None))).collect();
        let numbers: Option<Vec<_>> = numbers.collect::<Option<_>>().or_else(plain);
        Ok(Def::Numbers(numbers.ok_or_else(|| anyhow!("not all are numbers"))?))
    }

    /// The members of an object; objects described inside of it get names of their own.
    fn members(&mut self, name: &str, node: &Value) -> Result<Vec<Member>> {
        let mut members = Vec::new();
        for part in list(&node["allOf"]) {
            if let Some(path) = part["$ref"].as_str() {
                members.push(Member::new("...", Type::Ref(last(path).to_owned())));
            }
            members.extend(self.members(name, part)?);
        }
        for (member_name, value) in object(&node["properties"]) {
            let inline = value.get("properties").is_some() && value.get("$ref").is_none();
            let kind = if inline {
                let inner = format!("{name}_{member_name}");
                let def = self.def(&inner, value)?;
                self.types.insert(inner.clone(), def);
                Type::Ref(inner)
            } else {
                kind_of(value)?
            };
            members.push(member(member_name, value, kind));
        }
        Ok(members)
    }
}

fn one_of(node: &Value, variants: &[Value]) -> Result<Def> {
    let tag = node["discriminator"]["propertyName"].as_str().map(str::to_owned);
    let variants = if tag.is_some() {
        let mapped = object(&node["discriminator"]["mapping"]).map(|(value, path)| {
            (value.clone(), Type::Ref(last(path.as_str().unwrap_or_default()).to_owned()))
        });
        mapped.collect()
    } else {
        let numbered = variants.iter().enumerate().map(|(at, node)| Ok((at.to_string(), kind_of(node)?)));
        numbered.collect::<Result<_>>()?
    };
    Ok(Def::OneOf { tag, variants })
}

fn member(name: &str, node: &Value, kind: Type) -> Member {
    let number = |key: &str| node[key].as_i64().or_else(|| node[key].as_f64().map(|number| number as i64));
    let choices = node.get("enum").or_else(|| node["items"].get("enum")).map(|values| {
        let print = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        list(values).map(print).collect()
    });
    Member {
        name: name.to_owned(),
        kind,
        required: node["required"] == true,
        min: number("minimum"),
        max: number("maximum"),
        max_len: node["maxLength"].as_u64(),
        max_items: node["maxItems"].as_u64(),
        choices: choices.unwrap_or_default(),
    }
}

fn kind_of(node: &Value) -> Result<Type> {
    if let Some(path) = node["$ref"].as_str() {
        return Ok(Type::Ref(last(path).to_owned()));
    }
    let types: Vec<_> = match &node["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => bail!("no type"),
    };
    Ok(match types[..] {
        ["integer"] | ["integer", "boolean"] => Type::Int,
        ["number"] => Type::Num,
        ["boolean"] => Type::Bool,
        ["string"] | ["string", "boolean"] => Type::Text,
        ["integer", "string"] | ["string", "integer"] => Type::IntOrText,
        ["array"] => Type::List(Box::new(kind_of(&node["items"])?)),
        ["object"] => Type::Any,
        _ => bail!("{types:?} is no type"),
    })
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn list(node: &Value) -> impl Iterator<Item = &Value> {
    node.as_array().into_iter().flatten()
}

fn object(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flat_map(Map::iter)
}
