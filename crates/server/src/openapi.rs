//! The API's description, OpenAPI 3.1, out of the code that does it.

use crate::api::{data, delivery, health, keys, manage, read, take, view};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Qingliu",
        description = "Decides what is real while it happens: events in, decisions, counts and groups out."
    ),
    paths(
        take::events, take::decisions,
        read::decision, read::account, read::counts, read::groups, read::group, read::findings,
        data::export, data::erase,
        crate::service::stream,
        manage::policy, manage::set_policy, manage::judge,
        keys::list, keys::make, keys::rotate, keys::revoke,
        health::alive, health::ready, health::metrics,
    ),
    components(
        schemas(crate::problem::Problem, view::EventBody, delivery::Delivery),
        responses(
            view::BadRequest, view::Unauthorized, view::Forbidden, view::NotFound, view::Slow,
            view::Conflict, view::TooLarge, view::Unsupported, view::Unprocessable, view::TooMany,
            view::Unavailable,
        ),
    ),
    modifiers(&Keys),
)]
struct Description;

struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let mut key = Http::new(HttpAuthScheme::Bearer);
        key.description = Some("An API key with the scope that the operation names.".to_owned());
        if let Some(components) = &mut openapi.components {
            components.add_security_scheme("key", SecurityScheme::Http(key));
        }
        // Licence and contact are the package's, not the API's.
        openapi.info.license = None;
        openapi.info.contact = None;
    }
}

/// The description, as JSON.
#[must_use]
pub fn document() -> String {
    Description::openapi().to_pretty_json().unwrap_or_default()
}
