//! The program `qingliu`: hands its arguments to the command and its answer to the shell.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(qingliu::run(std::env::args_os()))
}
