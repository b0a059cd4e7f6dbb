//! Parameters of a request: parts of its path and of its query, percent-decoded and checked.

use crate::problem::{Kind, Problem};

/// A part of a path, decoded.
///
/// # Errors
/// A broken escape, or bytes that are not text.
pub fn decoded(part: &str) -> Result<String, Problem> {
    unescaped(part, false)
        .ok_or_else(|| Problem::new(Kind::BadRequest, "an escape in the path is broken"))
}

/// The parameters after the question mark.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads them; those that the route does not know are an error, so that a misspelt filter does not answer with
    /// everything.
    ///
    /// # Errors
    /// A broken escape, an unknown or repeated name.
    pub fn read(text: Option<&str>, known: &[&str]) -> Result<Query, Problem> {
        let mut list: Vec<(String, String)> = Vec::new();
        for pair in text.unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let read = unescaped(name, true).zip(unescaped(value, true));
            let (name, value) = read.ok_or_else(|| {
                Problem::new(Kind::BadRequest, "an escape in the query is broken")
            })?;
            if !known.contains(&name.as_str()) {
                let shown: String = name.chars().take(32).collect();
                let detail = format!("there are the parameters: {}", known.join(", "));
                return Err(Problem::new(Kind::BadRequest, detail).at(shown));
            }
            if list.iter().any(|(other, _)| *other == name) {
                return Err(Problem::new(Kind::BadRequest, "is given twice").at(name));
            }
            list.push((name, value));
        }
        Ok(Query(list))
    }

    /// A parameter's text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A whole number up to `most`, or `otherwise` if it is not given.
    ///
    /// # Errors
    /// It is none, or larger.
    pub fn number(&self, name: &str, otherwise: usize, most: usize) -> Result<usize, Problem> {
        let Some(text) = self.text(name) else { return Ok(otherwise) };
        text.parse().ok().filter(|number| *number <= most).ok_or_else(|| {
            Problem::new(Kind::BadRequest, format!("must be a whole number from 0 to {most}"))
                .at(name)
        })
    }
}

fn unescaped(text: &str, plus: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => digit(rest.next()?)? << 4 | digit(rest.next()?)?,
            b'+' if plus => b' ',
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_checked() {
        assert_eq!(decoded("%E4%B8%80+a%2F").unwrap(), "一+a/");
        assert!(decoded("%zz").is_err() && decoded("%f").is_err() && decoded("%ff").is_err());
        let query = Query::read(Some("limit=5&of=a+b%26"), &["limit", "of"]).unwrap();
        assert_eq!(query.text("of"), Some("a b&"));
        assert_eq!(query.number("limit", 1, 10).unwrap(), 5);
        assert_eq!(query.number("from", 7, 10).unwrap(), 7);
        assert!(query.number("limit", 1, 4).is_err());
        assert_eq!(
            Query::read(Some("lmit=5"), &["limit"]).unwrap_err().field.as_deref(),
            Some("lmit")
        );
        assert!(Query::read(Some("limit=5&limit=6"), &["limit"]).is_err());
    }
}
