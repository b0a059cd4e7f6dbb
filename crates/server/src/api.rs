//! What the API does, one file a part of it; here a request that was let in finds its part.

pub mod data;
pub mod delivery;
pub mod health;
pub mod keys;
pub mod manage;
mod member;
pub mod read;
pub mod take;
pub mod view;

use crate::access::Caller;
use crate::answer::Answer;
use crate::otel::Trace;
use crate::problem::{Kind, Problem, pointed};
use crate::query::{self, Query};
use crate::route::Route;
use crate::service::Service;
use crate::tenants::Tenant;
use bytes::Bytes;
use hyper::http::request::Parts;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A request that was let in.
pub struct Call<'a> {
    /// The whole server.
    pub service: &'a Service,
    /// Head of the request.
    pub parts: &'a Parts,
    /// Whose key it came with.
    pub caller: &'a Caller,
    /// The key's tenant.
    pub tenant: &'a Arc<Tenant>,
    /// The part of the path that varies.
    pub part: &'a str,
    /// The body.
    pub body: Bytes,
    /// Where its parts are noted, if it is traced.
    pub trace: Option<&'a mut Trace>,
}

impl Call<'_> {
    /// The part of the path that varies, decoded.
    fn name(&self) -> Result<String, Problem> {
        query::decoded(self.part)
    }

    /// The parameters, of which these may be given.
    fn query(&self, known: &[&str]) -> Result<Query, Problem> {
        Query::read(self.parts.uri.query(), known)
    }

    /// The body as JSON.
    fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.body).map_err(|fault| {
            let kind = match fault.classify() {
                serde_json::error::Category::Data => Kind::Unprocessable,
                _ => Kind::BadRequest,
            };
            let problem = Problem::new(kind, fault.to_string());
            match member::at_fault::<T>(&self.body) {
                Some(member) => problem.at(format!("/{}", pointed(&member))),
                None => problem,
            }
        })
    }

    /// Does what is asked.
    ///
    /// # Errors
    /// What is wrong with the request, or with the server.
    pub async fn answer(mut self, route: Route) -> Result<Answer, Problem> {
        match route {
            Route::PostEvents => take::events(&mut self).await,
            Route::PostDecisions => take::decisions(&mut self).await,
            Route::GetDecision => read::decision(&self),
            Route::GetAccount => read::account(&self),
            Route::DeleteData => data::erase(&self).await,
            Route::GetCounts => read::counts(&self).await,
            Route::GetGroups => read::groups(&self),
            Route::GetGroup => read::group(&self),
            Route::GetFindings => read::findings(&self),
            Route::GetPolicy => manage::policy(&self),
            Route::PutPolicy => manage::set_policy(&self).await,
            Route::PostJudge => manage::judge(&self).await,
            Route::GetKeys => keys::list(&self),
            Route::PostKeys => keys::make(&self).await,
            Route::RotateKey => keys::rotate(&self).await,
            Route::DeleteKey => keys::revoke(&self).await,
            Route::GetMetrics => health::metrics(&self),
            Route::GetStream
            | Route::GetData
            | Route::GetOpenApi
            | Route::GetLive
            | Route::GetReady
            | Route::Unknown => Err(Problem::new(Kind::NotFound, "there is no such address")),
        }
    }
}
