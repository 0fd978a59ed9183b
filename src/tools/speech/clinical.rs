//! What somebody hears who may be hurt. Help comes first: nothing is sold, and no advice is given but to call for help.

use super::fits;
use crate::phone::emergency_number;

/// Help cannot wait. The team is said to be alerted only if a text tells them.
pub(in crate::tools) fn emergency(number: &str, is_texted: bool) -> String {
    let team =
        if is_texted { "I've alerted our team as well." } else { "I've noted it for our team as urgent." };
    format!("Please hang up now and call {number}. {team}")
}

/// Somebody of the team must call back now.
pub(in crate::tools) fn urgent(number: &str, is_texted: bool) -> String {
    let team = if is_texted {
        "I've alerted our team, and they'll call you back as soon as they can."
    } else {
        "I've put this in front of our team as urgent so they can call you back."
    };
    format!("{team} {}", if_worse(number))
}

/// The same, and a person takes the call now.
pub(in crate::tools) fn urgent_connecting(number: &str, is_texted: bool) -> String {
    let team =
        if is_texted { "I've alerted our team, and " } else { "Somebody can take your call now, and " };
    format!("{team}I'm connecting you now. {}", if_worse(number))
}

fn if_worse(number: &str) -> String {
    format!("If it gets worse, or your breathing or vision changes, hang up and call {number}.")
}

/// What was done, and that the team knows; without it where that is too much to follow.
pub(in crate::tools) fn and_alerted(said: &str, number: &str) -> String {
    let both = format!("{said} I've alerted our team too; call {number} if it gets worse.");
    if fits(&both) { both } else { said.to_owned() }
}

pub(super) fn samples() -> Vec<String> {
    let booked = "Great! I've confirmed your Laser Hair Removal Full Legs appointment for Wednesday, September 23rd at 10:45 AM. You'll receive a text message confirmation shortly with all the details.";
    let mut all =
        vec![and_alerted(booked, "911"), and_alerted("I'm sorry, that time was just taken.", "112")];
    for region in ["US", "GB", "AU", "NZ", "DE"] {
        let number = emergency_number(region);
        for is_texted in [true, false] {
            all.extend([
                emergency(number, is_texted),
                urgent(number, is_texted),
                urgent_connecting(number, is_texted),
            ]);
        }
    }
    all
}
