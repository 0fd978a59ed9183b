//! People who sign in: over HTTP on real PostgreSQL.

mod commands;
mod doors;
mod published_keys;
mod races;
mod sessions;
mod team;
mod tokens;
