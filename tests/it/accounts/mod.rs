//! People who sign in: over HTTP on real PostgreSQL.

mod doors;
mod sessions;
mod team;
mod tokens;
