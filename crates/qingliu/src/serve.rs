//! `qingliu serve` and `qingliu check`: the live service, and whether a configuration will do.

use crate::arguments::{Check, Lang, Serve};
use crate::failure::{Failure, Status};
use crate::{Outcome, live_demo, voice};
use server::{Config, ServeError};
use std::path::Path;

/// Runs `serve`.
pub(crate) fn serve(arguments: &Serve) -> Outcome {
    let mut config = load(arguments.config.as_deref())?;
    if let Some(address) = &arguments.listen {
        config.listen.address.clone_from(address);
    }
    if arguments.demo {
        return live_demo::play(config, arguments);
    }
    if let Some(folder) = &arguments.data {
        config.data.folder.clone_from(folder);
    }
    server::serve(config).map_err(failure)?;
    Ok(Status::Done)
}

/// Runs `check`.
pub(crate) fn check(arguments: &Check) -> Outcome {
    let config = load(Some(&arguments.config))?;
    config.check().map_err(Failure::arguments)?;
    let fine = match arguments.lang {
        Lang::En => "This configuration can be used. With everything that it leaves out it says:",
        Lang::Zh => "配置可用。补全默认值后的完整内容：",
    };
    voice::say(&format!("{fine}\n\n{}", config.told()))?;
    Ok(Status::Done)
}

/// Why a server did not start, or ended early.
pub(crate) fn failure(error: ServeError) -> Failure {
    match error {
        ServeError::Config(fault) => Failure::arguments(fault),
        other => Failure::input(other),
    }
}

/// The configuration of a file, or that of no file, with what the environment sets.
fn load(file: Option<&Path>) -> Result<Config, Failure> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::load(file, environment).map_err(Failure::arguments)
}
