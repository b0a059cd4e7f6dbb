//! The text of a text table: decompressed, decoded to UTF-8, in a window that moves along.
//!
//! UTF-8 is passed on unchecked, so that a broken byte spoils one row and not the file; GB18030 is decoded here, with
//! U+FFFD for what is broken. Memory is the longest record, which has a limit.

use crate::progress::{Counted, Progress};
use encoding_rs::{Decoder, GB18030};
use events::TextEncoding;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// What is read from the file at a time.
const CHUNK: usize = 1 << 18;
/// How much of a file decides its encoding.
const SAMPLE: usize = 1 << 20;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    pub(crate) fn of(head: &[u8]) -> Packing {
        match head {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing::Zstd,
            _ => Packing::None,
        }
    }
}

/// A place at which a file can be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Bytes before it.
    pub(crate) at: u64,
    /// Data rows before it.
    pub(crate) rows: u64,
}

/// Text in a moving window.
pub(crate) struct TextStream {
    source: Box<dyn Read + Send>,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    /// Text from `start` to `end`; what is beyond was read before or never.
    window: Vec<u8>,
    start: usize,
    end: usize,
    consumed: u64,
    ended: bool,
}

/// The file's bytes, unpacked.
pub(crate) fn unpacked(
    path: &Path,
    packing: Packing,
    progress: Option<Arc<Progress>>,
) -> io::Result<Box<dyn Read + Send>> {
    let file = Counted { inner: File::open(path)?, progress };
    Ok(match packing {
        Packing::None => Box::new(file),
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(
            io::BufReader::with_capacity(CHUNK, file),
        )),
        Packing::Zstd => Box::new(zstd::Decoder::new(file)?),
    })
}

impl TextStream {
    /// The text of a file whose encoding is known.
    pub(crate) fn open(
        path: &Path,
        packing: Packing,
        gb18030: bool,
        progress: Option<Arc<Progress>>,
    ) -> io::Result<TextStream> {
        let source = unpacked(path, packing, progress)?;
        let decoder = gb18030.then(|| GB18030.new_decoder_without_bom_handling());
        Self::start(source, decoder)
    }

    /// Some bytes of a plain UTF-8 file.
    pub(crate) fn open_range(
        path: &Path,
        range: Range<u64>,
        progress: Arc<Progress>,
    ) -> io::Result<TextStream> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(range.start))?;
        let bytes = file.take(range.end.saturating_sub(range.start));
        Self::start(Box::new(Counted { inner: bytes, progress: Some(progress) }), None)
    }

    fn start(source: Box<dyn Read + Send>, decoder: Option<Decoder>) -> io::Result<TextStream> {
        let mut stream = TextStream {
            source,
            decoder,
            raw: vec![0; CHUNK],
            window: Vec::new(),
            start: 0,
            end: 0,
            consumed: 0,
            ended: false,
        };
        stream.grow()?;
        if stream.text().starts_with(b"\xef\xbb\xbf") {
            stream.consume(3);
        }
        Ok(stream)
    }

    /// What has been read and not consumed.
    pub(crate) fn text(&self) -> &[u8] {
        &self.window[self.start..self.end]
    }

    /// Whether nothing follows what [`TextStream::text`] shows.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.consumed += count as u64;
    }

    /// Bytes of text consumed so far.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Reads on: at least as much again as is waiting, so that a long record is looked at a few times only.
    pub(crate) fn grow(&mut self) -> io::Result<()> {
        self.window.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let wanted = self.end + self.end.max(CHUNK);
        while !self.ended && self.end < wanted {
            self.read_chunk()?;
        }
        Ok(())
    }

    fn read_chunk(&mut self) -> io::Result<()> {
        let Some(decoder) = &mut self.decoder else {
            let room = room(&mut self.window, self.end, CHUNK);
            let count = retrying(&mut self.source, room)?;
            self.end += count;
            self.ended = count == 0;
            return Ok(());
        };
        let count = retrying(&mut self.source, &mut self.raw)?;
        self.ended = count == 0;
        let most = decoder.max_utf8_buffer_length(count).unwrap_or(4 * CHUNK);
        let room = room(&mut self.window, self.end, most);
        let (_, _, written, _) = decoder.decode_to_utf8(&self.raw[..count], room, self.ended);
        self.end += written;
        Ok(())
    }
}

/// So many bytes to write to after the text.
fn room(window: &mut Vec<u8>, end: usize, bytes: usize) -> &mut [u8] {
    if window.len() < end + bytes {
        window.resize(end + bytes, 0);
    }
    &mut window[end..end + bytes]
}

fn retrying(source: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// The start of a file's unpacked bytes.
pub(crate) fn sample(path: &Path, packing: Packing) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    unpacked(path, packing, None)?.take(SAMPLE as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a table is GB18030, by the start of it. A header line that is not UTF-8 decides at once; otherwise one stray
/// byte in a UTF-8 file must not turn all of it into Chinese, so broken places must be many and whole as GB18030.
pub(crate) fn is_gb18030(sample: &[u8], wanted: TextEncoding) -> bool {
    match wanted {
        TextEncoding::Utf8 => return false,
        TextEncoding::Gb18030 => return true,
        TextEncoding::Auto => {}
    }
    let whole = sample.iter().rposition(|b| *b == b'\n').map_or(sample, |end| &sample[..end]);
    let (mut broken, mut wide) = (0usize, 0usize);
    for chunk in whole.utf8_chunks() {
        wide += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if broken == 0 {
        return false;
    }
    let header = whole.split(|b| *b == b'\n').next().unwrap_or(&[]);
    let fits = |bytes| GB18030.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    if std::str::from_utf8(header).is_err() {
        return fits(header);
    }
    header.is_ascii() && broken >= 8 && broken > 4 * wide && fits(whole)
}
