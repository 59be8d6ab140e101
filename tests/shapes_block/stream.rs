//! Every shape comes out of a whole log, beside every other.

use crypt32_filter::{
    classify::classify,
    policy::Policy,
    reader::stream::{Events, Found, MAX_RECORD},
};

use crate::{records::Spec, shapes};

/// The verdicts of a stream.
fn stream(text: &str, chunk: usize) -> Vec<String> {
    let mut verdicts = Vec::new();
    let mut events = Events::new(None, MAX_RECORD);
    let mut found = |found: Found<'_>| {
        verdicts.push(classify(found.event_read, &Policy::default()).outcome.to_string());
    };
    for piece in text.as_bytes().chunks(chunk) {
        events.push(piece, &mut found);
    }
    events.finish(&mut found);
    verdicts
}

#[test]
fn every_shape_comes_out_of_a_stream() {
    for shape in shapes() {
        let benign = (shape.write)(&Spec::new());
        let added = Spec { error: "no known error".into(), ..Spec::new() };
        let review = (shape.write)(&added);
        let other = "{\"SourceName\":\"crypt32\",\"EventID\":7}";
        for (text, want) in [
            (benign.clone(), vec!["benign"]),
            (format!("{other}\n{benign}"), vec!["unrelated", "benign"]),
            (format!("{}\n{other}\n", benign.trim_end()), vec!["benign", "unrelated"]),
            (format!("{}\n\n{review}", benign.trim_end()), vec!["benign", "review"]),
            (format!("{}\r\n\r\n\r\n{benign}", review.trim_end()), vec!["review", "benign"]),
        ] {
            for chunk in [1, 50, 10_000] {
                assert_eq!(stream(&text, chunk), want, "{}, {chunk}:\n{text}", shape.name);
            }
        }
    }
}

#[test]
fn every_two_shapes_stand_in_one_file() {
    for a in shapes() {
        for b in shapes() {
            let text =
                format!("{}\n\n{}\n", (a.write)(&Spec::new()).trim_end(), (b.write)(&Spec::new()));
            assert_eq!(
                stream(&text, 4096),
                ["benign", "benign"],
                "{}, {}:\n{text}",
                a.name,
                b.name
            );
        }
    }
}
