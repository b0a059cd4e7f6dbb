//! A mapping says how the rows of a foreign table become events: for each contract column a source column, a constant
//! or a small expression.
//!
//! A mapping is data, read from TOML and checked here once; it becomes a [`Binding`](crate::Binding) when it meets a
//! header. Whatever it cannot say is left to a connector: a mapping reads one row (and at most the row before it).

use crate::cell::Armour;
use crate::expression::Expression;
use crate::moment::Clock;
use crate::money::Unit;
use crate::{Column, EventTime};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// A mapping file that says something that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingFault(pub String);

impl fmt::Display for MappingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MappingFault {}

/// How a text table's bytes spell text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextEncoding {
    /// UTF-8 if the start of the file is, else GB18030.
    #[default]
    Auto,
    /// UTF-8, with or without a byte-order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// GB18030, which contains GBK and GB 2312.
    Gb18030,
}

/// Where a contract column comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// The first of these source columns that the table has.
    Columns(Vec<String>),
    /// The same in every row.
    Constant(String),
    /// Computed from the row's cells.
    Expression(Expression<String>),
}

/// A contract column's origin and how its cells are read.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Where it comes from.
    pub origin: Origin,
    /// The source's words and what they are called here; a word that is not listed stays as it is.
    pub words: BTreeMap<String, String>,
    /// Money only.
    pub unit: Unit,
}

/// Rows that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rows {
    /// Columns that are filled only on the first of several rows with the same `same` column.
    pub fill_down: Vec<String>,
    /// What rows of one order share.
    pub same: Option<String>,
    /// What joins several things in one cell.
    pub split_by: Option<String>,
    /// Columns whose cells are taken apart together: one event for each piece.
    pub split: Vec<String>,
    /// Columns that only the first piece keeps, so that money is counted once.
    pub once: Vec<String>,
}

/// How the rows of a foreign table become events.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// Its name, as `--mapping` takes it.
    pub name: String,
    /// What it reads, for people.
    pub title: String,
    /// How text is spelled.
    pub encoding: TextEncoding,
    /// What separates cells; `None`: what the header line has most of.
    pub delimiter: Option<u8>,
    /// How times are written.
    pub clock: Clock,
    /// What exports wrap cells in.
    pub armour: Armour,
    /// The table has no times: every event is at [`EventTime::TIMELESS`], and nothing may be concluded from time.
    pub timeless: bool,
    /// For each entry, one of these columns must be in a header that this mapping is guessed for.
    pub signs: Vec<Vec<String>>,
    /// The contract columns without which a table is refused.
    pub required: Vec<Column>,
    /// The contract columns that it fills.
    pub rules: BTreeMap<Column, Rule>,
    /// Rows that belong together.
    pub rows: Rows,
    /// The least and the most that a rating may be; `None`: whatever the source's scale is.
    pub scale: Option<[f32; 2]>,
}

impl EventTime {
    /// The time of every event of a table that has no times: 2000-01-01T00:00:00Z. It is a place to put them, never
    /// a fact; a source that uses it says so, and what looks at time must then be switched off for it.
    pub const TIMELESS: EventTime = EventTime(946_684_800_000_000);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    encoding: TextEncoding,
    delimiter: Option<String>,
    #[serde(default)]
    offset: Option<String>,
    #[serde(default)]
    time_formats: Vec<String>,
    #[serde(default)]
    spreadsheet: bool,
    #[serde(default)]
    timeless: bool,
    #[serde(default)]
    guess: Vec<Vec<String>>,
    required: Option<Vec<String>>,
    columns: BTreeMap<String, Entry>,
    #[serde(default)]
    rows: Rows,
    scale: Option<[f32; 2]>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Name(String),
    Names(Vec<String>),
    Full(Full),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Full {
    column: Option<String>,
    columns: Option<Vec<String>>,
    constant: Option<String>,
    expression: Option<String>,
    #[serde(default)]
    words: BTreeMap<String, String>,
    unit: Option<String>,
}

impl Mapping {
    /// Reads a mapping from the text of its TOML file.
    ///
    /// ```
    /// let mapping = events::Mapping::parse(r#"
    ///     name = "votes"
    ///     offset = "+08:00"
    ///     [columns]
    ///     time = "投票时间"
    ///     kind = { constant = "vote" }
    ///     actor = ["openid", "用户"]
    ///     subject = { expression = "concat('entry-', 编号)" }
    /// "#)?;
    /// assert_eq!(mapping.name, "votes");
    /// # Ok::<(), events::MappingFault>(())
    /// ```
    pub fn parse(text: &str) -> Result<Mapping, MappingFault> {
        let file: File = toml::from_str(text).map_err(|fault| MappingFault(fault.to_string()))?;
        let mut rules = BTreeMap::new();
        for (name, entry) in file.columns {
            let column = Column::of(&name).ok_or_else(|| {
                MappingFault(format!("columns.{name}: the contract has no such column"))
            })?;
            let rule = rule(entry).map_err(|why| MappingFault(format!("columns.{name}: {why}")))?;
            rules.insert(column, rule);
        }
        let required = required(file.required, &rules)?;
        if !rules.contains_key(&Column::Kind) {
            return Err(MappingFault("columns.kind: is required".to_owned()));
        }
        if file.timeless == rules.contains_key(&Column::Time) {
            return Err(MappingFault(
                "columns.time: is required, or else `timeless = true`".to_owned(),
            ));
        }
        if file.rows.fill_down.is_empty() != file.rows.same.is_none()
            || file.rows.split.is_empty() != file.rows.split_by.as_deref().is_none_or(str::is_empty)
        {
            return Err(MappingFault(
                "rows: `fill_down` needs `same`, and `split` needs `split_by`".to_owned(),
            ));
        }
        let delimiter = file.delimiter.map(|text| delimiter(&text)).transpose()?;
        let offset = file.offset.map(|text| offset(&text)).transpose()?.unwrap_or(0);
        Ok(Mapping {
            name: file.name,
            title: file.title,
            encoding: file.encoding,
            delimiter,
            clock: Clock { offset, formats: file.time_formats },
            armour: if file.spreadsheet { Armour::Spreadsheet } else { Armour::Formula },
            timeless: file.timeless,
            signs: file.guess,
            required,
            rules,
            rows: file.rows,
            scale: file.scale,
        })
    }
}

/// Time and kind always; who did what to what, unless the mapping names other columns.
fn required(
    names: Option<Vec<String>>,
    rules: &BTreeMap<Column, Rule>,
) -> Result<Vec<Column>, MappingFault> {
    let names = names.unwrap_or_else(|| vec!["actor".to_owned(), "subject".to_owned()]);
    let mut required = vec![Column::Time, Column::Kind];
    for name in names {
        let column = Column::of(&name).ok_or_else(|| {
            MappingFault(format!("required: the contract has no column `{name}`"))
        })?;
        if rules.contains_key(&column) {
            required.push(column);
        }
    }
    Ok(required)
}

fn rule(entry: Entry) -> Result<Rule, String> {
    let plain = |origin| Rule { origin, words: BTreeMap::new(), unit: Unit::Minor };
    let full = match entry {
        Entry::Name(name) => return Ok(plain(Origin::Columns(vec![name]))),
        Entry::Names(names) if names.is_empty() => return Err("names no column".to_owned()),
        Entry::Names(names) => return Ok(plain(Origin::Columns(names))),
        Entry::Full(full) => full,
    };
    let origin = match (full.column, full.columns, full.constant, full.expression) {
        (Some(name), None, None, None) => Origin::Columns(vec![name]),
        (None, Some(names), None, None) if !names.is_empty() => Origin::Columns(names),
        (None, None, Some(text), None) => Origin::Constant(text),
        (None, None, None, Some(text)) => Origin::Expression(Expression::parse(&text)?),
        _ => {
            return Err(
                "needs exactly one of `column`, `columns`, `constant`, `expression`".to_owned()
            );
        }
    };
    let unit = match full.unit.as_deref() {
        None | Some("minor") => Unit::Minor,
        Some("major") => Unit::Major,
        Some(other) => return Err(format!("unit `{other}` is neither `minor` nor `major`")),
    };
    Ok(Rule { origin, words: full.words, unit })
}

fn delimiter(text: &str) -> Result<u8, MappingFault> {
    match text.as_bytes() {
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\n' | b'\r') => Ok(*one),
        _ => Err(MappingFault(format!("delimiter: `{text}` is not one ASCII character"))),
    }
}

fn offset(text: &str) -> Result<i32, MappingFault> {
    let fault = || MappingFault(format!("offset: `{text}` is not of the form +08:00"));
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(fault()),
    };
    let (hours, minutes) = rest.split_once(':').ok_or_else(fault)?;
    let hours: i32 = hours.parse().map_err(|_| fault())?;
    let minutes: i32 = minutes.parse().map_err(|_| fault())?;
    if !(0..=18).contains(&hours) || !(0..60).contains(&minutes) {
        return Err(fault());
    }
    Ok(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_name_the_place() {
        let base = "name = 'x'\n[columns]\n";
        for (text, want) in [
            ("name = 3", "line 1"),
            ("[columns]\nkind = 'k'\ntime = 't'", "name"),
            (&format!("{base}colour = 'c'"), "columns.colour"),
            (&format!("{base}kind = 'k'"), "columns.time"),
            (&format!("{base}time = 'k'"), "columns.kind"),
            (&format!("{base}kind = {{ constant = 'a', column = 'b' }}"), "exactly one"),
            (&format!("{base}kind = {{ expression = 'up(a)' }}"), "no function"),
            (&format!("{base}kind = {{ column = 'a', unit = 'cents' }}"), "unit"),
            (&format!("offset = '8'\n{base}kind = 'k'\ntime = 't'"), "offset"),
            (&format!("delimiter = '||'\n{base}kind = 'k'\ntime = 't'"), "delimiter"),
            (&format!("{base}kind = 'k'\ntime = 't'\n[rows]\nfill_down = ['a']"), "rows"),
        ] {
            let fault = Mapping::parse(text).expect_err(text);
            assert!(fault.0.contains(want), "{text}: {fault}");
        }
    }

    #[test]
    fn offsets() {
        assert_eq!(offset("+08:00"), Ok(28_800));
        assert_eq!(offset("-03:30"), Ok(-12_600));
    }
}
