//! How far a text has got. Only ever forward.

use serde::{Deserialize, Serialize};

/// Where a text stands, in the order it gets there.
///
/// Callbacks come in any order and more than once, so a new status is taken only through [`Status::advance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Twilio has it (`accepted`, `scheduled`, `queued`).
    Queued,
    /// Being handed to the carrier.
    Sending,
    /// The carrier has it.
    Sent,
    /// The phone has it (`delivered`, `read`).
    Delivered,
    /// The carrier could not deliver it.
    Undelivered,
    /// It never left (`failed`, `canceled`).
    Failed,
}

impl Status {
    /// Reads Twilio's word; `None` for one that says nothing about a text of ours, today or in a later API.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "accepted" | "scheduled" | "queued" => Self::Queued,
            "sending" => Self::Sending,
            "sent" => Self::Sent,
            "delivered" | "read" => Self::Delivered,
            "undelivered" => Self::Undelivered,
            "failed" | "canceled" => Self::Failed,
            _ => return None,
        })
    }

    /// Twilio's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
        }
    }

    /// Position on the way; the three ends share the last one.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Sent => 2,
            Self::Delivered | Self::Undelivered | Self::Failed => 3,
        }
    }

    /// Whether nothing more will be heard.
    pub const fn is_final(self) -> bool {
        self.rank() == 3
    }

    /// `to`, if that is progress; `None` if it is old news. The first end reached stays.
    pub fn advance(from: Self, to: Self) -> Option<Self> {
        (to.rank() > from.rank()).then_some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permutations(items: &[Status]) -> Vec<Vec<Status>> {
        if items.is_empty() {
            return vec![vec![]];
        }
        (0..items.len())
            .flat_map(|i| {
                let mut rest = items.to_vec();
                let first = rest.remove(i);
                permutations(&rest).into_iter().map(move |mut tail| {
                    tail.insert(0, first);
                    tail
                })
            })
            .collect()
    }

    #[test]
    fn t6_e10_callbacks_in_any_order_and_twice_end_in_the_same_place() {
        for end in [Status::Delivered, Status::Undelivered, Status::Failed] {
            for order in
                permutations(&[Status::Queued, Status::Sending, Status::Sent, end, end, Status::Sent])
            {
                let mut now = Status::Queued;
                for next in &order {
                    let before = now.rank();
                    now = Status::advance(now, *next).unwrap_or(now);
                    assert!(now.rank() >= before, "went back in {order:?}");
                }
                assert_eq!(now, end, "{order:?}");
            }
        }
    }

    #[test]
    fn t6_the_first_end_reached_stays() {
        let ends = [Status::Delivered, Status::Undelivered, Status::Failed];
        for from in ends {
            assert!(ends.iter().all(|to| Status::advance(from, *to).is_none()));
        }
    }

    #[test]
    fn a_status_from_a_later_api_is_not_an_error() {
        assert_eq!(Status::parse("partially_delivered"), None);
        assert_eq!(Status::parse("canceled"), Some(Status::Failed));
        for status in [Status::Queued, Status::Sending, Status::Sent, Status::Delivered, Status::Failed] {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
    }
}
