//! How right results are against a known truth, beside simple baselines.
