//! Carrying out a script's tree.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::parse::{Expr, Statement};
use crate::error::ApiError;

/// VK: "at most 1000 operations".
const MOST_STEPS: usize = 1000;
/// A deeper tree of expressions would need a deeper stack than a server's thread has.
const DEEPEST: usize = 200;

type Api<'a> = dyn FnMut(&str, &Value) -> Result<Value, ApiError> + 'a;

struct Machine<'a> {
    variables: HashMap<String, Value>,
    api: &'a mut Api<'a>,
    steps: usize,
    depth: usize,
}

/// What the script returns; a script without `return` returns null.
pub(super) fn run<'a>(
    program: &[Statement],
    args: Map<String, Value>,
    api: &'a mut Api<'a>,
) -> Result<Value, ApiError> {
    let variables = HashMap::from([("Args".to_owned(), Value::Object(args))]);
    let mut machine = Machine { variables, api, steps: 0, depth: 0 };
    Ok(machine.block(program)?.unwrap_or(Value::Null))
}

fn failed(detail: impl Into<String>) -> ApiError {
    ApiError::with(13, detail)
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(on) => *on,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.as_f64().unwrap_or(0.0),
        Value::String(text) => text.trim().parse().unwrap_or(0.0),
        Value::Bool(on) => f64::from(u8::from(*on)),
        _ => 0.0,
    }
}

/// Whole numbers stay whole.
fn from_number(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT { json!(number as i64) } else { json!(number) }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn field(value: &Value, name: &str) -> Value {
    match value {
        Value::Object(object) => object.get(name).cloned().unwrap_or(Value::Null),
        Value::Array(items) if name == "length" => json!(items.len()),
        Value::String(text) if name == "length" => json!(text.encode_utf16().count()),
        _ => Value::Null,
    }
}

fn index(value: &Value, index: &Value) -> Value {
    match (value, index) {
        (Value::Array(items), index) => {
            let at = number(index);
            if at < 0.0 { Value::Null } else { items.get(at as usize).cloned().unwrap_or(Value::Null) }
        }
        (other, name) => field(other, &text(name)),
    }
}

impl Machine<'_> {
    fn step(&mut self) -> Result<(), ApiError> {
        self.steps += 1;
        if self.steps > MOST_STEPS { Err(failed("Too many operations")) } else { Ok(()) }
    }

    fn block(&mut self, statements: &[Statement]) -> Result<Option<Value>, ApiError> {
        for statement in statements {
            if let Some(value) = self.statement(statement)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The value returned, if the statement returns.
    fn statement(&mut self, statement: &Statement) -> Result<Option<Value>, ApiError> {
        self.step()?;
        match statement {
            Statement::Declare(declared) => {
                for (name, value) in declared {
                    let value = value.as_ref().map_or(Ok(Value::Null), |value| self.expr(value))?;
                    self.variables.insert(name.clone(), value);
                }
            }
            Statement::Assign(target, value) => {
                let value = self.expr(value)?;
                *self.place(target)? = value;
            }
            Statement::Expression(expr) => {
                self.expr(expr)?;
            }
            Statement::Return(value) => {
                return Ok(Some(value.as_ref().map_or(Ok(Value::Null), |value| self.expr(value))?));
            }
            Statement::If(condition, then, otherwise) => {
                if truthy(&self.expr(condition)?) {
                    return self.statement(then);
                }
                if let Some(otherwise) = otherwise {
                    return self.statement(otherwise);
                }
            }
            Statement::While(condition, body) => {
                while truthy(&self.expr(condition)?) {
                    if let Some(value) = self.statement(body)? {
                        return Ok(Some(value));
                    }
                }
            }
            Statement::Block(inside) => return self.block(inside),
        }
        Ok(None)
    }

    /// A variable, or something inside of it, to be changed.
    fn place(&mut self, target: &Expr) -> Result<&mut Value, ApiError> {
        match target {
            Expr::Variable(name) => Ok(self.variables.entry(name.clone()).or_insert(Value::Null)),
            Expr::Field(base, name) => {
                let base = self.place(base)?;
                if base.is_null() {
                    *base = Value::Object(Map::new());
                }
                let object = base.as_object_mut().ok_or_else(|| failed("not an object"))?;
                Ok(object.entry(name.clone()).or_insert(Value::Null))
            }
            Expr::Index(base, at) => {
                let at = self.expr(at)?;
                match self.place(base)? {
                    Value::Object(object) => Ok(object.entry(text(&at)).or_insert(Value::Null)),
                    Value::Array(items) => {
                        let at = number(&at) as usize;
                        if at == items.len() {
                            items.push(Value::Null);
                        }
                        items.get_mut(at).ok_or_else(|| failed("index is out of range"))
                    }
                    _ => Err(failed("not an array")),
                }
            }
            _ => Err(failed("cannot assign to this")),
        }
    }

    fn expr(&mut self, expr: &Expr) -> Result<Value, ApiError> {
        // A literal is no operation: what clients send as one argument may have many.
        if let Expr::Literal(value) = expr {
            return Ok(value.clone());
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(failed("Too deep expression"));
        }
        let value = self.compound(expr);
        self.depth -= 1;
        value
    }

    fn compound(&mut self, expr: &Expr) -> Result<Value, ApiError> {
        match expr {
            Expr::Literal(value) => Ok(value.clone()),
            Expr::Array(items) => items.iter().map(|item| self.expr(item)).collect(),
            Expr::Object(fields) => {
                fields.iter().map(|(name, value)| Ok((name.clone(), self.expr(value)?))).collect()
            }
            Expr::Variable(name) => Ok(self.variables.get(name).cloned().unwrap_or(Value::Null)),
            Expr::Field(base, name) => {
                self.step()?;
                Ok(field(&self.expr(base)?, name))
            }
            Expr::Index(base, at) => {
                self.step()?;
                let base = self.expr(base)?;
                Ok(index(&base, &self.expr(at)?))
            }
            Expr::Pluck(base, name) => {
                self.step()?;
                match self.expr(base)? {
                    Value::Array(items) => Ok(items.iter().map(|item| field(item, name)).collect()),
                    _ => Ok(Value::Null),
                }
            }
            Expr::Api(method, argument) => {
                self.step()?;
                let argument = argument.as_ref().map_or(Ok(Value::Null), |argument| self.expr(argument))?;
                (self.api)(method, &argument)
            }
            Expr::Method(base, name, arguments) => {
                self.step()?;
                let arguments: Vec<Value> =
                    arguments.iter().map(|argument| self.expr(argument)).collect::<Result<_, _>>()?;
                self.method(base, name, arguments)
            }
            Expr::ParseInt(inside) => Ok(from_number(number(&self.expr(inside)?).trunc())),
            Expr::Unary(sign, inside) => {
                self.step()?;
                let value = self.expr(inside)?;
                Ok(match *sign {
                    "!" => json!(!truthy(&value)),
                    "-" => from_number(-number(&value)),
                    _ => from_number(number(&value)),
                })
            }
            Expr::Binary(sign, left, right) => {
                self.step()?;
                self.binary(sign, left, right)
            }
        }
    }

    fn method(&mut self, base: &Expr, name: &str, mut arguments: Vec<Value>) -> Result<Value, ApiError> {
        let argument = |at: usize| arguments.get(at).map_or(0.0, number);
        match name {
            "push" => {
                let value = arguments.pop().unwrap_or(Value::Null);
                let Value::Array(items) = self.place(base)? else { return Err(failed("push: not an array")) };
                items.push(value);
                Ok(json!(items.len()))
            }
            "slice" => {
                let Value::Array(items) = self.expr(base)? else { return Err(failed("slice: not an array")) };
                let end = if arguments.len() > 1 { argument(1) as usize } else { items.len() };
                let start = (argument(0) as usize).min(items.len());
                Ok(Value::Array(items[start..end.clamp(start, items.len())].to_vec()))
            }
            _ => Err(failed(format!("unknown method {name}"))),
        }
    }

    fn binary(&mut self, sign: &str, left: &Expr, right: &Expr) -> Result<Value, ApiError> {
        let left = self.expr(left)?;
        match sign {
            "&&" if !truthy(&left) => return Ok(left),
            "||" if truthy(&left) => return Ok(left),
            _ => {}
        }
        let right = self.expr(right)?;
        let (a, b) = (number(&left), number(&right));
        Ok(match sign {
            "&&" | "||" => right,
            "==" => json!(same(&left, &right)),
            "!=" => json!(!same(&left, &right)),
            "<" => json!(a < b),
            ">" => json!(a > b),
            "<=" => json!(a <= b),
            ">=" => json!(a >= b),
            "+" => match (&left, &right) {
                (Value::String(_), _) | (_, Value::String(_)) => json!(text(&left) + &text(&right)),
                (Value::Array(one), Value::Array(two)) => json!([one.as_slice(), two.as_slice()].concat()),
                _ => from_number(a + b),
            },
            "-" => from_number(a - b),
            "*" => from_number(a * b),
            "/" | "%" if b == 0.0 => return Err(failed("Division by zero")),
            "/" => from_number(a / b),
            _ => from_number(a % b),
        })
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(_), Value::String(_) | Value::Bool(_))
        | (Value::String(_) | Value::Bool(_), Value::Number(_)) => {
            (number(left) - number(right)).abs() < f64::EPSILON
        }
        (Value::Number(_), Value::Number(_)) => (number(left) - number(right)).abs() < f64::EPSILON,
        _ => left == right,
    }
}
