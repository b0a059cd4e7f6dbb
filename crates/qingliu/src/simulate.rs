//! `qingliu simulate`: a labelled market in a folder.

use crate::arguments::{Hardness, Simulate, World};
use crate::failure::{Failure, Status};
use crate::quantity::count;
use crate::{Outcome, folder, voice};
use anyhow::anyhow;
use simulator::{Scenario, Scheme, Truth};
use std::path::Path;

/// Every file of a market.
const FILES: [&str; 7] = [
    "events.parquet",
    "truth_accounts.parquet",
    "truth_events.parquet",
    "truth_groups.parquet",
    "truth_owners.parquet",
    "truth_points.parquet",
    "truth_subjects.parquet",
];

/// Runs the command.
pub(crate) fn simulate(arguments: &Simulate) -> Outcome {
    let truth = perform(&arguments.world, &arguments.out)?;
    let out = arguments.out.display();
    voice::say(&format!(
        "Wrote {} events of {} accounts, and the truth about them, to {out}.\n\
         Audit them: qingliu audit {out}/events.parquet --out {out}-audit\n",
        count(truth.events),
        count(truth.accounts.len() as u64),
    ))?;
    Ok(Status::Done)
}

/// Whether a market may be written there.
pub(crate) fn check(out: &Path) -> Result<(), Failure> {
    folder::check(out, |name| FILES.contains(&name), None)
}

/// Simulates a world into a folder.
pub(crate) fn perform(world: &World, out: &Path) -> Result<Truth, Failure> {
    let scenario = scenario(world)?;
    check(out)?;
    simulator::write(&scenario, out).map_err(Failure::input)
}

fn scenario(world: &World) -> Result<Scenario, Failure> {
    let scheme = |code: &String| {
        let known = Scheme::ALL.into_iter().find(|s| s.code().eq_ignore_ascii_case(code.trim()));
        known.ok_or_else(|| {
            let codes: Vec<_> = Scheme::ALL.iter().map(|scheme| scheme.code()).collect();
            Failure::arguments(anyhow!(
                "no scheme is called `{code}`; there are {}, and `none`",
                codes.join(", ")
            ))
        })
    };
    let schemes = match &world.schemes {
        None => Scheme::USUAL.to_vec(),
        Some(codes) if codes.len() == 1 && codes[0] == "none" => Vec::new(),
        Some(codes) => codes.iter().map(scheme).collect::<Result<_, _>>()?,
    };
    Ok(Scenario {
        seed: world.seed,
        people: world.people,
        days: world.days,
        schemes,
        hardness: match world.hardness {
            Hardness::Plain => simulator::Hardness::plain(),
            Hardness::Usual => simulator::Hardness::usual(),
            Hardness::Hard => simulator::Hardness::hard(),
        },
    })
}
