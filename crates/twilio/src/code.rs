//! Twilio's error codes: what kind of trouble, and what an operator does about it.

/// What a code means for the text and its recipient.
///
/// Twilio splits codes over time, so flows follow the class, never a single code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// No text will ever reach this number.
    BadNumber,
    /// The recipient said STOP to this sender.
    OptedOut,
    /// The account or sender is not set up for this.
    Config,
    /// The words were refused.
    Content,
    /// A daily or trial limit.
    Limit,
    /// The credentials were refused.
    Auth,
    /// May work later.
    Transient,
    /// Not in the table.
    Other,
}

use Class::{Auth, BadNumber, Config, Content, Limit, OptedOut, Transient};

const CODES: &[(u32, Class, &str)] = &[
    (
        11200,
        Config,
        "Twilio could not reach our status address. Set the public URL to one that answers over https.",
    ),
    (
        13227,
        Config,
        "Calls to this country are off. Turn it on under Voice geographic permissions in Twilio.",
    ),
    (14103, Content, "The reply was not valid TwiML. Report this as a defect."),
    (
        14107,
        Limit,
        "Two automatic repliers answered each other. Wait half a minute; check who answers this number.",
    ),
    (20003, Auth, "Twilio refused the credentials. Enter the account SID and auth token again in Settings."),
    (20005, Auth, "The Twilio account is not active. Activate it in Twilio."),
    (
        20008,
        Auth,
        "These are Twilio's test credentials, which send nothing. Enter the live account SID and auth token in Settings.",
    ),
    (20404, Config, "Twilio does not know this account or message. Check the account SID in Settings."),
    (20429, Transient, "Twilio is limiting the request rate. The text is tried again by itself."),
    (20500, Transient, "Twilio had a fault of its own. The text is looked up before it is tried again."),
    (21211, BadNumber, "This is not a valid number. Correct it on the contact."),
    (21212, Config, "The sender is not a valid number. Correct the sending number in Settings."),
    (21265, BadNumber, "A short code cannot receive texts. Ask the contact for a mobile number."),
    (
        21408,
        Config,
        "Texts to this country are off. Turn it on under Messaging geographic permissions in Twilio.",
    ),
    (21601, Config, "The sending number cannot text. Choose a number with SMS in Settings."),
    (21602, Content, "The text was empty. Report this as a defect."),
    (21603, Config, "No sender was given. Set the sending number in Settings."),
    (21604, BadNumber, "No number was given. Add one to the contact."),
    (
        21606,
        Config,
        "The sending number is not yours or cannot text. Choose a number of this Twilio account in Settings.",
    ),
    (
        21608,
        Config,
        "A Twilio trial account texts verified numbers only. Verify this number or upgrade the account.",
    ),
    (21610, OptedOut, "The recipient replied STOP. They must reply START before texts resume."),
    (21611, Transient, "The sending number has too many texts waiting. The text is tried again by itself."),
    (21612, Config, "This sender cannot text this recipient. Use a local number or a Messaging Service."),
    (21614, BadNumber, "This is not a mobile number. Call instead, or ask for a mobile number."),
    (21617, Content, "The text is longer than 1600 characters. Shorten its wording."),
    (21635, BadNumber, "This is a landline. Call instead, or ask for a mobile number."),
    (21659, Config, "The sending number does not belong to this account. Choose another in Settings."),
    (21660, Config, "The sending number belongs to another account. Choose another in Settings."),
    (21661, Config, "The sending number cannot text. Choose a number with SMS in Settings."),
    (21701, Config, "Twilio does not know this Messaging Service. Correct the sender in Settings."),
    (21703, Config, "The Messaging Service has no sender. Add a number to it in Twilio."),
    (21705, Config, "This is not a Messaging Service. Correct the sender in Settings."),
    (30001, Transient, "The queue of this sender overflowed. The text is tried again by itself."),
    (30002, Config, "The Twilio account is suspended. Contact Twilio."),
    (30003, Transient, "The phone is off or out of reach. Call the contact, or send again later."),
    (30004, Content, "The recipient or carrier blocks these texts. Call instead."),
    (30005, BadNumber, "The number is not in service. Correct it on the contact."),
    (30006, BadNumber, "This is a landline or a carrier Twilio cannot reach. Call instead."),
    (
        30007,
        Content,
        "The carrier filtered the text. Reword it and check the number's registration in Twilio.",
    ),
    (30008, Transient, "The carrier gave no reason. Send again later, or call."),
    (
        30010,
        Limit,
        "The text would cost more than the highest price that Twilio was given. Raise it in Twilio, or call.",
    ),
    (30017, Transient, "The carrier's network is congested. Send again later, or call."),
    (30022, Limit, "The campaign's rate is used up. Raise its throughput in Twilio, or wait a while."),
    (
        30023,
        Limit,
        "The brand's texts of the day are used up. Raise its trust score, or wait until tomorrow.",
    ),
    (
        30024,
        Config,
        "The carrier does not know the sending number yet. Wait a day, or ask Twilio to provision it.",
    ),
    (
        30027,
        Limit,
        "T-Mobile's texts of the day are used up. Raise the brand's trust score, or wait until tomorrow.",
    ),
    (30032, Config, "The toll-free number is not verified. Finish toll-free verification in Twilio."),
    (
        30033,
        Config,
        "The A2P 10DLC campaign is suspended. Find out why in Twilio, and appeal or register another.",
    ),
    (
        30034,
        Config,
        "The number is not registered for A2P 10DLC. Finish brand and campaign registration in Twilio.",
    ),
    (
        30035,
        Config,
        "The number is still being registered for A2P 10DLC. Wait until Twilio says that it is done.",
    ),
    (30036, Class::Other, "Its time was over before the carrier could deliver it. Call instead."),
    (
        30039,
        Content,
        "Two automatic repliers answered each other. Check who answers this number, then call instead.",
    ),
    (30450, Content, "Twilio's fraud protection stopped the text. Review SMS pumping protection in Twilio."),
    (30454, Limit, "The trial account reached its limit. Upgrade the Twilio account."),
    (35111, Limit, "The text was scheduled outside what Twilio allows. Report this as a defect."),
    (35114, Limit, "The text was scheduled outside what Twilio allows. Report this as a defect."),
    (
        63038,
        Limit,
        "The account reached its daily limit of texts. Raise it in Twilio, or wait until tomorrow.",
    ),
];

fn row(code: u32) -> Option<&'static (u32, Class, &'static str)> {
    CODES.binary_search_by_key(&code, |(known, ..)| *known).ok().and_then(|i| CODES.get(i))
}

/// The class of an error code, from an answer or from a status callback.
pub fn class_of(code: u32) -> Class {
    row(code).map_or(Class::Other, |(_, class, _)| *class)
}

/// What the code means and what to do about it, for staff and operators.
pub fn code_hint(code: u32) -> &'static str {
    row(code)
        .map_or("Twilio refused the text. Look the code up in Twilio's error dictionary.", |(.., hint)| *hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_for_its_search() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn e17_every_hint_says_what_to_do_in_whole_sentences() {
        for (code, _, hint) in CODES {
            assert!(hint.ends_with('.') && hint.matches(". ").count() >= 1, "{code}: {hint}");
            assert_eq!(code_hint(*code), *hint);
        }
        assert!(code_hint(1).ends_with('.'));
    }

    #[test]
    fn t2_e14_codes_fall_into_their_class() {
        for (code, class) in [
            (21211, BadNumber),
            (21614, BadNumber),
            (30005, BadNumber),
            (21610, OptedOut),
            (21408, Config),
            (30034, Config),
            (30007, Content),
            (30450, Content),
            (63038, Limit),
            (14107, Limit),
            (30454, Limit),
            (35111, Limit),
            (35114, Limit),
            (21265, BadNumber),
            (30006, BadNumber),
            (21606, Config),
            (21659, Config),
            (21608, Config),
            (21612, Config),
            (21703, Config),
            (30032, Config),
            (13227, Config),
            (30004, Content),
            (14103, Content),
            (21617, Content),
            (30001, Transient),
            (21611, Transient),
            (30003, Transient),
            (30008, Transient),
            (20500, Transient),
            (20429, Transient),
            (20003, Auth),
            (21999, Class::Other),
        ] {
            assert_eq!(class_of(code), class, "{code}");
        }
    }
}
