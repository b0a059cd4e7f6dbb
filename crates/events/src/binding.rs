//! A mapping that has met a header: every contract column knows the place of its cell.
//!
//! Missing required columns are found here, before any row is read; whatever is wrong with a single row is a
//! [`Rejection`](crate::Rejection) later and stops nothing.

use crate::cell::{Armour, Cells, Value, clean};
use crate::expression::{Expression, write_value};
use crate::intake::{Intake, Meaning, is_required};
use crate::mapping::{Mapping, Origin, Rule};
use crate::money::Unit;
use crate::network::Networks;
use crate::{Column, EventTime, Key};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A header that a mapping cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderFault {
    /// The contract column that has no source.
    pub column: &'static str,
    /// The source columns that would have done.
    pub wanted: Vec<String>,
    /// The header.
    pub found: Vec<String>,
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "column `{}` is missing (looked for: {}; the table has: {})",
            self.column,
            self.wanted.join(", "),
            shortened(&self.found)
        )
    }
}

impl std::error::Error for HeaderFault {}

pub(crate) fn shortened(header: &[String]) -> String {
    let mut list = header.iter().take(40).map(String::as_str).collect::<Vec<_>>().join(", ");
    if header.len() > 40 {
        list.push_str(", …");
    }
    list
}

/// Where a contract column's cells come from in this table.
#[derive(Clone, Debug)]
pub enum Reading {
    /// From this place of the row.
    Cell(usize),
    /// The same in every row.
    Constant(String),
    /// Computed from the row.
    Expression(Expression<Option<usize>>),
}

/// A contract column that this table fills.
#[derive(Clone, Debug)]
pub struct Filled {
    /// Which.
    pub column: Column,
    /// From where.
    pub reading: Reading,
    /// The source's own name of it, for messages.
    pub source: String,
    /// The source's words and what they are called here.
    pub words: BTreeMap<String, String>,
}

/// A mapping bound to a header.
#[derive(Clone, Debug)]
pub struct Binding {
    mapping: Mapping,
    header: Vec<String>,
    seeds: Vec<u64>,
    filled: Vec<Filled>,
    plain: Option<PlainCells>,
    rows: BoundRows,
    networks: Option<Arc<Networks>>,
}

/// The filled columns of a table that gives each of them one cell as it is: what most tables are, and quicker to read,
/// because blank cells are passed over all at once.
#[derive(Clone, Debug)]
struct PlainCells {
    /// The column that each place fills.
    columns: Vec<Option<Column>>,
    /// A bit for each place that fills one.
    wanted: u64,
    /// A bit for each of them that must not be blank.
    required: u64,
}

impl PlainCells {
    /// `None` if a column is more than a cell, or if columns must be read in another order than their places'.
    fn of(filled: &[Filled], unit: Unit) -> Option<PlainCells> {
        let mut plain = PlainCells { columns: Vec::new(), wanted: 0, required: 0 };
        for filled in filled {
            let Reading::Cell(place) = filled.reading else { return None };
            let needs_currency = unit == Unit::Major && filled.column == Column::Currency;
            if !filled.words.is_empty() || needs_currency || place >= 64 {
                return None;
            }
            if plain.columns.len() <= place {
                plain.columns.resize(place + 1, None);
            }
            if plain.columns[place].replace(filled.column).is_some() {
                return None;
            }
            plain.wanted |= 1 << place;
            plain.required |= u64::from(is_required(filled.column)) << place;
        }
        Some(plain)
    }

    fn read<R: Cells + ?Sized>(&self, row: &R, at: usize, intake: &mut Intake) {
        let mut left = (row.filled(self.wanted) & self.wanted) | self.required;
        while let Some(column) = self.columns.get(left.trailing_zeros() as usize) {
            let place = left.trailing_zeros() as usize;
            left &= left - 1;
            if let Some(column) = column {
                intake.put(at, *column, row.value(place));
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
struct BoundRows {
    same: Option<usize>,
    fill_down: Vec<usize>,
    split: Vec<usize>,
    once: Vec<usize>,
    by: String,
}

/// What a row leaves for the next one: an order's columns, which only its first row has.
#[derive(Clone, Debug, Default)]
pub struct Carry {
    same: String,
    cells: Vec<String>,
    scratch: String,
}

impl Mapping {
    /// Finds each contract column's place in a header.
    ///
    /// # Errors
    /// The first required column that the header does not have.
    pub fn bind<S: AsRef<str>>(&self, header: &[S]) -> Result<Binding, HeaderFault> {
        let names: Vec<String> = header.iter().map(|name| header_name(name.as_ref())).collect();
        let find = |name: &str| place(&names, name);
        let mut filled = Vec::new();
        for (column, rule) in &self.rules {
            match bind_rule(*column, rule, &names) {
                Some(bound) => filled.push(bound),
                None if self.required.contains(column) => {
                    return Err(HeaderFault {
                        column: column.name(),
                        wanted: wanted(rule),
                        found: names.clone(),
                    });
                }
                None => {}
            }
        }
        // How many decimals money has follows from its currency.
        filled.sort_by_key(|filled| filled.column != Column::Currency);
        let all = |list: &[String]| list.iter().filter_map(|name| find(name)).collect::<Vec<_>>();
        let rows = BoundRows {
            same: self.rows.same.as_deref().and_then(find),
            fill_down: all(&self.rows.fill_down),
            split: all(&self.rows.split),
            once: all(&self.rows.once),
            by: self.rows.split_by.clone().unwrap_or_default(),
        };
        let seeds = names.iter().map(|name| Key::of(&name.to_lowercase()).0).collect();
        let unit = self.rules.get(&Column::Amount).map_or(Unit::Minor, |rule| rule.unit);
        let plain = PlainCells::of(&filled, unit);
        Ok(Binding {
            mapping: self.clone(),
            header: names,
            seeds,
            filled,
            plain,
            rows,
            networks: None,
        })
    }
}

fn wanted(rule: &Rule) -> Vec<String> {
    match &rule.origin {
        Origin::Columns(names) => names.clone(),
        Origin::Constant(_) => Vec::new(),
        Origin::Expression(_) => vec!["the columns of its expression".to_owned()],
    }
}

fn bind_rule(column: Column, rule: &Rule, names: &[String]) -> Option<Filled> {
    let (reading, source) = match &rule.origin {
        Origin::Columns(wanted) => {
            let at = wanted.iter().find_map(|name| place(names, name))?;
            (Reading::Cell(at), names[at].clone())
        }
        Origin::Constant(text) => (Reading::Constant(text.clone()), column.name().to_owned()),
        Origin::Expression(expression) => {
            let bound = expression.bind(&|name| place(names, name));
            if !bound.has_columns() {
                return None;
            }
            let mut places = Vec::new();
            bound.places(&mut places);
            let source = places.first().map_or_else(String::new, |at| names[*at].clone());
            (Reading::Expression(bound), source)
        }
    };
    Some(Filled { column, reading, source, words: rule.words.clone() })
}

/// A header's cell without blanks, byte-order mark and armour.
#[must_use]
pub fn header_name(cell: &str) -> String {
    clean(cell, Armour::Spreadsheet).trim_matches('"').to_owned()
}

/// The place of a name: exactly as written if there is such a column, else whatever the case.
pub(crate) fn place(header: &[String], name: &str) -> Option<usize> {
    header
        .iter()
        .position(|known| known == name)
        .or_else(|| header.iter().position(|known| known.to_lowercase() == name.to_lowercase()))
}

impl Binding {
    /// The mapping.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The header, cleaned.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The contract columns that the table fills.
    #[must_use]
    pub fn filled(&self) -> &[Filled] {
        &self.filled
    }

    /// Whether the table names its events itself; else an event's id follows from all cells of its row.
    #[must_use]
    pub fn has_ids(&self) -> bool {
        self.filled.iter().any(|filled| filled.column == Column::Id)
    }

    /// What a cell of that place adds to the identity of its row.
    #[must_use]
    pub fn seed(&self, place: usize) -> u64 {
        self.seeds.get(place).copied().unwrap_or(0)
    }

    /// Which places must be read at all.
    #[must_use]
    pub fn places(&self) -> Vec<usize> {
        if !self.has_ids() {
            return (0..self.header.len()).collect();
        }
        let mut places = Vec::new();
        for filled in &self.filled {
            match &filled.reading {
                Reading::Cell(at) => places.push(*at),
                Reading::Constant(_) => {}
                Reading::Expression(expression) => expression.places(&mut places),
            }
        }
        places.extend(self.rows.same);
        places.extend(&self.rows.fill_down);
        places.extend(&self.rows.split);
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Whether every contract column is one cell or a constant, so that a column can be read without the others.
    #[must_use]
    pub fn is_columnar(&self) -> bool {
        self.rows.same.is_none()
            && self.rows.split.is_empty()
            && self.filled.iter().all(|filled| {
                filled.words.is_empty() && !matches!(filled.reading, Reading::Expression(_))
            })
            && (self.mapping.rules.get(&Column::Amount)).is_none_or(|rule| rule.unit == Unit::Minor)
    }

    /// Looks up whose network addresses are of in this table.
    pub fn set_networks(&mut self, networks: Option<Arc<Networks>>) {
        self.networks = networks;
    }

    /// An intake for this table's rows, which undresses cells as typed tables or as text tables need it.
    #[must_use]
    pub fn intake(&self, armour: Armour) -> Intake {
        let unit = self.mapping.rules.get(&Column::Amount).map_or(Unit::Minor, |rule| rule.unit);
        let mut intake = Intake::new(self.mapping.clock.clone(), armour, unit);
        intake.derive_ids = !self.has_ids();
        if self.mapping.timeless {
            intake.fixed_time = Some(EventTime::TIMELESS);
        }
        intake.networks = self.networks.clone();
        intake.scale = self.mapping.scale;
        for filled in &self.filled {
            intake.name_source(filled.column, &filled.source);
        }
        intake
    }

    /// Reads one row into the intake, as one event or, where cells hold several things, several.
    pub fn read_row<R: Cells + ?Sized>(
        &self,
        row: &R,
        number: u64,
        carry: &mut Carry,
        intake: &mut Intake,
    ) {
        let Some(same) = self.rows.same else {
            self.read_pieces(row, number, carry, intake);
            return;
        };
        carry.scratch.clear();
        write_value(row.value(same), intake.armour, &mut carry.scratch);
        let goes_on = !carry.scratch.is_empty() && carry.scratch == carry.same;
        if goes_on {
            let cells = std::mem::take(&mut carry.cells);
            let full = FilledDown { row, places: &self.rows.fill_down, cells: &cells };
            self.read_pieces(&full, number, carry, intake);
            carry.cells = cells;
            return;
        }
        std::mem::swap(&mut carry.same, &mut carry.scratch);
        carry.cells.resize_with(self.rows.fill_down.len(), String::new);
        for (at, cell) in self.rows.fill_down.iter().zip(&mut carry.cells) {
            cell.clear();
            write_value(row.value(*at), intake.armour, cell);
        }
        self.read_pieces(row, number, carry, intake);
    }

    fn read_pieces<R: Cells + ?Sized>(
        &self,
        row: &R,
        number: u64,
        carry: &mut Carry,
        intake: &mut Intake,
    ) {
        let pieces = match self.rows.split.first().map(|at| row.value(*at)) {
            Some(Value::Text(text)) => pieces(text, &self.rows.by).count().clamp(1, 1000),
            _ => 1,
        };
        if pieces == 1 {
            self.read_cells(row, number, carry, intake);
            return;
        }
        for piece in 0..pieces {
            let part = Piece { row, rows: &self.rows, piece, pieces };
            self.read_cells(&part, number, carry, intake);
        }
    }

    fn read_cells<R: Cells + ?Sized>(
        &self,
        row: &R,
        number: u64,
        carry: &mut Carry,
        intake: &mut Intake,
    ) {
        let at = intake.begin(number);
        if intake.derive_ids {
            for (place, seed) in self.seeds.iter().enumerate() {
                intake.add_content(at, *seed, row.value(place));
            }
        }
        if let Some(plain) = &self.plain {
            plain.read(row, at, intake);
            return;
        }
        for filled in &self.filled {
            match &filled.reading {
                Reading::Cell(place) => {
                    let value = row.value(*place);
                    match value {
                        Value::Text(text) if !filled.words.is_empty() => {
                            let cell = clean(text, intake.armour);
                            let word = filled.words.get(cell).map_or(cell, String::as_str);
                            intake.put(at, filled.column, Value::Text(word));
                        }
                        _ => intake.put(at, filled.column, value),
                    }
                }
                Reading::Constant(text) => intake.put(at, filled.column, Value::Text(text)),
                Reading::Expression(expression) => {
                    let mut text = std::mem::take(&mut carry.scratch);
                    text.clear();
                    expression.write(row, intake.armour, &mut text);
                    let word = filled.words.get(&text).unwrap_or(&text);
                    intake.put(at, filled.column, Value::Text(word));
                    carry.scratch = text;
                }
            }
        }
    }

    /// Puts a constant into every row begun since `base`; for reading by column.
    pub fn put_constant(&self, filled: &Filled, base: usize, intake: &mut Intake) {
        if let Reading::Constant(text) = &filled.reading {
            let meaning: Meaning = intake.meaning(filled.column, Value::Text(text));
            for at in base..intake.len() {
                intake.place(at, filled.column, &meaning);
            }
        }
    }
}

/// The parts of a cell that holds several things; blanks around them and a closing separator mean nothing.
fn pieces<'a>(text: &'a str, by: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(by).map(str::trim).filter(|piece| !piece.is_empty())
}

struct FilledDown<'a, R: ?Sized> {
    row: &'a R,
    places: &'a [usize],
    cells: &'a [String],
}

impl<R: Cells + ?Sized> Cells for FilledDown<'_, R> {
    fn value(&self, column: usize) -> Value<'_> {
        let value = self.row.value(column);
        if !matches!(value, Value::Null | Value::Text("")) {
            return value;
        }
        match self.places.iter().position(|place| *place == column) {
            Some(at) => self.cells.get(at).map_or(Value::Null, |cell| Value::Text(cell)),
            None => value,
        }
    }
}

struct Piece<'a, R: ?Sized> {
    row: &'a R,
    rows: &'a BoundRows,
    piece: usize,
    pieces: usize,
}

impl<R: Cells + ?Sized> Cells for Piece<'_, R> {
    fn value(&self, column: usize) -> Value<'_> {
        let value = self.row.value(column);
        if self.piece > 0 && self.rows.once.contains(&column) {
            return Value::Null;
        }
        let Value::Text(text) = value else {
            return value;
        };
        // A cell with another number of pieces belongs to the row as a whole.
        if !self.rows.split.contains(&column) || pieces(text, &self.rows.by).count() != self.pieces
        {
            return value;
        }
        pieces(text, &self.rows.by).nth(self.piece).map_or(Value::Null, Value::Text)
    }
}
