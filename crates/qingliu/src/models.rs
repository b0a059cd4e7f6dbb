//! Models that an audit is given: read and checked before anything else is done, and named in its summary.
//!
//! Both are optional, and without them nothing changes. A model of accounts puts its calibrated chance in place of the score and
//! leaves verdicts to the policy, which can say why; a model of texts gives findings, which the policy weighs like others.

use crate::facts::facts;
use crate::failure::Failure;
use crate::summary::ModelSummary;
use anyhow::{Context, anyhow};
use engine::results::Results;
use learning::{Model, ModelError, TextModel};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The models of an audit.
#[derive(Default)]
pub(crate) struct Models {
    accounts: Option<Model>,
    texts: Option<Arc<TextModel>>,
    named: Vec<ModelSummary>,
}

impl Models {
    /// Reads the models; one that is damaged, of something else, or of other features is refused.
    pub(crate) fn read(accounts: Option<&Path>, texts: Option<&Path>) -> Result<Models, Failure> {
        let mut models = Models::default();
        if let Some(path) = accounts {
            let load = |bytes: &[u8]| {
                let model = Model::load(bytes)?;
                model.fits(&learning::account_feature_names())?;
                Ok(model)
            };
            models.accounts = Some(models.take("accounts", path, load)?);
        }
        if let Some(path) = texts {
            models.texts = Some(Arc::new(models.take("texts", path, TextModel::load)?));
        }
        Ok(models)
    }

    fn take<M>(
        &mut self,
        of: &'static str,
        path: &Path,
        load: impl FnOnce(&[u8]) -> Result<M, ModelError>,
    ) -> Result<M, Failure> {
        let shown = path.display();
        let unreadable = || format!("{shown}: cannot be read");
        let length = fs::metadata(path).with_context(unreadable).map_err(Failure::arguments)?.len();
        if length > learning::LIMIT as u64 {
            let limit = learning::LIMIT;
            let why = anyhow!("{shown}: {length} bytes are more than the {limit} of a model");
            return Err(Failure::arguments(why));
        }
        let bytes = fs::read(path).with_context(unreadable).map_err(Failure::arguments)?;
        let model = load(&bytes)
            .with_context(|| format!("{shown}: not a model that can be used here"))
            .map_err(Failure::arguments)?;
        self.named.push(ModelSummary {
            of,
            file: path.to_string_lossy().into_owned(),
            checksum: learning::checksum(&bytes).unwrap_or_default().to_owned(),
        });
        Ok(model)
    }

    /// The model that reads reviews and comments.
    pub(crate) fn of_texts(&self) -> Option<Arc<TextModel>> {
        self.texts.clone()
    }

    /// The models as the summary names them.
    pub(crate) fn named(&self) -> Vec<ModelSummary> {
        self.named.clone()
    }

    /// Puts the chances of the model of accounts in place of their scores, if there is one.
    pub(crate) fn score(&self, results: &mut Results) {
        let Some(model) = &self.accounts else { return };
        let known = facts(results);
        for (account, facts) in results.accounts.iter_mut().zip(&known) {
            account.score = model.score(&learning::account_features(facts)) as f32;
        }
    }
}
