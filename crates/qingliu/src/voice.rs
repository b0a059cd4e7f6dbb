//! Standard output and standard error: what is said, to whom.
//!
//! A reader that closes the pipe has heard enough: nothing is said about that, and the exit status stays what the
//! command's work makes it.

use crate::failure::Failure;
use std::io::{self, ErrorKind, Write};

/// Says something on standard output.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::input(anyhow::Error::new(error).context("standard output")))
        }
        _ => Ok(()),
    }
}

/// Says something beside the results, on standard error.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says why a command ended early.
pub(crate) fn complain(failure: &Failure) {
    note(&format!("qingliu: {failure}"));
}
