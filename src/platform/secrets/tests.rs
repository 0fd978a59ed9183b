#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::HashSet;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use proptest::prelude::*;

use super::*;
use crate::platform::config::Config;

const COLUMN: &str = "calendar_secret";

fn org(n: u128) -> OrgId {
    OrgId(Uuid::from_u128(n))
}

fn row(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn keys(current: &SecretString, former: &[&SecretString]) -> Keys {
    let former: Vec<&str> = former.iter().map(|key| key.expose_secret()).collect();
    Keys::new(current, &former.join(",").into()).unwrap()
}

fn fresh() -> Keys {
    keys(&new_key().unwrap(), &[])
}

/// As every version before this one sealed.
fn sealed_by_an_older_version(key: &SecretString, org: OrgId, column: &str, secret: &str) -> Vec<u8> {
    let cipher =
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &decoded(key.expose_secret()).unwrap()).unwrap());
    let mut nonce = [0_u8; NONCE_LEN];
    rand::fill(&mut nonce).unwrap();
    let mut sealed = secret.as_bytes().to_vec();
    let aad = Aad::from([org.0.as_bytes(), column.as_bytes()].concat());
    cipher.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed).unwrap();
    [&[1][..], &nonce, &sealed].concat()
}

#[test]
fn w33_a_sealed_secret_opens_only_for_its_org_column_and_row() {
    let keys = fresh();
    let sealed = keys.seal(org(1), "twilio", "s3cret").unwrap();
    assert_eq!(keys.open(org(1), "twilio", &sealed).unwrap().expose_secret(), "s3cret");
    assert!(keys.open(org(2), "twilio", &sealed).is_err());
    assert!(keys.open(org(1), "vapi", &sealed).is_err());
    assert!(keys.open_row(org(1), ("twilio", row(0)), &sealed).is_err());
    assert!(!sealed.windows(6).any(|w| w == b"s3cret"));

    let sealed = keys.seal_row(org(1), (COLUMN, row(7)), "s3cret").unwrap();
    assert_eq!(keys.open_row(org(1), (COLUMN, row(7)), &sealed).unwrap().expose_secret(), "s3cret");
    assert!(keys.open_row(org(1), (COLUMN, row(8)), &sealed).is_err());
    assert!(keys.open_row(org(1), ("calendar_access", row(7)), &sealed).is_err());
    assert!(keys.open_row(org(2), (COLUMN, row(7)), &sealed).is_err());
    assert!(keys.open(org(1), COLUMN, &sealed).is_err());
}

#[test]
fn what_is_damaged_or_cut_does_not_open_and_names_settings_alone() {
    let keys = fresh();
    let sealed = keys.seal(org(1), "c", "s3cret").unwrap();
    for at in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1;
        assert!(keys.open(org(1), "c", &damaged).is_err(), "byte {at}");
        assert!(keys.open(org(1), "c", &sealed[..at]).is_err(), "{at} bytes");
    }
    let said = keys.open(org(2), "c", &sealed).unwrap_err().to_string();
    assert_eq!(said, "a sealed secret does not open with secrets.key or secrets.former_keys");
}

#[test]
fn a_rotated_key_still_opens_what_its_predecessor_sealed_and_digests_stay() {
    let old = new_key().unwrap();
    let before = keys(&old, &[]);
    let sealed = before.seal(org(1), "c", "s").unwrap();
    let after = keys(&new_key().unwrap(), &[&old]);
    assert_eq!(after.open(org(1), "c", &sealed).unwrap().expose_secret(), "s");
    assert_eq!(before.digest("x"), after.digest("x"));
}

#[test]
fn a_sealed_secret_names_its_key_and_nothing_else_does() {
    let (old, new) = (new_key().unwrap(), new_key().unwrap());
    let (before, after) = (keys(&old, &[]), keys(&new, &[&old]));
    let sealed = before.seal(org(1), "c", "s").unwrap();
    assert!(before.is_current(&sealed) && before.knows(&sealed));
    assert!(!after.is_current(&sealed) && after.knows(&sealed));
    assert!(!keys(&new, &[]).knows(&sealed));
    assert_eq!(after.count(org(1), ("c", None), &sealed), Tally { former: 1, ..Tally::default() });
    assert_eq!(keys(&new, &[]).count(org(1), ("c", None), &sealed), Tally { lost: 1, ..Tally::default() });
    for nothing in [&[][..], &[3, 1, 2, 3, 4], &[2, 1, 2]] {
        assert_eq!(Keys::key_id(nothing), None);
        assert!(!after.knows(nothing) && !after.is_current(nothing));
        assert_eq!(after.count(org(1), ("c", None), nothing).lost, 1);
    }
}

#[test]
fn w34_what_an_older_version_sealed_opens_and_is_sealed_anew_for_its_row() {
    let (old, new) = (new_key().unwrap(), new_key().unwrap());
    let sealed = sealed_by_an_older_version(&old, org(1), "c", "s");
    let after = keys(&new, &[&old]);
    assert_eq!(after.open(org(1), "c", &sealed).unwrap().expose_secret(), "s");
    assert_eq!(Keys::key_id(&sealed), None);
    assert_eq!(after.count(org(1), ("c", Some(row(7))), &sealed).former, 1);
    assert_eq!(keys(&new, &[]).count(org(1), ("c", None), &sealed).lost, 1);
    // Also under the same key: it names none yet.
    assert_eq!(keys(&old, &[]).count(org(1), ("c", None), &sealed).former, 1);

    let Anew::Former(anew) = after.anew(org(1), ("c", Some(row(7))), &sealed).unwrap() else { panic!() };
    let alone = keys(&new, &[]);
    assert!(alone.is_current(&anew));
    assert_eq!(alone.open_row(org(1), ("c", row(7)), &anew).unwrap().expose_secret(), "s");
    assert!(alone.open_row(org(1), ("c", row(8)), &anew).is_err());
    assert_eq!(after.anew(org(1), ("c", Some(row(7))), &anew).unwrap(), Anew::Current);
    assert_eq!(alone.anew(org(1), ("c", Some(row(7))), &sealed).unwrap(), Anew::Lost);
}

#[test]
fn calendars_have_keys_of_their_own_and_the_installations_as_their_predecessors() {
    let general = fresh();
    let before = general.for_calendars(&Config::load(|_| None).unwrap().google).unwrap();
    let sealed = before.seal_row(org(1), (COLUMN, row(1)), "token").unwrap();
    assert!(general.open_row(org(1), (COLUMN, row(1)), &sealed).is_ok());

    let hex = "00112233445566778899aabbccddeeff".repeat(2);
    let with = |current: &str, former: &str| {
        let set = |name: &str| match name {
            "GOOGLE_ENCRYPTION_KEY" => Some(current.to_owned()),
            "VOXANNE_GOOGLE_FORMER_ENCRYPTION_KEYS" => Some(former.to_owned()),
            _ => None,
        };
        general.for_calendars(&Config::load(set).unwrap().google)
    };
    // Set later: what the installation's key sealed still opens, and the new one seals.
    let after = with(&hex, "").unwrap();
    assert_eq!(after.open_row(org(1), (COLUMN, row(1)), &sealed).unwrap().expose_secret(), "token");
    let anew = after.seal_row(org(1), (COLUMN, row(1)), "token").unwrap();
    assert!(after.is_current(&anew) && !general.knows(&anew));
    // Replaced, in either spelling of the old one.
    let next = new_key().unwrap();
    for former in [hex.clone(), hex.to_uppercase(), STANDARD.encode(hex::decode(&hex).unwrap())] {
        let rotated = with(next.expose_secret(), &former).unwrap();
        assert!(rotated.open_row(org(1), (COLUMN, row(1)), &anew).is_ok());
        assert!(!rotated.is_current(&anew));
    }
    for (current, former) in [("c2hvcnQ=", ""), (&hex[..62], ""), ("", hex.as_str()), (hex.as_str(), "x")] {
        let said = with(current, former).unwrap_err().to_string();
        assert!(said.starts_with("google.encryption_key (GOOGLE_ENCRYPTION_KEY)"), "{said}");
        assert!(!said.contains(&hex[..16]), "{said}");
    }
}

#[test]
fn a_short_or_default_key_is_refused() {
    for key in ["", "c2hvcnQ=", "00112233"] {
        assert!(Keys::new(&key.into(), &"".into()).is_err(), "{key}");
        assert!(Keys::new(&new_key().unwrap(), &key.into()).is_err() || key.is_empty(), "{key}");
    }
    assert!(matches!(Keys::new(&"".into(), &"".into()), Err(SecretError::BadKey)));
}

/// W35: two values under one nonce would give both away.
#[test]
fn w35_no_nonce_comes_twice() {
    const THREADS: usize = 4;
    const SEALS: usize = 50_000;
    let keys = fresh();
    let nonces: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let sealing = (0..THREADS).map(|_| {
            scope.spawn(|| {
                let nonce = |_| keys.seal(org(1), "c", "the same").unwrap()[5..5 + NONCE_LEN].to_vec();
                (0..SEALS).map(nonce).collect::<Vec<_>>()
            })
        });
        sealing.collect::<Vec<_>>().into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(nonces.iter().collect::<HashSet<_>>().len(), THREADS * SEALS);
    // Random in every byte, or a counter would do as well until the next start.
    for byte in 0..NONCE_LEN {
        let values: HashSet<u8> = nonces.iter().map(|nonce| nonce[byte]).collect();
        assert_eq!(values.len(), 256, "byte {byte}");
    }
}

proptest! {
    /// W33, W35: whatever is sealed wherever.
    #[test]
    fn whatever_is_sealed_opens_at_its_place_alone(
        secret in any::<String>(),
        column in "[a-z_.]{0,30}",
        other in "[a-z_.]{0,30}",
        (here, there) in (any::<u128>(), any::<u128>()),
    ) {
        let keys = fresh();
        let sealed = keys.seal_row(org(here), (&column, row(there)), &secret).unwrap();
        let again = keys.seal_row(org(here), (&column, row(there)), &secret).unwrap();
        prop_assert_ne!(&sealed, &again);
        let opened = keys.open_row(org(here), (&column, row(there)), &sealed).unwrap();
        prop_assert_eq!(opened.expose_secret(), secret.as_str());
        prop_assert!(keys.open(org(here), &column, &sealed).is_err());
        if other != column {
            prop_assert!(keys.open_row(org(here), (&other, row(there)), &sealed).is_err());
        }
        if here != there {
            prop_assert!(keys.open_row(org(there), (&column, row(here)), &sealed).is_err());
        }
    }
}
