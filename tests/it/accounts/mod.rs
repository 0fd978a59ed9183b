//! People who sign in: over HTTP on real PostgreSQL.

mod commands;
mod doors;
mod invitations;
mod issuer;
mod leaving;
mod log;
mod log_check;
mod other_issuer;
mod published_keys;
mod races;
mod second_factor_rule;
mod sessions;
mod shown_org;
mod team;
pub mod tokens;
mod whole;
