//! `qingliu mappings`: which foreign tables are understood, and how.

use crate::Outcome;
use crate::arguments::{Mappings, MappingsWhat};
use crate::failure::{Failure, Status};
use crate::voice;
use anyhow::Context;
use events::{Column, Expression, Mapping, Origin};
use std::fmt::Write;

/// Runs the command.
pub(crate) fn mappings(arguments: &Mappings) -> Outcome {
    let text = match &arguments.what {
        Some(MappingsWhat::Show { name }) => shown(&find(name)?),
        Some(MappingsWhat::List) | None => list()?,
    };
    voice::say(&text)?;
    Ok(Status::Done)
}

/// The built-in mapping of that name, or the one in that file.
pub(crate) fn find(name: &str) -> Result<Mapping, Failure> {
    if Mapping::names().any(|known| known == name) {
        return Mapping::named(name).map_err(|fault| Failure::arguments(anyhow::anyhow!(fault)));
    }
    if !std::path::Path::new(name).exists() {
        let fault = Mapping::named(name).err();
        let fault = fault.map_or_else(String::new, |fault| fault.to_string());
        return Err(Failure::arguments(anyhow::anyhow!("{fault}; nor is there such a file")));
    }
    let named = || format!("{name}: not a mapping");
    let text = std::fs::read_to_string(name).with_context(named).map_err(Failure::arguments)?;
    Mapping::parse(&text).with_context(named).map_err(Failure::arguments)
}

fn list() -> Result<String, Failure> {
    let mut out = String::new();
    for name in Mapping::names() {
        let mapping = find(name)?;
        let _ = writeln!(out, "{name:<18} {}", mapping.title);
    }
    Ok(out)
}

fn shown(mapping: &Mapping) -> String {
    let mut out = format!("{}: {}\n", mapping.name, mapping.title);
    if mapping.timeless {
        out.push_str("The table has no times.\n");
    }
    for sign in &mapping.signs {
        let _ = writeln!(out, "Guessed by a column {}", sign.join(" or "));
    }
    out.push('\n');
    for (column, rule) in &mapping.rules {
        let name = Column::ALL.iter().find(|known| known.0 == *column).map_or("", |known| known.1);
        let origin = match &rule.origin {
            Origin::Columns(columns) => columns.join(" | "),
            Origin::Constant(text) => format!("'{text}'"),
            Origin::Expression(expression) => spelled(expression),
        };
        let needed = if mapping.required.contains(column) { "*" } else { " " };
        let _ = writeln!(out, "{needed} {name:<13} {origin}");
        for (word, meaning) in &rule.words {
            let _ = writeln!(out, "                  {word} → {meaning}");
        }
    }
    out.push_str("\n* needed\n");
    out
}

fn spelled(expression: &Expression<String>) -> String {
    match expression {
        Expression::Text(text) => format!("'{text}'"),
        Expression::Column(name) => name.clone(),
        Expression::Call(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(spelled).collect();
            format!("{}({})", format!("{function:?}").to_lowercase(), arguments.join(", "))
        }
    }
}
