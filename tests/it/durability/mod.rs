//! What an acknowledged booking, text or alert survives: the real program in processes of its own, and real kills.

mod bodies;
mod callers;
pub mod chance;
mod clocks;
mod crashes;
mod database;
mod durable;
mod installation;
mod pgbouncer;
mod promises;
mod shutdown;
mod time_zones;
