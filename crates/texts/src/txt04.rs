//! TXT04: recruitment of brushers, and of "experience officers" who praise for money or goods.

use crate::finding::{Ground, TextCode, TextFinding};
use crate::lexicon::Kind;
use crate::offer::{self, Scheme, Weight};
use crate::page::Page;

const SCHEME: Scheme = Scheme {
    code: TextCode::Recruitment,
    senses: &[
        (Kind::Task, Ground::Tasks, 8.0),
        (Kind::Officer, Ground::Tasks, 8.0),
        (Kind::Pay, Ground::Pay, 6.0),
        (Kind::Reward, Ground::Reward, 6.0),
        (Kind::Asked, Ground::AskedPraise, 8.0),
        (Kind::Call, Ground::Call, 4.0),
    ],
    composes: false,
    is_core,
    opens: &[Ground::Tasks, Ground::AskedPraise],
};

/// Work for hire: a task, its pay and a call. Praise for hire: praise asked for, a reward for it, and a call or a role.
fn is_core(weight: &Weight) -> bool {
    let has = |ground: Ground, bits: f64| weight.of(ground) >= bits;
    let called = has(Ground::Call, 2.0) || has(Ground::Contacts, 2.0);
    let work = has(Ground::Tasks, 4.0) && has(Ground::Pay, 3.0) && called;
    let praise = has(Ground::AskedPraise, 4.0)
        && (has(Ground::Reward, 3.0) || has(Ground::Pay, 3.0) || has(Ground::Prices, 3.0))
        && (called || has(Ground::Tasks, 4.0));
    let invited = has(Ground::AskedPraise, 4.0) && has(Ground::Tasks, 8.0) && called;
    let recruits = has(Ground::Tasks, 8.0) && has(Ground::Call, 2.0) && has(Ground::Contacts, 2.0);
    work || praise || invited || recruits
}

/// The recruitments of a page.
pub(crate) fn find(page: &Page) -> Vec<TextFinding> {
    offer::find(page, &SCHEME)
}
