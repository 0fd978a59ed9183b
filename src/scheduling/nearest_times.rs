//! Open times over several days.

use std::sync::Arc;

use jiff::civil::Date;
use voxanne_slots::Opening;

use super::open_times::{Day, openings_between};
use crate::platform::app::App;

/// What to look for: from a day's date to another one, both included.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// What, where and by whom, from which date on.
    pub first: Day,
    /// Up to this civil date of the location.
    pub local_until: Date,
}

/// The openings of these days, ascending.
pub async fn nearest_times(app: &App, search: &Search) -> Result<Vec<Opening>, Arc<sqlx::Error>> {
    Ok(openings_between(app, &search.first, search.local_until).await?.1)
}
