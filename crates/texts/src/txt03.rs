//! TXT03: an offer of bought engagement, of brushing, or of card-platform goods.

use crate::finding::{Ground, TextCode, TextFinding};
use crate::lexicon::Kind;
use crate::offer::{self, Scheme, Weight};
use crate::page::Page;

/// The least that the wares and the selling have to tell, each on its own; many wares in one place need less selling.
const LEAST_WARES: f64 = 4.0;
const LEAST_SELLING: f64 = 3.0;
const MANY_WARES: f64 = 8.0;
const SOME_SELLING: f64 = 1.0;

const SCHEME: Scheme = Scheme {
    code: TextCode::Trade,
    senses: &[(Kind::Trade, Ground::TradeTerms, 10.0), (Kind::Sell, Ground::SellingWords, 8.0)],
    composes: true,
    is_core,
    opens: &[Ground::TradeTerms],
};

fn is_core(weight: &Weight) -> bool {
    let selling =
        weight.of(Ground::SellingWords) + weight.of(Ground::Contacts) + weight.of(Ground::Prices);
    let wares = weight.of(Ground::TradeTerms);
    (wares >= LEAST_WARES && selling >= LEAST_SELLING)
        || (wares >= MANY_WARES && selling >= SOME_SELLING)
}

/// The offers of a page.
pub(crate) fn find(page: &Page) -> Vec<TextFinding> {
    offer::find(page, &SCHEME)
}
