//! What every slice stands on, and which knows no slice.

pub mod app;
pub mod bounded;
pub mod client;
pub mod clock;
pub mod config;
pub mod db;
pub mod edge;
pub mod embedded;
pub mod fair_share;
pub mod fresh;
pub mod hub;
pub mod ids;
pub mod jobs;
pub mod memo;
pub mod migrate;
pub mod network;
pub mod page;
pub mod per_address;
pub mod problem;
pub mod public;
pub mod queue;
pub mod request_id;
pub mod secrets;
pub mod telemetry;
pub mod trial;
