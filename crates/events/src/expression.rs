//! The small expressions of mappings: `first("联系手机", "联系电话")`, `concat("订单号", '/', "商品ID")`.
//!
//! An argument is a column (bare, or in double quotes where its name has blanks), a literal in single quotes, or a
//! call. There are no loops, numbers or user functions: what needs more than this needs a connector, not a mapping.

use crate::cell::{Armour, Cells, Value, clean, clear_weight, is_masked, is_null_word};
use std::fmt::Write as _;

/// How deep calls may nest.
const DEPTH_LIMIT: usize = 8;
/// Legible characters that several masked values need together before they tell people apart.
const SPECIFIC: usize = 12;

/// A parsed expression; `C` is how it names columns: by name as written, by place once bound to a header.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression<C> {
    /// A literal.
    Text(String),
    /// A source column.
    Column(C),
    /// A function of other expressions.
    Call(Function, Vec<Expression<C>>),
}

/// What an expression can do. Empty text is "nothing" throughout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The first argument that is not empty.
    First,
    /// All arguments in a row; empty if every column among them is.
    Concat,
    /// What stands before the first occurrence of the second argument, or all of it.
    Before,
    /// What stands after the first occurrence of the second argument, or nothing.
    After,
    /// As many characters of the first argument as the second, a literal, says; all of it if it is no number.
    Head,
    /// The argument unless a shop hid a part of it.
    Unmasked,
    /// The arguments joined, if none is empty and twelve characters of them are legible: the only way in which masked
    /// values become an identifier.
    Specific,
    /// If the first is not empty the second, else the third.
    When,
    /// In small letters.
    Lower,
}

impl Function {
    fn of(name: &str) -> Option<(Function, std::ops::RangeInclusive<usize>)> {
        Some(match name {
            "first" => (Function::First, 1..=8),
            "concat" => (Function::Concat, 1..=16),
            "before" => (Function::Before, 2..=2),
            "after" => (Function::After, 2..=2),
            "head" => (Function::Head, 2..=2),
            "unmasked" => (Function::Unmasked, 1..=1),
            "specific" => (Function::Specific, 1..=8),
            "when" => (Function::When, 3..=3),
            "lower" => (Function::Lower, 1..=1),
            _ => return None,
        })
    }
}

impl Expression<String> {
    /// The expression that a text spells, or what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.trim();
        let expression = parse(&mut rest, 0)?;
        if rest.is_empty() { Ok(expression) } else { Err(format!("`{rest}` is left over")) }
    }

    /// The same expression over a header's places; columns that the header lacks are always empty.
    pub(crate) fn bind(&self, find: &impl Fn(&str) -> Option<usize>) -> Expression<Option<usize>> {
        match self {
            Expression::Text(text) => Expression::Text(text.clone()),
            Expression::Column(name) => Expression::Column(find(name)),
            Expression::Call(function, arguments) => {
                Expression::Call(*function, arguments.iter().map(|a| a.bind(find)).collect())
            }
        }
    }
}

impl Expression<Option<usize>> {
    /// Whether any of its columns is in the table.
    pub(crate) fn has_columns(&self) -> bool {
        match self {
            Expression::Text(_) => false,
            Expression::Column(place) => place.is_some(),
            Expression::Call(_, arguments) => arguments.iter().any(Expression::has_columns),
        }
    }

    /// Every place that it reads.
    pub(crate) fn places(&self, into: &mut Vec<usize>) {
        match self {
            Expression::Text(_) => {}
            Expression::Column(place) => into.extend(place),
            Expression::Call(_, arguments) => arguments.iter().for_each(|a| a.places(into)),
        }
    }

    /// Appends the value for a row.
    pub(crate) fn write<R: Cells + ?Sized>(&self, row: &R, armour: Armour, out: &mut String) {
        let start = out.len();
        match self {
            Expression::Text(text) => out.push_str(text),
            Expression::Column(place) => {
                if let Some(place) = place {
                    write_value(row.value(*place), armour, out);
                }
            }
            Expression::Call(function, arguments) => match (function, arguments.as_slice()) {
                (Function::First, _) => {
                    for argument in arguments {
                        argument.write(row, armour, out);
                        if out.len() > start {
                            break;
                        }
                    }
                }
                (Function::Concat, _) => write_joined(arguments, row, armour, out),
                (Function::Specific, _) => write_specific(arguments, row, armour, out),
                (Function::Head, [whole, count]) => {
                    whole.write(row, armour, out);
                    let middle = out.len();
                    count.write(row, armour, out);
                    let count = out.split_off(middle).parse().unwrap_or(usize::MAX);
                    if let Some((at, _)) = out[start..].char_indices().nth(count) {
                        out.truncate(start + at);
                    }
                }
                (Function::Before | Function::After, [whole, mark]) => {
                    whole.write(row, armour, out);
                    let middle = out.len();
                    mark.write(row, armour, out);
                    let mark = out.split_off(middle);
                    cut(*function, &mark, start, out);
                }
                (Function::When, [test, then, otherwise]) => {
                    test.write(row, armour, out);
                    let holds = out.len() > start;
                    out.truncate(start);
                    if holds { then } else { otherwise }.write(row, armour, out);
                }
                (Function::Unmasked, [argument]) => {
                    argument.write(row, armour, out);
                    if is_masked(&out[start..]) {
                        out.truncate(start);
                    }
                }
                (Function::Lower, [argument]) => {
                    argument.write(row, armour, out);
                    let lower = out[start..].to_lowercase();
                    out.truncate(start);
                    out.push_str(&lower);
                }
                // The parser has counted the arguments.
                _ => {}
            },
        }
    }
}

/// Appends a cell as text; null words of text tables are nothing.
pub(crate) fn write_value(value: Value<'_>, armour: Armour, out: &mut String) {
    // Writing to a string cannot fail.
    match value {
        Value::Null | Value::NotText | Value::Nested => {}
        Value::Text(text) => {
            let text = clean(text, armour);
            if !is_null_word(text) {
                out.push_str(text);
            }
        }
        Value::Int(whole) | Value::Instant(whole) | Value::Local(whole) => {
            let _ = write!(out, "{whole}");
        }
        Value::Unsigned(whole) => {
            let _ = write!(out, "{whole}");
        }
        Value::Float(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Bool(yes) => out.push_str(if yes { "true" } else { "false" }),
    }
}

fn write_joined<R: Cells + ?Sized>(
    arguments: &[Expression<Option<usize>>],
    row: &R,
    armour: Armour,
    out: &mut String,
) {
    let start = out.len();
    let mut found = false;
    for argument in arguments {
        let before = out.len();
        argument.write(row, armour, out);
        found |= out.len() > before && !matches!(argument, Expression::Text(_));
    }
    if !found {
        out.truncate(start);
    }
}

fn write_specific<R: Cells + ?Sized>(
    arguments: &[Expression<Option<usize>>],
    row: &R,
    armour: Armour,
    out: &mut String,
) {
    let start = out.len();
    for argument in arguments {
        let before = out.len();
        argument.write(row, armour, out);
        if out.len() == before {
            out.truncate(start);
            return;
        }
        out.push('|');
    }
    out.pop();
    if clear_weight(&out[start..]) < SPECIFIC {
        out.truncate(start);
    }
}

fn cut(function: Function, mark: &str, start: usize, out: &mut String) {
    let at = if mark.is_empty() { None } else { out[start..].find(mark).map(|at| start + at) };
    match (function, at) {
        (Function::Before, Some(at)) => out.truncate(at),
        (Function::After, Some(at)) => {
            let _ = out.drain(start..at + mark.len());
        }
        (Function::After, None) => out.truncate(start),
        _ => {}
    }
}

fn parse(rest: &mut &str, depth: usize) -> Result<Expression<String>, String> {
    if depth > DEPTH_LIMIT {
        return Err(format!("calls nest deeper than {DEPTH_LIMIT}"));
    }
    *rest = rest.trim_start();
    match rest.chars().next() {
        None => Err("something is missing at the end".to_owned()),
        Some('\'') => quoted(rest, '\'').map(Expression::Text),
        Some('"') => quoted(rest, '"').map(Expression::Column),
        Some(_) => {
            let end = rest
                .find(|c: char| matches!(c, '(' | ')' | ',' | '\'' | '"') || c.is_whitespace())
                .unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            if word.is_empty() {
                return Err(format!("`{rest}` starts with neither a column nor a function"));
            }
            *rest = tail.trim_start();
            if !rest.starts_with('(') {
                return Ok(Expression::Column(word.to_owned()));
            }
            let (function, count) =
                Function::of(word).ok_or_else(|| format!("`{word}` is no function"))?;
            let arguments = parse_arguments(rest, depth)?;
            if !count.contains(&arguments.len()) {
                return Err(format!("`{word}` does not take {} arguments", arguments.len()));
            }
            Ok(Expression::Call(function, arguments))
        }
    }
}

fn parse_arguments(rest: &mut &str, depth: usize) -> Result<Vec<Expression<String>>, String> {
    let mut arguments = Vec::new();
    loop {
        // The opening bracket the first time round, a comma after that.
        *rest = &rest[1..];
        arguments.push(parse(rest, depth + 1)?);
        *rest = rest.trim_start();
        match rest.chars().next() {
            Some(',') => {}
            Some(')') => {
                *rest = rest[1..].trim_start();
                return Ok(arguments);
            }
            _ => return Err("a bracket is not closed".to_owned()),
        }
    }
}

fn quoted(rest: &mut &str, quote: char) -> Result<String, String> {
    let inner = &rest[1..];
    let end = inner.find(quote).ok_or_else(|| format!("a {quote} is not closed"))?;
    *rest = &inner[end + 1..];
    Ok(inner[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, want: &str) {
        let row = [
            Value::Text("13800001111"),
            Value::Text("SF123-顺丰"),
            Value::Null,
            Value::Int(7),
            Value::Text("t**1"),
            Value::Text("浙江省杭州市余杭区文一西路969号"),
            Value::Text("1******6198"),
        ];
        let names = ["phone", "快递信息", "Lineitem sku", "n", "nick", "address", "masked"];
        let find = |name: &str| names.iter().position(|known| *known == name);
        let bound = Expression::parse(expression).expect(expression).bind(&find);
        let mut out = String::from("kept");
        bound.write(row.as_slice(), Armour::Formula, &mut out);
        assert_eq!(out, format!("kept{want}"), "{expression}");
    }

    #[test]
    fn expressions_do_what_they_say() {
        check("phone", "13800001111");
        check("'x'", "x");
        check("before(快递信息, '-')", "SF123");
        check("after(快递信息, '-')", "顺丰");
        check("after(phone, '-')", "");
        check("before(phone, '-')", "13800001111");
        check("head(address, '3')", "浙江省");
        check("head(n, '6')", "7");
        check("first(\"Lineitem sku\", n)", "7");
        check("concat(n, '/', phone)", "7/13800001111");
        check("concat('#', \"Lineitem sku\", absent)", "");
        check("unmasked(nick)", "");
        check("unmasked(phone)", "13800001111");
        check("specific(nick, masked)", "");
        check("specific(nick, address)", "t**1|浙江省杭州市余杭区文一西路969号");
        check("specific(nick, \"Lineitem sku\", address)", "");
        check("when(\"Lineitem sku\", 'a', concat('b', n))", "b7");
        check("lower('ABc')", "abc");
    }

    #[test]
    fn faults_are_named() {
        for (text, want) in [
            ("", "missing"),
            ("upper(a)", "no function"),
            ("first(a", "not closed"),
            ("before(a)", "1 arguments"),
            ("a b", "left over"),
            ("'a", "not closed"),
            (&"lower(".repeat(50), "nest"),
            (")", "neither"),
        ] {
            let fault = Expression::parse(text).expect_err(text);
            assert!(fault.contains(want), "{text}: {fault}");
        }
    }
}
