//! Binary and packed logs: read to the end, accounted for to the last byte, and the same for all
//! chunk sizes.

use std::ops::ControlFlow;

use crypt32_filter::{
    framing::Format,
    logs::{
        binary::{Found, SPANS, Summary},
        evt as legacy, evtx as modern,
        log::Log,
    },
    policy::Policy,
    report::assessment::Assessment,
};

use super::take::{Take, pieces};

type Rows = Vec<(u64, u64, bool, String)>;

fn row(found: &Found<'_>) -> (u64, u64, bool, String) {
    let finding = Assessment::of(found.event, &Policy::default(), None);
    let finding = serde_json::to_string(&finding).expect("JSON");
    (found.offset, found.number, found.carved, finding)
}

fn check(data: &[u8], rows: &Rows, summary: &Summary) {
    let carved = rows.iter().filter(|(_, _, carved, _)| *carved).count() as u64;
    assert_eq!((summary.carved, summary.records()), (carved, rows.len() as u64));
    let size = data.len() as u64;
    assert!(rows.iter().all(|(offset, ..)| *offset < size), "a record is in the file");
    assert!(summary.spans.len() <= SPANS);
    for span in &summary.spans {
        assert!(span.offset <= size && !span.why.is_empty(), "{span:?} of {size}");
    }
    assert!(!summary.complete() || summary.damaged == 0);
}

/// Logs of Windows XP and Server 2003.
pub fn evt(data: &[u8]) {
    let read = |most: usize| {
        let mut rows = Rows::new();
        let summary = legacy::read(data, &mut |found| {
            rows.push(row(found));
            if rows.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        (rows, summary)
    };
    let (rows, summary) = read(usize::MAX);
    check(data, &rows, &summary);
    if let [first, ..] = &rows[..] {
        assert_eq!(read(1).0, core::slice::from_ref(first), "the reading ends where it is told to");
    }
}

/// Logs of Vista and later.
pub fn evtx(data: &[u8]) {
    let mut rows = Rows::new();
    let summary = modern::read(data, &mut |found| {
        rows.push(row(found));
        ControlFlow::Continue(())
    });
    check(data, &rows, &summary);
    let mut reader = modern::Reader::new();
    let mut again = Rows::new();
    let mut visit = |found: &Found<'_>| {
        again.push(row(found));
        ControlFlow::Continue(())
    };
    for piece in data.chunks(10_007) {
        let _ = reader.push(piece, &mut visit);
    }
    let streamed = reader.finish(&mut visit);
    assert_eq!(streamed.records(), summary.records(), "pieces must not matter");
    assert!(again == rows, "pieces must not matter");
}

/// Files of any kind: packed, UTF-16, binary or text.
pub fn container(data: &[u8]) {
    let mut take = Take::from(data);
    let cuts = take.cuts();
    let data = take.rest();
    let read = |chunks: &[&[u8]]| {
        let mut log = Log::new(Format::Auto);
        let mut found = Vec::new();
        let mut note = |f: crypt32_filter::logs::stream::Found<'_>| {
            found.push((f.record, f.event, f.offset, f.event_read.shape));
        };
        for chunk in chunks {
            log.push(chunk, &mut note);
        }
        log.finish(&mut note);
        (found, log.notes().to_vec(), log.failed())
    };
    assert_eq!(read(&pieces(data, &cuts)), read(&[data]), "cuts must not matter");
}
