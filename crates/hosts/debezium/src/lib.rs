//! Debezium's transformations `Filter` and `ContentBasedRouter` for Kafka Connect: one call per
//! record, which answers whether the record stays, or to which topic it goes.
//!
//! Connect fails a task, or skips the record, if a call throws. So no call traps, and a record that
//! cannot be read stays where it is.
//!
//! Source: `io.debezium.transforms.scripting.wasm.ChicoryEngine` of Debezium 3.3.0.

use crypt32_filter::{engine::decide::Decision, policy::Action, verdict::Outcome};
use crypt32_host::stream_engine::Messages;

#[cfg(target_arch = "wasm32")]
mod abi;

/// The end of the name of a topic for records to review.
pub const REVIEW: &str = "-review";

/// Judges records.
#[derive(Debug)]
pub struct Transform(Messages);

impl Default for Transform {
    fn default() -> Self {
        Self(Messages::new(Action::Drop))
    }
}

impl Transform {
    /// Whether a record stays. `units` is its length in UTF-16, which the host announced.
    pub fn keeps(&mut self, record: &[u8], units: usize) -> bool {
        !is_whole(record, units) || self.0.decide(record).decision != Decision::Drop
    }

    /// Whether a record goes to the topic for records to review.
    pub fn is_for_review(&mut self, record: &[u8], units: usize) -> bool {
        let review = |outcome| outcome == Outcome::Review;
        is_whole(record, units)
            && self.0.decide(record).marks.is_some_and(|marks| review(marks.verdict))
    }
}

/// Whether this is the whole record. The host hands over text that ends at the first NUL, and puts
/// U+FFFD in place of bytes that are no UTF-8. What the record has there is unknown.
fn is_whole(record: &[u8], units: usize) -> bool {
    core::str::from_utf8(record)
        .is_ok_and(|text| text.encode_utf16().count() == units && !text.contains('\u{fffd}'))
}

#[cfg(test)]
mod tests {
    use super::Transform;

    const URL: &str = "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/\
        en/authrootseq.txt";

    fn benign(more: &str) -> String {
        let error = "The server name or address could not be resolved";
        format!(
            "{{\"SourceName\":\"crypt32\",\"EventID\":8,\"EventType\":\"Error\",\"Message\":\
             \"Failed auto update retrieval of third-party root list sequence number from: <{URL}> \
             with error: {error}\"{more}}}"
        )
    }

    #[test]
    fn drops_only_a_record_that_it_has_whole() {
        let mut transform = Transform::default();
        let record = benign("");
        let units = record.len();
        assert!(!transform.keeps(record.as_bytes(), units));
        // The host cut the record at a NUL, and announced its whole length.
        assert!(transform.keeps(record.as_bytes(), units + 7));
        let broken = benign(",\"x\":\"\u{fffd}\"");
        assert!(transform.keeps(broken.as_bytes(), broken.encode_utf16().count()));
        // A character outside the basic plane is two units.
        let wide = benign(",\"x\":\"\u{1f600}\"");
        assert!(!transform.keeps(wide.as_bytes(), wide.encode_utf16().count()));
        assert!(transform.keeps(b"\xff", 1));
        assert!(transform.keeps(b"", 0));
    }

    #[test]
    fn routes_only_records_to_review() {
        let mut transform = Transform::default();
        let review = benign(",\"Data\":[\"x\"]");
        for (record, routed) in [(benign(""), false), (review, true), ("{}".to_owned(), false)] {
            assert_eq!(
                transform.is_for_review(record.as_bytes(), record.len()),
                routed,
                "{record}"
            );
        }
    }
}
