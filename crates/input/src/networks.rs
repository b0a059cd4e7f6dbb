//! Tables of address ranges from files: whose network an address is of.
//!
//! They are data of others that whoever runs an audit puts beside it, often one file for IPv4 and one for IPv6.

use crate::InputError;
use events::{MOST_NETWORK_BYTES, Networks};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads tables of address ranges; none where no file is named.
///
/// # Errors
/// A file that cannot be read, is larger than 512 MiB or no UTF-8, or has a row that is no range, by file, row and column.
pub fn networks<P: AsRef<Path>>(files: &[P]) -> Result<Option<Arc<Networks>>, InputError> {
    let mut all: Option<Networks> = None;
    for path in files.iter().map(AsRef::as_ref) {
        let fault = |why: String| InputError::Networks { file: path.to_path_buf(), why };
        let read = Networks::parse(&text(path)?).map_err(|why| fault(why.to_string()))?;
        all = Some(match all {
            Some(known) => known.join(read).map_err(|why| fault(why.to_string()))?,
            None => read,
        });
    }
    Ok(all.map(Arc::new))
}

fn text(path: &Path) -> Result<String, InputError> {
    let unreadable = |why| InputError::Unreadable { file: path.to_path_buf(), why };
    let file = File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.take(MOST_NETWORK_BYTES as u64 + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() > MOST_NETWORK_BYTES {
        let why = format!("is larger than {} MiB", MOST_NETWORK_BYTES >> 20);
        return Err(InputError::Networks { file: PathBuf::from(path), why });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::Network;

    #[test]
    fn files_are_put_together_and_bad_ones_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let four = write("four.csv", "47.88.0.0,47.91.255.255,45102,Alibaba (US) Technology\n");
        let six = write("six.csv", "2001:da8::,2001:da8:ffff::,23910,Tsinghua University\n");
        let read = networks(&[&four, &six]).unwrap().unwrap();
        assert_eq!(read.of("47.90.0.1".parse().unwrap()), Network::Hosting);
        assert_eq!(read.of("2001:da8::9".parse().unwrap()), Network::Campus);
        assert!(networks::<&str>(&[]).unwrap().is_none());
        let bad = write("bad.csv", "1.0.0.0,1.0.0.255,1,A\n1.0.1.0,here,1,A\n");
        let said = networks(&[&bad]).unwrap_err().to_string();
        assert!(said.ends_with("bad.csv: row 2, column end: \"here\" is no IP address"), "{said}");
        assert!(networks(&[folder.path().join("none.csv")]).is_err());
        std::fs::write(&bad, [0xff, 0xfe]).unwrap();
        assert!(networks(&[&bad]).is_err());
    }
}
