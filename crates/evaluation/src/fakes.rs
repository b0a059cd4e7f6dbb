//! What was faked, piece by piece, and whether the results called it.
//!
//! A like is one event, but a member is an account and a parcel is a waybill with many scans. A parcel counts as called
//! when anything about its order was called: results hold no verdict on parcels, and a count without the order is
//! what its buyer loses. A fake that the results lack was not called.

use std::path::Path;

use crate::EvaluationError;
use crate::judged::Judged;
use crate::label::{Label, Verdict};
use crate::names::Names;
use crate::prices::Metric;
use crate::table::{Column, Row, Table};
use crate::truth::{AccountTruth, Labels};

/// One piece of what was faked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fake {
    pub(crate) metric: Metric,
    pub(crate) scheme: Option<usize>,
    pub(crate) verdict: Verdict,
}

/// The labels and verdicts that are joined.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) labels: &'a Labels,
    pub(crate) accounts: Option<&'a AccountTruth>,
    pub(crate) judged: &'a Judged,
    pub(crate) judged_accounts: Option<&'a Judged>,
}

/// An account with a fake registration or membership.
#[derive(Clone, Copy, Default)]
struct Newcomer {
    verdict: Verdict,
    joined: bool,
    registered: bool,
    /// Delivers something else: a tool, and not itself what is sold.
    works: bool,
}

/// What is known of an order that was faked.
#[derive(Clone, Copy, Default)]
struct Trade {
    verdict: Verdict,
    scheme: Option<usize>,
}

#[derive(Default)]
struct Gathering {
    fakes: Vec<Fake>,
    actors: Names,
    newcomers: Vec<Newcomer>,
    orders: Names,
    trades: Vec<Trade>,
    parcels: Names,
    /// By the parcel's number: its order.
    order_of: Vec<Option<usize>>,
}

/// Reads the events and gives every piece that was faked, in no order that matters.
pub(crate) fn read(path: &Path, sources: Sources<'_>) -> Result<Vec<Fake>, EvaluationError> {
    let table = Table::open(path)?;
    let mut columns = vec![table.require(&["id"])?, table.require(&["kind"])?];
    let mut place = |column: Option<Column>| {
        column.map(|c| {
            columns.push(c);
            columns.len() - 1
        })
    };
    let actor = place(table.column(&["actor"]));
    let order = place(table.column(&["order"]));
    let parcel = place(table.column(&["parcel"]));
    let mut gathering = Gathering::default();
    table.rows(&columns, |row| {
        let Some(id) = row.text(0) else { return Ok(()) };
        let Some(event) = sources.labels.names.find(&id) else { return Ok(()) };
        if sources.labels.label[event] == Label::Fake {
            let judged = sources.judged.names.find(&id).map(|at| sources.judged.verdict[at]);
            gathering.add(row, [actor, order, parcel], judged.unwrap_or_default(), sources);
        }
        Ok(())
    })?;
    Ok(gathering.finish(sources))
}

impl Gathering {
    fn add(
        &mut self,
        row: &Row<'_>,
        [actor, order, parcel]: [Option<usize>; 3],
        verdict: Verdict,
        sources: Sources<'_>,
    ) {
        let cell = |place: Option<usize>| place.and_then(|p| row.text(p));
        let actor = cell(actor);
        let scheme = actor.as_ref().and_then(|a| sources.accounts?.scheme_of(a));
        let kind = row.text(1).unwrap_or_default();
        let metric = Metric::of_kind(&kind);
        if let Some(metric) = metric {
            self.fakes.push(Fake { metric, scheme, verdict });
        }
        let joined = kind == "join";
        let registered = kind == "register";
        if let Some(actor) = actor.filter(|_| metric.is_some() || joined || registered) {
            let number = self.actors.intern(&actor);
            self.newcomers.resize(self.actors.len(), Newcomer::default());
            let newcomer = &mut self.newcomers[number];
            newcomer.works |= metric.is_some();
            newcomer.joined |= joined;
            newcomer.registered |= registered;
            if joined || registered {
                newcomer.verdict = newcomer.verdict.max(verdict);
            }
        }
        let order = cell(order).map(|order| {
            let number = self.orders.intern(&order);
            self.trades.resize(self.orders.len(), Trade::default());
            let trade = &mut self.trades[number];
            trade.verdict = trade.verdict.max(verdict);
            trade.scheme = trade.scheme.or(scheme);
            number
        });
        if let Some(parcel) = cell(parcel) {
            let number = self.parcels.intern(&parcel);
            self.order_of.resize(self.parcels.len(), None);
            self.order_of[number] = self.order_of[number].or(order);
        }
    }

    fn finish(mut self, sources: Sources<'_>) -> Vec<Fake> {
        for (number, newcomer) in self.newcomers.iter().enumerate() {
            if !newcomer.joined && (newcomer.works || !newcomer.registered) {
                continue;
            }
            let name = self.actors.get(number);
            let account = sources
                .judged_accounts
                .and_then(|judged| judged.names.find(name).map(|at| judged.verdict[at]));
            self.fakes.push(Fake {
                metric: Metric::Member,
                scheme: sources.accounts.and_then(|a| a.scheme_of(name)),
                verdict: newcomer.verdict.max(account.unwrap_or_default()),
            });
        }
        for order in &self.order_of {
            let trade = order.map(|o| self.trades[o]).unwrap_or_default();
            let Trade { scheme, verdict } = trade;
            self.fakes.push(Fake { metric: Metric::Parcel, scheme, verdict });
        }
        self.fakes
    }
}
