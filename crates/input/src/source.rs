//! One file of the input: what it is, which mapping reads it, and why.

use crate::parquet_table::{self, ParquetTable};
use crate::part::Extent;
use crate::stream::{Cut, Packing, TextStream, is_gb18030, sample};
use crate::text_table::Shape;
use crate::{InputError, json_lines, text_table};
use events::{Binding, Guess, Mapping, TextEncoding};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The least bytes of a part of a plain text file.
const PART_BYTES: u64 = 8 << 20;
/// The most: what a worker knows of names starts anew with each part.
const PART_BYTES_LIMIT: u64 = 64 << 20;
/// Parts of a plain text file, if their size allows.
const PARTS: u64 = 8;

/// How a file holds its table.
#[derive(Debug)]
pub(crate) enum Format {
    Parquet(ParquetTable),
    Delimited { packing: Packing, gb18030: bool, shape: Shape },
    JsonLines { packing: Packing },
}

/// One file of the input.
#[derive(Debug)]
pub struct Source {
    pub(crate) path: PathBuf,
    pub(crate) name: Arc<str>,
    pub(crate) format: Format,
    pub(crate) binding: Binding,
    pub(crate) why: String,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
}

impl Source {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The format, for people.
    #[must_use]
    pub fn format(&self) -> &'static str {
        match self.format {
            Format::Parquet(_) => "Parquet",
            Format::Delimited { gb18030: true, .. } => "delimited text, GB18030",
            Format::Delimited { .. } => "delimited text",
            Format::JsonLines { .. } => "JSON Lines",
        }
    }

    /// The mapping that reads it, bound to its header.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The mapping's name.
    #[must_use]
    pub fn mapping(&self) -> &str {
        &self.binding.mapping().name
    }

    /// Why this mapping: what in the header told, or that it was asked for.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The table has no times; all its events stand at one, and nothing may be concluded from time.
    #[must_use]
    pub fn timeless(&self) -> bool {
        self.binding.mapping().timeless
    }

    /// Bytes on disk.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Rows: exact for Parquet, else guessed from the start of the file.
    #[must_use]
    pub fn estimated_rows(&self) -> u64 {
        self.rows
    }

    /// Looks at a file: its format, header and mapping.
    pub(crate) fn open(path: &Path, mapping: Option<&Mapping>) -> Result<Source, InputError> {
        let unreadable = |why| InputError::Unreadable { file: path.to_path_buf(), why };
        let mut head = [0u8; 8];
        let mut file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let read = file.read(&mut head).map_err(unreadable)?;
        if read == 0 {
            return Err(InputError::Empty { file: path.to_path_buf() });
        }
        if head.starts_with(b"PAR1") {
            return Self::open_parquet(path, file, bytes, mapping);
        }
        Self::open_text(path, Packing::of(&head), bytes, mapping)
    }

    fn open_parquet(
        path: &Path,
        file: File,
        bytes: u64,
        mapping: Option<&Mapping>,
    ) -> Result<Source, InputError> {
        let table = ParquetTable::open(path, file)?;
        let (binding, why) = bind(path, &table.header(), mapping)?;
        let rows = table.rows();
        Ok(Source {
            path: path.to_path_buf(),
            name: path.to_string_lossy().into(),
            format: Format::Parquet(table),
            binding,
            why,
            bytes,
            rows,
        })
    }

    fn open_text(
        path: &Path,
        packing: Packing,
        bytes: u64,
        mapping: Option<&Mapping>,
    ) -> Result<Source, InputError> {
        let not_a_table =
            |why: &str| InputError::NotATable { file: path.to_path_buf(), why: why.to_owned() };
        let raw = sample(path, packing)
            .map_err(|fault| not_a_table(&format!("it cannot be unpacked: {fault}")))?;
        if raw.trim_ascii().is_empty() {
            return Err(InputError::Empty { file: path.to_path_buf() });
        }
        if raw.starts_with(b"\xff\xfe") || raw.starts_with(b"\xfe\xff") {
            return Err(not_a_table("it is UTF-16; save it as UTF-8"));
        }
        if raw.starts_with(b"PK\x03\x04") {
            return Err(not_a_table("it is a zip archive or a spreadsheet; save it as CSV"));
        }
        if raw.iter().take(4096).any(|b| *b == 0) {
            return Err(not_a_table("it holds binary data"));
        }
        let encoding = mapping.map_or(TextEncoding::Auto, |mapping| mapping.encoding);
        let gb18030 = is_gb18030(&raw, encoding);
        let text = if gb18030 {
            encoding_rs::GB18030.decode_without_bom_handling(&raw).0.into_owned().into_bytes()
        } else {
            raw
        };
        let rows = estimate(&text, bytes, packing);
        let first = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text).trim_ascii_start();
        let (format, header) = match first.first() {
            Some(b'{') => {
                let header = json_lines::header(&text);
                if header.is_empty() {
                    return Err(not_a_table("its first lines are not JSON objects"));
                }
                (Format::JsonLines { packing }, header)
            }
            Some(b'[') => {
                return Err(not_a_table("it is a JSON list; one object a line is needed"));
            }
            _ => {
                let wanted = mapping.and_then(|mapping| mapping.delimiter);
                let (header, shape) = text_table::header(&text, wanted)
                    .ok_or_else(|| not_a_table("its header line cannot be taken apart"))?;
                (Format::Delimited { packing, gb18030, shape }, header)
            }
        };
        let (binding, why) = bind(path, &header, mapping)?;
        Ok(Source {
            path: path.to_path_buf(),
            name: path.to_string_lossy().into(),
            format,
            binding,
            why,
            bytes,
            rows,
        })
    }

    /// The parts that workers may read on their own.
    pub(crate) fn extents(&self) -> Result<Vec<Extent>, InputError> {
        let plain = self.bytes > 2 * PART_BYTES;
        let each = (self.bytes / PARTS).clamp(PART_BYTES, PART_BYTES_LIMIT);
        let cuts = match &self.format {
            Format::Parquet(table) => {
                return Ok(parquet_table::ranges(table, self.bytes)
                    .into_iter()
                    .map(Extent::Rows)
                    .collect());
            }
            Format::Delimited { packing: Packing::None, gb18030: false, shape } if plain => {
                self.scan(|stream| text_table::cuts(stream, *shape, each))?
            }
            Format::JsonLines { packing: Packing::None } if plain => {
                self.scan(|stream| json_lines::cuts(stream, each))?
            }
            _ => Vec::new(),
        };
        if cuts.is_empty() {
            return Ok(vec![Extent::Whole]);
        }
        let starts =
            std::iter::once((0, None)).chain(cuts.iter().map(|cut| (cut.at, Some(cut.rows))));
        let ends = cuts.iter().map(|cut| cut.at).chain([self.bytes]);
        let extents = starts.zip(ends).filter(|((start, _), end)| start < end);
        Ok(extents.map(|((start, before), end)| Extent::Bytes(start..end, before)).collect())
    }

    fn scan(
        &self,
        cut: impl Fn(&mut TextStream) -> io::Result<Vec<Cut>>,
    ) -> Result<Vec<Cut>, InputError> {
        TextStream::open(&self.path, Packing::None, false, None)
            .and_then(|mut stream| cut(&mut stream))
            .map_err(|why| InputError::Unreadable { file: self.path.clone(), why })
    }
}

fn bind(
    path: &Path,
    header: &[String],
    mapping: Option<&Mapping>,
) -> Result<(Binding, String), InputError> {
    let (mapping, why) = match mapping {
        Some(mapping) => (mapping.clone(), "it was asked for".to_owned()),
        None => {
            let Guess { mapping, why } = Mapping::guess(header)
                .map_err(|fault| InputError::NoMapping { file: path.to_path_buf(), fault })?;
            (mapping, why)
        }
    };
    let binding = mapping.bind(header).map_err(|fault| InputError::MissingColumn {
        file: path.to_path_buf(),
        mapping: mapping.name.clone(),
        fault,
    })?;
    Ok((binding, why))
}

/// Rows, from the lines of the start and the size of the whole. Packed text is taken to be five times its size.
fn estimate(text: &[u8], bytes: u64, packing: Packing) -> u64 {
    let lines = memchr::memchr_iter(b'\n', text).count() as u64;
    let unpacked = if packing == Packing::None { bytes } else { bytes.saturating_mul(5) };
    let start = text.len().max(1) as u64;
    if unpacked <= start {
        return lines.max(1);
    }
    (lines as f64 * unpacked as f64 / start as f64) as u64
}
