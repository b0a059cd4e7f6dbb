//! The coincidence graph: who acts together beyond chance.
