//! One record as it lies in a segment: a head of 24 bytes, the payload, and the room that a shorter one left.
//!
//! The head has a checksum of its own, so that a damaged length is never believed and a damaged payload does not hide
//! the records after it. Both checksums hang on the log's identity and the record's position: bytes that were moved,
//! left over from an earlier use of the disk, or written into a payload by someone who knows the format do not pass.

use crate::{Position, Why};

/// Bytes before a record's payload.
pub(crate) const HEAD_BYTES: usize = 24;
/// The longest payload the format allows, whatever the settings say.
pub(crate) const MAX_ROOM: u32 = 1 << 30;

/// A record's head, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub kind: u8,
    /// The payload's bytes.
    pub length: u32,
    /// The payload's bytes and the zeros that follow where a longer payload once was.
    pub room: u32,
    /// How far before this record the log was known to be on disk when it was written; `u32::MAX`: that or more.
    pub behind: u32,
    body: u32,
}

impl Head {
    /// The whole frame's bytes.
    pub(crate) fn frame_bytes(&self) -> u64 {
        HEAD_BYTES as u64 + u64::from(self.room)
    }

    /// Up to where the log was surely on disk when the record at `position` was written.
    pub(crate) fn synced(&self, position: Position) -> Position {
        if self.behind == u32::MAX {
            return Position::START;
        }
        Position(position.0.saturating_sub(self.behind.into()))
    }

    /// Whether `body`, payload and room, is what was written.
    pub(crate) fn fits(&self, body: &[u8]) -> bool {
        body.len() == self.room as usize && crc32c::crc32c(body) == self.body
    }
}

/// Checks and writes the frames of one log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Framing {
    seed: u32,
}

impl Framing {
    pub(crate) fn new(identity: u64) -> Framing {
        Framing { seed: crc32c::crc32c(&identity.to_le_bytes()) }
    }

    fn check(self, position: Position, head: &[u8]) -> u32 {
        let seed = crc32c::crc32c_append(self.seed, &position.0.to_le_bytes());
        crc32c::crc32c_append(seed, head)
    }

    /// Appends a record's frame to `out`; `room` is at least the payload's length.
    pub(crate) fn write(
        self,
        position: Position,
        (kind, behind, room): (u8, u32, u32),
        payload: &[u8],
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        let length = payload.len() as u32;
        out.resize(start + HEAD_BYTES, 0);
        out.extend_from_slice(payload);
        out.resize(start + HEAD_BYTES + room as usize, 0);
        let body = crc32c::crc32c(&out[start + HEAD_BYTES..]);
        let head = &mut out[start..start + HEAD_BYTES];
        head[4..8].copy_from_slice(&body.to_le_bytes());
        head[8..12].copy_from_slice(&room.to_le_bytes());
        head[12..16].copy_from_slice(&length.to_le_bytes());
        head[16..20].copy_from_slice(&behind.to_le_bytes());
        head[20] = kind;
        let check = self.check(position, &head[4..]);
        head[..4].copy_from_slice(&check.to_le_bytes());
    }

    /// The head at the start of `bytes`, if it is whole and was written for `position`.
    pub(crate) fn head(self, position: Position, bytes: &[u8]) -> Result<Head, Why> {
        let Some(bytes) = bytes.get(..HEAD_BYTES) else { return Err(Why::Short) };
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let (body, room, length, behind) = (word(4), word(8), word(12), word(16));
        // The three zeros are looked at first: the search for records after a damage asks this at every byte.
        let possible = bytes[21..24] == [0; 3] && length <= room && room <= MAX_ROOM;
        if !possible || word(0) != self.check(position, &bytes[4..]) {
            return Err(Why::RecordHeader);
        }
        Ok(Head { kind: bytes[20], length, room, behind, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_taken_only_where_and_as_it_was_written() {
        let framing = Framing::new(7);
        let mut frame = Vec::new();
        framing.write(Position(1000), (9, 24, 8), b"hello", &mut frame);
        assert_eq!(frame.len(), HEAD_BYTES + 8);
        let head = framing.head(Position(1000), &frame).unwrap();
        assert_eq!((head.kind, head.length, head.room), (9, 5, 8));
        assert_eq!(head.synced(Position(1000)), Position(976));
        assert!(head.fits(&frame[HEAD_BYTES..]));
        assert_eq!(framing.head(Position(1001), &frame), Err(Why::RecordHeader));
        assert_eq!(Framing::new(8).head(Position(1000), &frame), Err(Why::RecordHeader));
        for bit in 0..frame.len() * 8 {
            let mut flipped = frame.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let taken = framing
                .head(Position(1000), &flipped)
                .is_ok_and(|head| head.fits(&flipped[HEAD_BYTES..]));
            assert!(!taken, "bit {bit}");
        }
    }
}
