//! The command: flags, files and glue.
//!
//! Everything that decides anything is in the crates below; here an audit's input, engine, tables and page are put
//! together, and every way in which that can go wrong becomes a sentence and an exit status. Progress goes to standard
//! error and may be switched off; what a command has to say goes to standard output.

mod arguments;
mod audit;
mod demo;
mod evaluate;
mod facts;
mod failure;
mod folder;
mod gathering;
mod guard;
mod live_demo;
mod mappings;
mod models;
mod money;
mod page;
mod progress;
mod quantity;
mod results;
mod scan;
mod serve;
mod simulate;
mod summary;
mod train;
mod voice;
mod words;

use arguments::{Arguments, Command};
use clap::Parser;
use failure::{Failure, Status};
use std::ffi::OsString;

/// Runs the command that the arguments name and gives the exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    guard::install();
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(refusal) => {
            // Help and version come this way too; who closed the pipe has read enough of them.
            let _ = refusal.print();
            return u8::try_from(refusal.exit_code()).unwrap_or(Status::Arguments as u8);
        }
    };
    let outcome = match arguments.command {
        Command::Audit(audit) => audit::audit(&audit),
        Command::Demo(demo) => demo::demo(&demo),
        Command::Simulate(simulate) => simulate::simulate(&simulate),
        Command::Evaluate(evaluate) => evaluate::evaluate(&evaluate),
        Command::Scan(scan) => scan::scan(&scan),
        Command::Mappings(mappings) => mappings::mappings(&mappings),
        Command::Train(train) => train::train(&train),
        Command::Serve(command) => serve::serve(&command),
        Command::Check(command) => serve::check(&command),
    };
    match outcome {
        Ok(status) => status as u8,
        Err(failure) => {
            voice::complain(&failure);
            failure.status as u8
        }
    }
}

/// What every command gives.
type Outcome = Result<Status, Failure>;
