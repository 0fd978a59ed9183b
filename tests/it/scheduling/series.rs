//! Six laser sessions: all of them, or by explicit choice those that can be had.

use voxanne::appointments::{self, BookedSeries, NewBooking, Series, SeriesError};
use voxanne::phone::Phone;
use voxanne::scheduling;
use voxanne_slots::Cause;

use super::{booked, caller, id_of};
use crate::harness::Voxanne;

async fn book(vox: &Voxanne, every_days: i16, partial: bool) -> Result<BookedSeries, SeriesError> {
    let book = scheduling::rule_book(&vox.app, vox.glow.org, None).await.unwrap();
    let laser = book.services.iter().find(|s| s.name == "Laser Treatment").unwrap();
    // 10:30 AM in Los Angeles.
    let starts_at = "2026-12-01T18:30:00Z".parse().unwrap();
    let first = NewBooking {
        phone: Some(Phone::parse_e164(&caller(1)).unwrap()),
        ..NewBooking::new(&book, &book.locations[0], laser, starts_at)
    };
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    let wanted = Series { first, visits: 6, every_days, partial };
    let series = appointments::book_series(&vox.app, &mut tx, vox.glow.org, &wanted).await?;
    tx.commit().await.unwrap();
    Ok(series)
}

#[tokio::test]
async fn six_visits_are_booked_at_one_wall_time_with_one_text() {
    let vox = Voxanne::start().await;
    // Over the change of March 14th 2027: half past ten stays half past ten.
    let series = book(&vox, 28, false).await.unwrap();
    assert_eq!((series.visits.len(), series.left_out.len()), (6, 0));
    assert_eq!(
        vox.count("appointments where local_starts_at::time = '10:30' and series_id is not null").await,
        6
    );
    let offsets: i64 = vox
        .one("select count(distinct extract(hour from starts_at at time zone 'UTC')) from appointments")
        .await;
    assert_eq!(offsets, 2, "or the clocks did not change between them");
    assert_eq!(vox.count("reservations").await, 12);
    let people: i64 = vox.one("select count(distinct practitioner_id) from appointments").await;
    assert_eq!(people, 1);
    vox.run_jobs().await;
    let texts = vox.texts_to(&caller(1));
    assert_eq!(texts.len(), 1);
    insta::assert_snapshot!(texts[0].body, @"Glow MedSpa: 6 visits are booked for you, the first on Tuesday, December 1 at 10:30 AM. Questions? Call +13105550199. Reply STOP to opt out.");
}

#[tokio::test]
async fn t_b15_if_the_third_collides_all_or_nothing_or_partial_by_explicit_choice() {
    let vox = Voxanne::start().await;
    booked(&vox, 1, &caller(2), "Laser Treatment", ("2027-01-26", "10:30")).await;
    let Err(SeriesError::Collides(left_out)) = book(&vox, 28, false).await else {
        panic!("nothing may be booked")
    };
    assert_eq!(left_out.iter().map(|l| l.nth).collect::<Vec<_>>(), [3]);
    assert!(matches!(left_out[0].refusal.first(), Cause::ResourceBusy { .. }), "{left_out:?}");
    assert_eq!(vox.count("appointments").await, 1);
    assert_eq!(vox.count("reservations").await, 2);
    let series = book(&vox, 28, true).await.unwrap();
    assert_eq!((series.visits.len(), series.left_out.len()), (5, 1));
    assert_eq!(vox.count("appointments where series_id is not null").await, 5);
}

#[tokio::test]
async fn a_series_keeps_its_own_spacing() {
    let vox = Voxanne::start().await;
    vox.exec(&format!(
        "insert into service_spacings (org_id, service_id, other_service_id, days) values ('{}', {laser}, {laser}, 28)",
        vox.glow.org.0,
        laser = id_of("services", &vox, "Laser Treatment")
    ))
    .await;
    let Err(SeriesError::Collides(left_out)) = book(&vox, 14, false).await else { panic!("too close") };
    assert_eq!(left_out.iter().map(|l| l.nth).collect::<Vec<_>>(), [2, 4, 6]);
    assert!(book(&vox, 28, false).await.is_ok());
}
