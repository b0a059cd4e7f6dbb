//! Any bytes as the body of a request, in each of its forms: reading never panics, accounts for every event, and gives the
//! same twice.

#![no_main]

use std::cell::RefCell;
use std::sync::Once;

use input::{Bodies, Body, BodyFault};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static BODIES: RefCell<Bodies> = RefCell::new(Bodies::new(1000).expect("the contract"));
}

/// Arrow's decoder panics on some forged streams, which is caught where it is called; the fuzzer's hook would end the run
/// before. A panic that is not caught still does.
static QUIET: Once = Once::new();

fn check(read: Result<Body, BodyFault>) -> String {
    let body = match read {
        Ok(body) => body,
        Err(fault) => return fault.to_string(),
    };
    assert_eq!(body.batch.events.len() + body.rejected.len(), body.events);
    for event in &body.batch.events {
        assert!(event.id.is_some() && event.id_text.len > 0);
        assert!(body.batch.arena.get(event.id_text.start as usize..).is_some());
        assert_eq!(events::Key::of(body.batch.text(event.id_text)), event.id);
    }
    for (_, key, span) in &body.batch.names {
        assert_eq!(events::Key::of(body.batch.text(*span)), *key);
    }
    let mut last = None;
    for rejection in &body.rejected {
        assert!((rejection.row as usize) < body.events && Some(rejection.row) > last);
        last = Some(rejection.row);
    }
    format!("{:?} {:?}", body.batch, body.rejected)
}

fuzz_target!(|bytes: &[u8]| {
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let Some((form, bytes)) = bytes.split_first() else { return };
    BODIES.with_borrow_mut(|bodies| {
        let mut read = || match form % 3 {
            0 => check(bodies.json(bytes)),
            1 => check(bodies.json_lines(bytes)),
            _ => check(bodies.arrow(bytes)),
        };
        assert_eq!(read(), read());
    });
});
