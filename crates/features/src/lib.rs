//! Keyed windows and sketches: events become numbers per entity in bounded memory.
