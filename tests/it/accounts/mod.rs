//! People who sign in: over HTTP on real PostgreSQL.

mod sessions;
mod tokens;
