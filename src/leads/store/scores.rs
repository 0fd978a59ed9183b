//! Scored calls: what was said in them, to score it again.
