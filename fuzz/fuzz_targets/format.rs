//! The formats of `docs/formats.md`, written down a second time and as plainly as possible, to judge the first by.

use std::cell::OnceCell;
use std::path::Path;

/// CRC-32C, a byte at a time.
pub fn crc32c(parts: &[&[u8]]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.iter());
    !bytes.fold(u32::MAX, |crc, byte| crc >> 8 ^ TABLE[usize::from(crc as u8 ^ byte)])
}

static TABLE: [u32; 256] = {
    let (mut table, mut byte) = ([0; 256], 0);
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82F6_3B78 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// The header of a segment (`b'L'`) or a snapshot (`b'S'`).
pub fn header(letter: u8, position: u64, identity: u64) -> Vec<u8> {
    let start = [&b"\x89EV"[..], &[letter], b"\r\n\x1a\n", &1u32.to_le_bytes()].concat();
    let rest = [position.to_le_bytes(), identity.to_le_bytes()].concat();
    let check = crc32c(&[&start, &rest]);
    [start, check.to_le_bytes().to_vec(), rest].concat()
}

/// The frame of `payload` and the `padding` zeros behind it.
#[allow(dead_code)] // of segments only
pub fn frame(position: u64, identity: u64, shape: (u8, u32, u32), payload: &[u8]) -> Vec<u8> {
    let (kind, behind, padding) = shape;
    let length = payload.len() as u32;
    let body = [payload, &vec![0; padding as usize]].concat();
    let mut head = crc32c(&[&body]).to_le_bytes().to_vec();
    head.extend((length + padding).to_le_bytes());
    head.extend(length.to_le_bytes());
    head.extend(behind.to_le_bytes());
    head.extend([kind, 0, 0, 0]);
    let check = crc32c(&[&identity.to_le_bytes(), &position.to_le_bytes(), &head]);
    [check.to_le_bytes().to_vec(), head, body].concat()
}

thread_local! {
    static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
}

/// Runs in an empty folder in memory, the same each time.
pub fn in_folder(run: impl FnOnce(&Path)) {
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| {
            let memory = Path::new("/dev/shm");
            let made =
                if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
            made.expect("a folder for the files under test")
        });
        for entry in folder.path().read_dir().expect("the folder is there") {
            std::fs::remove_file(entry.expect("the folder is there").path())
                .expect("ours to remove");
        }
        run(folder.path());
    });
}

/// Harms a file: four bytes each say where and how.
pub fn harm(file: &mut Vec<u8>, how: &[u8]) {
    for harm in how.chunks_exact(4).take(4) {
        let at = usize::from(u16::from_le_bytes([harm[0], harm[1]])) % (file.len() + 1);
        match harm[2] % 6 {
            0 => file.truncate(at),
            1 if at < file.len() => file[at] ^= 1 << (harm[3] % 8),
            2 if at < file.len() => file[at] = harm[3],
            3 => file.extend(std::iter::repeat_n(harm[3], at.min(64))),
            4 => {
                let end = file.len().min(at + usize::from(harm[3]));
                file[at..end].fill(0);
            }
            5 => {
                let copied = file[at..file.len().min(at + usize::from(harm[3]))].to_vec();
                file.extend(copied);
            }
            _ => {}
        }
    }
}
