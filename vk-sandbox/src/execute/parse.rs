//! Text of a script to its tree.

use serde_json::Value;

use crate::error::ApiError;

/// Deeper nesting does not compile.
const DEEPEST: usize = 100;
/// Longer chains of operators or fields do not compile.
const LONGEST_CHAIN: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Literal(Value),
    Array(Vec<Expr>),
    Object(Vec<(String, Expr)>),
    Variable(String),
    Field(Box<Expr>, String),
    Index(Box<Expr>, Box<Expr>),
    /// `list@.field`: the field of every item.
    Pluck(Box<Expr>, String),
    /// `API.section.method(argument)`.
    Api(String, Option<Box<Expr>>),
    /// `value.method(arguments)`.
    Method(Box<Expr>, String, Vec<Expr>),
    ParseInt(Box<Expr>),
    Unary(&'static str, Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Statement {
    Declare(Vec<(String, Option<Expr>)>),
    Assign(Expr, Expr),
    Expression(Expr),
    Return(Option<Expr>),
    If(Expr, Box<Statement>, Option<Box<Statement>>),
    While(Expr, Box<Statement>),
    Block(Vec<Statement>),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Literal(Value),
    Sign(&'static str),
    End,
}

/// Longer signs first, so that none hides behind its beginning.
const SIGNS: &[&str] = &[
    "==", "!=", "<=", ">=", "&&", "||", "@.", "+", "-", "*", "/", "%", "<", ">", "!", "=", "(", ")", "[",
    "]", "{", "}", ",", ";", ":", ".",
];

/// Binary operators from the loosest to the tightest.
const LEVELS: &[&[&str]] =
    &[&["||"], &["&&"], &["==", "!="], &["<", ">", "<=", ">="], &["+", "-"], &["*", "/", "%"]];

pub(super) fn parse(code: &str) -> Result<Vec<Statement>, ApiError> {
    let mut parser = Parser { tokens: tokens(code)?, at: 0, depth: 0 };
    let mut statements = Vec::new();
    while *parser.peek() != Token::End {
        statements.push(parser.statement()?);
    }
    Ok(statements)
}

fn wrong(detail: &str, line: usize) -> ApiError {
    ApiError::with(12, format!("{detail} in line {line}"))
}

fn tokens(code: &str) -> Result<Vec<(Token, usize)>, ApiError> {
    let mut tokens = Vec::new();
    let mut rest = code;
    let mut line = 1;
    loop {
        let trimmed = rest.trim_start();
        line += rest[..rest.len() - trimmed.len()].matches('\n').count();
        rest = trimmed;
        let Some(first) = rest.chars().next() else { break };
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.find('\n').map_or("", |end| &comment[end..]);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            let end = comment.find("*/").ok_or_else(|| wrong("'*/' expected, '' found", line))?;
            line += comment[..end].matches('\n').count();
            rest = &comment[end + 2..];
        } else if first == '"' || first == '\'' {
            let (text, after) = string(rest, first).ok_or_else(|| wrong("unterminated string", line))?;
            tokens.push((Token::Literal(Value::String(text)), line));
            line += rest[..rest.len() - after.len()].matches('\n').count();
            rest = after;
        } else if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = serde_json::from_str(&rest[..end]).map_err(|_| wrong("bad number", line))?;
            tokens.push((Token::Literal(number), line));
            rest = &rest[end..];
        } else if first.is_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let token = match &rest[..end] {
                "true" => Token::Literal(Value::Bool(true)),
                "false" => Token::Literal(Value::Bool(false)),
                "null" => Token::Literal(Value::Null),
                name => Token::Name(name.to_owned()),
            };
            tokens.push((token, line));
            rest = &rest[end..];
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| wrong(&format!("unexpected '{first}'"), line))?;
            tokens.push((Token::Sign(sign), line));
            rest = &rest[sign.len()..];
        }
    }
    tokens.push((Token::End, line));
    Ok(tokens)
}

/// A string and what follows it; the first character is its quote.
fn string(code: &str, quote: char) -> Option<(String, &str)> {
    let mut units: Vec<u16> = Vec::new();
    let mut buffer = [0; 2];
    let mut chars = code.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        let char = if char == quote {
            return Some((String::from_utf16_lossy(&units), &code[at + quote.len_utf8()..]));
        } else if char == '\\' {
            match chars.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'u' => {
                    let digits: String = (0..4).map_while(|_| chars.next().map(|(_, digit)| digit)).collect();
                    units.push(u16::from_str_radix(&digits, 16).ok()?);
                    continue;
                }
                other => other,
            }
        } else {
            char
        };
        units.extend_from_slice(char.encode_utf16(&mut buffer));
    }
    None
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)].0
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn take(&mut self, sign: &str) -> bool {
        let here = matches!(self.peek(), Token::Sign(found) if *found == sign);
        self.at += usize::from(here);
        here
    }

    fn take_name(&mut self, name: &str) -> bool {
        let here = matches!(self.peek(), Token::Name(found) if found == name);
        self.at += usize::from(here);
        here
    }

    fn expected(&self, what: &str) -> ApiError {
        let (token, line) = &self.tokens[self.at.min(self.tokens.len() - 1)];
        let found = match token {
            Token::Name(name) => name.clone(),
            Token::Literal(value) => value.to_string(),
            Token::Sign(sign) => (*sign).to_owned(),
            Token::End => String::new(),
        };
        wrong(&format!("{what} expected, '{found}' found"), *line)
    }

    fn expect(&mut self, sign: &str) -> Result<(), ApiError> {
        if self.take(sign) { Ok(()) } else { Err(self.expected(&format!("'{sign}'"))) }
    }

    fn name(&mut self) -> Result<String, ApiError> {
        match self.peek().clone() {
            Token::Name(name) => {
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.expected("name")),
        }
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, ApiError>) -> Result<T, ApiError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(ApiError::with(12, "too deep nesting"));
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// A chain makes a deep tree, though it looks flat.
    fn longer(&self, links: &mut usize) -> Result<(), ApiError> {
        *links += 1;
        if *links > LONGEST_CHAIN { Err(self.expected("shorter expression")) } else { Ok(()) }
    }

    fn statement(&mut self) -> Result<Statement, ApiError> {
        self.deeper(Self::statement_inner)
    }

    fn statement_inner(&mut self) -> Result<Statement, ApiError> {
        if self.take("{") {
            let mut inside = Vec::new();
            while !self.take("}") {
                if *self.peek() == Token::End {
                    return Err(self.expected("'}'"));
                }
                inside.push(self.statement()?);
            }
            return Ok(Statement::Block(inside));
        }
        if self.take(";") {
            return Ok(Statement::Block(Vec::new()));
        }
        if self.take_name("if") {
            let condition = self.condition()?;
            let then = Box::new(self.statement()?);
            let otherwise = if self.take_name("else") { Some(Box::new(self.statement()?)) } else { None };
            return Ok(Statement::If(condition, then, otherwise));
        }
        if self.take_name("while") {
            return Ok(Statement::While(self.condition()?, Box::new(self.statement()?)));
        }
        let statement = if self.take_name("var") {
            let mut declared = Vec::new();
            loop {
                let name = self.name()?;
                declared.push((name, if self.take("=") { Some(self.expr()?) } else { None }));
                if !self.take(",") {
                    break;
                }
            }
            Statement::Declare(declared)
        } else if self.take_name("return") {
            let nothing = matches!(self.peek(), Token::Sign(";"));
            Statement::Return(if nothing { None } else { Some(self.expr()?) })
        } else {
            let target = self.expr()?;
            if self.take("=") {
                Statement::Assign(target, self.expr()?)
            } else {
                Statement::Expression(target)
            }
        };
        self.expect(";")?;
        Ok(statement)
    }

    fn condition(&mut self) -> Result<Expr, ApiError> {
        self.expect("(")?;
        let condition = self.expr()?;
        self.expect(")")?;
        Ok(condition)
    }

    fn expr(&mut self) -> Result<Expr, ApiError> {
        self.deeper(|parser| parser.binary(0))
    }

    fn binary(&mut self, level: usize) -> Result<Expr, ApiError> {
        let Some(signs) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        let mut links = 0;
        while let Some(sign) = signs.iter().copied().find(|sign| self.take(sign)) {
            self.longer(&mut links)?;
            left = Expr::Binary(sign, Box::new(left), Box::new(self.binary(level + 1)?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, ApiError> {
        for sign in ["!", "-", "+"] {
            if self.take(sign) {
                return self.deeper(|parser| Ok(Expr::Unary(sign, Box::new(parser.unary()?))));
            }
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Result<Expr, ApiError> {
        let mut expr = self.primary()?;
        let mut links = 0;
        loop {
            self.longer(&mut links)?;
            if self.take("@.") {
                expr = Expr::Pluck(Box::new(expr), self.name()?);
            } else if self.take("[") {
                let index = self.expr()?;
                self.expect("]")?;
                expr = Expr::Index(Box::new(expr), Box::new(index));
            } else if self.take(".") {
                let name = self.name()?;
                expr = if self.take("(") {
                    Expr::Method(Box::new(expr), name, self.items(")")?)
                } else {
                    Expr::Field(Box::new(expr), name)
                };
            } else {
                return Ok(expr);
            }
        }
    }

    fn primary(&mut self) -> Result<Expr, ApiError> {
        if self.take("(") {
            let inside = self.expr()?;
            self.expect(")")?;
            return Ok(inside);
        }
        if self.take("[") {
            return Ok(Expr::Array(self.items("]")?));
        }
        if self.take("{") {
            return self.object();
        }
        match self.peek().clone() {
            Token::Literal(value) => {
                self.at += 1;
                Ok(Expr::Literal(value))
            }
            Token::Name(name) => {
                self.at += 1;
                match name.as_str() {
                    "API" => self.api(),
                    "parseInt" => Ok(Expr::ParseInt(Box::new(self.condition()?))),
                    _ => Ok(Expr::Variable(name)),
                }
            }
            _ => Err(self.expected("value")),
        }
    }

    fn api(&mut self) -> Result<Expr, ApiError> {
        self.expect(".")?;
        let mut method = self.name()?;
        while self.take(".") {
            method.push('.');
            method.push_str(&self.name()?);
        }
        self.expect("(")?;
        let mut arguments = self.items(")")?;
        Ok(Expr::Api(method, arguments.pop().map(Box::new)))
    }

    /// Expressions between commas up to the closing sign; a comma may stand before it.
    fn items(&mut self, close: &str) -> Result<Vec<Expr>, ApiError> {
        let mut items = Vec::new();
        while !self.take(close) {
            items.push(self.expr()?);
            if !self.take(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(items)
    }

    fn object(&mut self) -> Result<Expr, ApiError> {
        let mut fields = Vec::new();
        while !self.take("}") {
            let name = match self.next() {
                Token::Name(name) | Token::Literal(Value::String(name)) => name,
                Token::Literal(number @ Value::Number(_)) => number.to_string(),
                _ => {
                    self.at -= 1;
                    return Err(self.expected("name"));
                }
            };
            self.expect(":")?;
            fields.push((name, self.expr()?));
            if !self.take(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Expr::Object(fields))
    }
}
