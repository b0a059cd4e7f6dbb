//! One cell of a source table, and what exports do to cells on the way.
//!
//! Spreadsheets armour long numbers (`="1234"`, a leading tab, a leading apostrophe) and shops mask people
//! (`1******6198`, `##…##`). Armour is taken off; a masked value is never taken for an identifier by itself, because
//! strangers share it: the asterisks of `138****5678` leave half a million different values in the whole country, so
//! thousands of pairs in a shop's customer list would meet by chance.

/// A cell as the table's own type holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Null or absent.
    Null,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A whole number that only fits without a sign.
    Unsigned(u64),
    /// A number with a fraction.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A time in microseconds since 1970 that needs no time zone.
    Instant(i64),
    /// A time in microseconds since 1970 as a clock on the wall showed it.
    Local(i64),
    /// Bytes that are not text in the table's encoding.
    NotText,
    /// A list or an object.
    Nested,
}

/// A row of a source table: a cell for each column of the header.
pub trait Cells {
    /// The cell in that column; `Null` past the end.
    fn value(&self, column: usize) -> Value<'_>;

    /// A bit for each of the first 64 columns whose cell is neither null nor the empty text; most cells of a wide table are.
    /// Only the wanted bits matter; a bit too many is harmless.
    fn filled(&self, wanted: u64) -> u64 {
        let (mut filled, mut left) = (0, wanted);
        while left != 0 {
            let column = left.trailing_zeros() as usize;
            left &= left - 1;
            let blank = matches!(self.value(column), Value::Null | Value::Text(""));
            filled |= u64::from(!blank) << column;
        }
        filled
    }
}

impl Cells for [Value<'_>] {
    fn value(&self, column: usize) -> Value<'_> {
        self.get(column).copied().unwrap_or(Value::Null)
    }
}

/// How cells of text tables are undressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Armour {
    /// Surrounding blanks only: typed tables.
    #[default]
    None,
    /// Also `="…"`: any text table.
    Formula,
    /// Also a leading apostrophe: exports made for spreadsheets.
    Spreadsheet,
}

/// The cell without blanks around it and without a spreadsheet's armour.
#[must_use]
#[inline]
pub fn clean(cell: &str, armour: Armour) -> &str {
    if cell.is_empty() || begins_and_ends(cell, BARE) { cell } else { undressed(cell, armour) }
}

/// Whether a cell, as most do, begins and ends so that it has no armour and is no word for nothing.
#[inline]
pub(crate) fn is_plain(cell: &str) -> bool {
    begins_and_ends(cell, PLAIN)
}

#[inline]
fn begins_and_ends(cell: &str, begins: u8) -> bool {
    let bytes = cell.as_bytes();
    bytes.first().is_some_and(|first| EDGES[*first as usize] & begins != 0)
        && bytes.last().is_some_and(|last| EDGES[*last as usize] & BARE != 0)
}

/// No armour begins or ends with the byte.
const BARE: u8 = 1;
/// Nor does a word for nothing begin with it.
const PLAIN: u8 = 2;
/// What each byte tells that begins or ends a cell.
const EDGES: [u8; 256] = {
    let mut edges = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        edges[byte] = match byte as u8 {
            b'N' | b'n' => BARE,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => BARE | PLAIN,
            _ => 0,
        };
        byte += 1;
    }
    edges
};

fn undressed(cell: &str, armour: Armour) -> &str {
    let mut cell = cell.trim_matches(blank);
    if armour == Armour::None {
        return cell;
    }
    if let Some(inner) = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        cell = inner.trim_matches(blank);
    }
    let quoted = cell.strip_prefix(['\'', '`', '’']);
    if let (Armour::Spreadsheet, Some(inner)) = (armour, quoted) {
        cell = inner.strip_suffix('\'').unwrap_or(inner).trim_matches(blank);
    }
    cell
}

fn blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}'
}

/// Whether a text table's word means "nothing here".
#[must_use]
#[inline]
pub fn is_null_word(cell: &str) -> bool {
    cell.len() <= 4
        && matches!(cell, "" | "\\N" | "NULL" | "null" | "NaN" | "nan" | "None" | "--" | "无")
}

/// Whether a shop hid a part of the value.
#[must_use]
pub fn is_masked(cell: &str) -> bool {
    if !cell.bytes().any(|b| b == b'*' || b == b'#' || b == b'$' || b >= 0x80) {
        return false;
    }
    cell.contains("**")
        || cell.contains("##")
        || cell.contains("$$")
        || cell.contains("＊")
        || cell.contains("密文")
        || (cell.contains('*') && cell.chars().filter(|c| c.is_alphanumeric()).count() <= 6)
}

/// How much of a value is legible: a Latin letter or digit is one, a Chinese character two.
#[must_use]
pub(crate) fn clear_weight(cell: &str) -> usize {
    if cell.contains("##") || cell.contains("$$") || cell.contains("密文") {
        return 0;
    }
    cell.chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() => 1,
            c if c.is_alphanumeric() => 2,
            _ => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn armour_comes_off() {
        for (cell, armour, want) in [
            ("=\"1234567890123456789\"", Armour::Formula, "1234567890123456789"),
            ("\t4912345", Armour::Formula, "4912345"),
            ("'18612345678", Armour::Spreadsheet, "18612345678"),
            ("'tHooft", Armour::Formula, "'tHooft"),
            ("\u{feff}订单号 ", Armour::None, "订单号"),
            ("=\"\"", Armour::Formula, ""),
            ("plain", Armour::Spreadsheet, "plain"),
        ] {
            assert_eq!(clean(cell, armour), want, "{cell}");
        }
    }

    #[test]
    fn plain_cells_are_what_they_look_like() {
        for plain in ["a", "0", "ab", "1 2", "view", "13812345678", "é1".trim_start_matches('é')]
        {
            assert!(is_plain(plain), "{plain}");
            assert_eq!(clean(plain, Armour::Spreadsheet), plain);
            assert!(!is_null_word(plain), "{plain}");
        }
        for other in ["", "\\N", "NULL", "null", "NaN", "nan", "None", "--", "无", " a", "a ", "'a"]
        {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn masks_are_seen() {
        for masked in
            ["1******6198", "138****5678", "##Zm9v##", "$$abc$$1$$", "张*", "浙江省杭州市***"]
        {
            assert!(is_masked(masked), "{masked}");
        }
        for plain in
            ["13812345678", "张三", "a*b-long-device-name", "浙江省杭州市文一西路1号", "#5"]
        {
            assert!(!is_masked(plain), "{plain}");
        }
        assert_eq!(clear_weight("1******6198"), 5);
        assert_eq!(clear_weight("##Zm9v##"), 0);
    }
}
