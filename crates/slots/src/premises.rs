//! What must hold whoever gives the visit.

use jiff::civil::Date;

use crate::{
    Busy, Cause, Rules,
    guest::History,
    roster::{Dates, Presence},
    visit::Visit,
};

/// The location's cap, the guest's history and the supervisors, asked about ascending starts.
pub(crate) struct Premises<'a> {
    rules: &'a Rules<'a>,
    busy: &'a Busy,
    history: History,
    supervisors: Option<Vec<Presence<'a>>>,
    /// A civil date and what is against it: asked for many starts, found out once.
    today: Option<(Date, Option<Cause>)>,
}

impl<'a> Premises<'a> {
    /// For visits whose start has a civil date in `dates`.
    pub(crate) fn new(rules: &'a Rules<'a>, busy: &'a Busy, dates: Dates) -> Self {
        let supervisors = rules.supervisors.map(|supervisors| {
            supervisors.iter().map(|supervisor| Presence::of_supervisor(supervisor, rules, dates)).collect()
        });
        let history = History::new(rules.guest, rules.zone);
        Self { rules, busy, history, supervisors, today: None }
    }

    /// Adds all that is against `visit` here, given that the location is open.
    pub(crate) fn push_causes(&mut self, visit: &Visit, causes: &mut Vec<Cause>) {
        causes.extend(self.full_on(visit.date));
        self.history.push_causes(visit, causes);
        let supervisors = self.supervisors.as_mut();
        if supervisors.is_some_and(|all| !all.iter_mut().any(|supervisor| supervisor.is_there(visit))) {
            causes.push(Cause::NoSupervisor);
        }
    }

    fn full_on(&mut self, date: Date) -> Option<Cause> {
        if self.today.as_ref().is_none_or(|(today, _)| *today != date) {
            let cap = self.rules.service.daily_cap;
            let full = cap.filter(|cap| self.busy.visits_of_service(date) >= *cap);
            self.today = Some((date, full.map(|cap| Cause::ServiceFull { date, cap })));
        }
        self.today.as_ref().and_then(|(_, cause)| cause.clone())
    }
}
