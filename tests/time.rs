//! Every spelling of a time in the shapes, and texts that only look like one.
#![allow(clippy::expect_used)]

use crypt32_filter::time::{DateOrder, DateOrderHints, Moment, Time};
use proptest::prelude::*;

/// The time in a text, with this order.
fn read_as(text: &str, order: Option<DateOrder>) -> Option<String> {
    Time::parse(text)?.resolve(order).map(|moment| moment.to_string())
}

#[test]
fn spellings_with_a_zone_are_one_moment() {
    for text in [
        "2010-03-15T11:27:57Z",
        "2010-03-15t11:27:57z",
        "2010-03-15T11:27:57.000Z",
        "2010-03-15T11:27:57.0000000Z",
        "2010-03-15T11:27:57.000000000Z",
        "2010-03-15T11:27:57.000000000000Z",
        "2010-03-15T11:27:57,0Z",
        "2010-03-15T11:27:57.0000000+00:00",
        "2010-03-15T12:27:57+01:00",
        "2010-03-15T12:27:57+0100",
        "2010-03-15T12:27:57+01",
        "2010-03-14T23:57:57-11:30",
        "2010-03-15T11:27:57-00:00",
        "2010-03-15 11:27:57 +0000",
        "2010-03-15 06:27:57 -0500",
        "2010-03-15 11:27:57.000 +00:00",
        "2010-03-15 11:27:57 UTC",
        "  2010-03-15 11:27:57Z\r\n",
        "20100315112757.000000+000",
        "20100315122757.000000+060",
        "20100315062757.000000-300",
        "20100315T112757Z",
        "/Date(1268652477000)/",
        "/Date(1268652477000+0100)/",
        "1268652477",
        "1268652477.000",
        "1268652477000",
        "1268652477000000",
        "1268652477000000000",
        "Mon, 15 Mar 2010 11:27:57 GMT",
        "Mon, 15 Mar 2010 12:27:57 +0100",
        "15-Mar-2010 11:27:57 +0000",
        "Mon Mar 15 11:27:57 UTC 2010",
        "Mon Mar 15 11:27:57 +0000 2010",
    ] {
        assert_eq!(read_as(text, None).as_deref(), Some("2010-03-15T11:27:57Z"), "{text}");
    }
}

#[test]
fn a_table_saved_again_lacks_the_seconds() {
    for text in ["3/15/2010 11:27 AM", "15.03.2010 11:27", "15/3/2010 11:27"] {
        assert_eq!(read_as(text, None).as_deref(), Some("2010-03-15T11:27:00"), "{text}");
    }
}

#[test]
fn spellings_without_a_zone_stay_without() {
    for text in [
        "2010-03-15T11:27:57",
        "2010-03-15 11:27:57",
        "2010-03-15  11:27:57.0000000",
        "2010-3-15 11:27:57",
        "2010/03/15 11:27:57.0",
        "20100315112757",
        "20100315112757.000000",
        "20100315112757.000000+***",
        "3/15/2010 11:27:57 AM",
        "03/15/2010 11:27:57 am",
        "3/15/2010 11:27:57\u{202f}AM",
        "3/15/2010, 11:27:57 AM",
        "3/15/2010\t\t11:27:57AM",
        "3/15/2010 11:27:57",
        "15/03/2010 11:27:57",
        "15/03/2010 11.27.57",
        "15-03-2010 11:27:57 a.m.",
        "15.03.2010 11:27:57",
        "Mon Mar 15 11:27:57 2010",
        "Monday, March 15, 2010 11:27:57 AM",
        "2010 Mar 15 11:27:57",
        "Mar 15 2010 11:27:57",
        "15 Mar 2010 11:27:57",
    ] {
        assert_eq!(read_as(text, None).as_deref(), Some("2010-03-15T11:27:57"), "{text}");
    }
}

#[test]
fn fractions_are_kept_without_their_zeros() {
    for (text, want) in [
        ("2010-03-15T11:27:57.5Z", "2010-03-15T11:27:57.5Z"),
        ("2010-03-15T11:27:57.1203000Z", "2010-03-15T11:27:57.1203Z"),
        ("2010-03-15T11:27:57.0000000019Z", "2010-03-15T11:27:57.000000001Z"),
        ("1268652477.123", "2010-03-15T11:27:57.123Z"),
        ("1268652477123", "2010-03-15T11:27:57.123Z"),
        ("1268652477123.25", "2010-03-15T11:27:57.12325Z"),
        ("1268652477123456789", "2010-03-15T11:27:57.123456789Z"),
        ("/Date(-1)/", "1969-12-31T23:59:59.999Z"),
        ("20100315112757.250000+000", "2010-03-15T11:27:57.25Z"),
    ] {
        assert_eq!(read_as(text, None).as_deref(), Some(want), "{text}");
    }
}

#[test]
fn noon_and_midnight() {
    for (text, want) in [
        ("3/15/2010 12:00:00 AM", "2010-03-15T00:00:00"),
        ("3/15/2010 12:00:00 PM", "2010-03-15T12:00:00"),
        ("3/15/2010 1:00:00 PM", "2010-03-15T13:00:00"),
        ("28/11/2012 11:36:22", "2012-11-28T11:36:22"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z"),
    ] {
        assert_eq!(read_as(text, None).as_deref(), Some(want), "{text}");
    }
}

#[test]
fn month_and_day_are_not_guessed() {
    let text = "3/4/2010 11:27:57";
    let time = Time::parse(text).expect("a time");
    assert!(time.is_ambiguous());
    assert_eq!(read_as(text, None), None);
    assert_eq!(read_as(text, Some(DateOrder::MonthFirst)).as_deref(), Some("2010-03-04T11:27:57"));
    assert_eq!(read_as(text, Some(DateOrder::DayFirst)).as_deref(), Some("2010-04-03T11:27:57"));
    // Both readings are the same day.
    assert_eq!(read_as("3/3/2010 11:27:57", None).as_deref(), Some("2010-03-03T11:27:57"));
    // An unambiguous date is read correctly even with the wrong order.
    assert_eq!(
        read_as("15/03/2010 11:27:57", Some(DateOrder::MonthFirst)).as_deref(),
        Some("2010-03-15T11:27:57")
    );
}

#[test]
fn the_file_decides_before_the_option() {
    use DateOrder::{DayFirst, MonthFirst};
    let order = |texts: &[&str], option| {
        let mut hints = DateOrderHints::default();
        texts.iter().filter_map(|text| Time::parse(text)).for_each(|time| hints.see(time));
        hints.order(option)
    };
    let plain = "3/4/2010 11:27:57";
    assert_eq!(order(&[plain], None), None);
    assert_eq!(order(&[plain], Some(DayFirst)), Some(DayFirst));
    assert_eq!(order(&[plain, "3/15/2010 11:27:57"], Some(DayFirst)), Some(MonthFirst));
    assert_eq!(order(&["15/3/2010 11:27:57", plain], Some(MonthFirst)), Some(DayFirst));
    assert_eq!(order(&["3/4/2010 11:27:57 AM"], Some(DayFirst)), Some(MonthFirst));
    assert_eq!(order(&["15/3/2010 11:27:57 AM", plain], None), Some(DayFirst));
    // Spanish Windows writes the day first, and a.m.
    assert_eq!(order(&["3/4/2010 11:27:57 a.m."], None), None);
    // If both orders occur in one file, only the option can decide.
    assert_eq!(order(&["15/3/2010 11:27:57", "3/15/2010 11:27:57 AM"], None), None);
    // Dates that need no order do not show one.
    assert_eq!(
        order(&["15.3.2010 11:27:57", "2010-03-15 11:27:57", "Mar 15 11:27:57"], None),
        None
    );
}

#[test]
fn without_a_year_there_is_a_time_but_no_moment() {
    for text in ["Mar 15 11:27:57", "Mar  5 11:27:57", "Feb 29 11:27:57", "Mon Mar 15 11:27:57.123"]
    {
        let time = Time::parse(text).expect(text);
        assert!(!time.is_ambiguous(), "{text}");
        for order in [None, Some(DateOrder::MonthFirst), Some(DateOrder::DayFirst)] {
            assert_eq!(time.resolve(order), None, "{text}");
        }
    }
}

#[test]
fn what_is_no_time_is_none() {
    for text in [
        "",
        " ",
        "-",
        "0",
        "2010",
        "2010-03-15",
        "20100315",
        "11:27:57",
        "2010-02-29T11:27:57Z",
        "2010-13-01T11:27:57Z",
        "2010-00-10T11:27:57Z",
        "2010-03-32T11:27:57Z",
        "2010-03-15T24:00:00Z",
        "2010-03-15T11:60:57Z",
        "2010-03-15T11:27:60Z",
        "2010-03-15T23:59:61Z",
        "2010-03-15 11:27",
        "15.03.2010 11.27",
        "3/15/2010 11",
        "2010-03-15T11:27Z",
        "2010-03-15T11:27:57.Z",
        "2010-03-15T11:27:57+24:00",
        "2010-03-15T11:27:57+1:00",
        "2010-03-15T11:27:57+01:0",
        "2010-03-15T11:27:57Z and more",
        "2010-03-15T11:27:57 X",
        "2010-03-15T11:27:57 AM PM",
        "2010-03/15 11:27:57",
        "201-03-15 11:27:57",
        "13/13/2010 11:27:57",
        "2/30/2010 11:27:57",
        "3/15/10 11:27:57 AM",
        "3/15/2010 0:27:57 AM",
        "3/15/2010 13:27:57 PM",
        "3/15/2010 11:27:57 XM",
        "Mar 32 2010 11:27:57",
        "Feb 29 2010 11:27:57",
        "Mrz 15 2010 11:27:57",
        "Mar Mar 15 2010 11:27:57",
        "Mar 15 15 2010 11:27:57",
        "Mar 15 2010",
        "20101315112757.000000+000",
        "20100315112757.000000+00",
        "/Date()/",
        "/Date(12 )/",
        "/Date(99999999999999999999)/",
        "634042492770000000000",
        "129131188770000000",
        "1268652477.",
        "1268652477x",
        "-1268652477",
        "１２６８６５２４７７",
        "9999-12-31T23:59:59-01:00",
        "0000-01-01T00:00:00+01:00",
    ] {
        assert_eq!(Time::parse(text), None, "{text}");
    }
}

#[test]
fn moments_are_ordered_and_know_their_distance_from_1970() {
    let moment = |text: &str| Time::parse(text).and_then(|time| time.resolve(None)).expect(text);
    let texts = [
        "1969-12-31T23:59:59Z",
        "2010-03-15T11:27:57",
        "2010-03-15T11:27:57Z",
        "2010-03-15T11:27:57.000000001",
        "2010-03-15T11:27:58Z",
    ];
    assert!(texts.windows(2).all(|pair| moment(pair[0]) < moment(pair[1])));
    let at = moment("2010-03-15T11:27:57.5");
    assert_eq!((at.seconds(), at.nanoseconds(), at.hour()), (1_268_652_477, 500_000_000, 11));
    assert!(!at.has_zone());
    assert_eq!(Moment::unix(1_268_652_477, 0), Some(moment("2010-03-15T11:27:57Z")));
    assert_eq!(Moment::unix(i64::MAX, 999_999_999), None);
    assert_eq!(Moment::unix(i64::MIN, u32::MAX), None);
    assert_eq!(serde_json::to_string(&at).ok().as_deref(), Some("\"2010-03-15T11:27:57.5\""));
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>()) {
        let _ = Time::parse(&text).and_then(|time| time.resolve(None));
    }

    #[test]
    fn nearly_a_time_is_read_without_a_panic(
        text in "([0-9]{1,20}|[-+:./, TZ()]|AM|pm|a\\.m\\.|Mar|Mon|UTC|/Date\\()(([0-9]{1,19})|[-+:./, TZ()*]|AM|pm|Mar|Mon){0,14}",
    ) {
        if let Some(moment) = Time::parse(&text).and_then(|time| time.resolve(Some(DateOrder::DayFirst))) {
            prop_assert!(moment.nanoseconds() < 1_000_000_000);
        }
    }

    #[test]
    fn what_is_displayed_reads_back(
        seconds in -62_000_000_000_i64..250_000_000_000, nano in 0_u32..1_000_000_000,
    ) {
        let moment = Moment::unix(seconds, nano).expect("a year of four digits");
        prop_assert_eq!((moment.seconds(), moment.nanoseconds()), (seconds, nano));
        let text = moment.to_string();
        prop_assert_eq!(Time::parse(&text).and_then(|time| time.resolve(None)), Some(moment));
        let bare = text.trim_end_matches('Z');
        let bare = Time::parse(bare).and_then(|time| time.resolve(None)).expect("a moment");
        prop_assert!(!bare.has_zone() && bare.seconds() == seconds && bare < moment);
    }

    #[test]
    fn unix_times_read_the_same_in_every_unit(
        seconds in 1_000_000_000_i64..9_000_000_000, milli in 0_u32..1000,
    ) {
        let want = Moment::unix(seconds, milli * 1_000_000);
        for text in [
            format!("{seconds}.{milli:03}"),
            format!("{seconds}{milli:03}"),
            format!("{seconds}{milli:03}000"),
            format!("{seconds}{milli:03}000000"),
        ] {
            prop_assert_eq!(Time::parse(&text).and_then(|time| time.resolve(None)), want);
        }
    }
}
