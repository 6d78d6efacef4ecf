//! `execute`: VKScript, as far as clients send it.
//!
//! Variables, `if`, `while`, arithmetic, comparison, logic, arrays, objects, fields, `@.field`, `Args`,
//! `API.section.method({…})`, `.push`, `.slice`, `.length` and `parseInt`.

mod eval;
mod parse;

use serde_json::{Value, json};

use crate::{
    error::ApiError,
    methods::{Answer, Ctx},
    params::Params,
};

/// VK: "at most 25 API calls".
const MOST_CALLS: usize = 25;
const LONGEST_ANSWER: usize = 5 * 1024 * 1024;

pub(crate) fn run(ctx: &mut Ctx<'_>) -> Answer {
    let code = ctx.params.required_text("code")?;
    let program = parse::parse(code)?;
    let args = ctx.params.pairs().iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let mut calls = 0;
    let mut call = |method: &str, arg: &Value| {
        calls += 1;
        if calls > MOST_CALLS {
            return Err(ApiError::with(13, "Too many api calls"));
        }
        Ok(call_inside(ctx, method, arg))
    };
    let result = eval::run(&program, args, &mut call)?;
    if result.to_string().len() > LONGEST_ANSWER {
        return Err(ApiError::with(13, "Response size is too big"));
    }
    Ok(result)
}

/// One call of the script: `false` when it fails, and the failure among `execute_errors`.
fn call_inside(ctx: &mut Ctx<'_>, method: &str, arg: &Value) -> Value {
    let params = Params::new(pairs(arg));
    let mut inner = Ctx {
        state: ctx.state,
        params: &params,
        token: ctx.token,
        version: ctx.version,
        now: ctx.now,
        execute_errors: Vec::new(),
    };
    let answer = if method == "execute" { Err(ApiError::new(3)) } else { inner.call(method) };
    let result = answer.as_ref().map(|_| ()).map_err(|error| error.code);
    ctx.state.calls.record(method, params.pairs(), result, None, true);
    answer.unwrap_or_else(|error| {
        ctx.execute_errors
            .push(json!({"method": method, "error_code": error.code, "error_msg": error.message()}));
        json!(false)
    })
}

/// The parameters of a call, as they would be sent in a form.
fn pairs(arg: &Value) -> Vec<(String, String)> {
    let Some(object) = arg.as_object() else { return Vec::new() };
    object
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), form(value)))
        .collect()
}

fn form(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(on) => i64::from(*on).to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_array() && !item.is_object()) => {
            items.iter().map(form).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}
