//! The command: flags, files and glue.
fn main() {}
