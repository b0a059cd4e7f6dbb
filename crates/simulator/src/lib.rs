//! A labelled market and video platform, for tests and demonstrations.
