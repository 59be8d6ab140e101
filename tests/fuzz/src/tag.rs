//! Insertions: without them, the object is the original, and each one is valid JSON.

use crypt32_filter::{
    article::Error,
    engine::tag::{Tag, Tagging},
    json::Tokens,
    policy::{Action, Policy},
    record::{
        Nesting,
        json::{self, Member},
    },
    verdict::{State, Verdict},
};

use super::{
    json::{Tree, tree},
    record,
    take::Take,
};

/// A benign record that needs no text before its brace or after its last member.
const GOOD: &str = concat!(
    r#""SourceName":"crypt32","EventID":8,"Message":"Failed auto update retrieval of third-party "#,
    r"root list sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/",
    r#"static/trustedr/en/authrootseq.txt> with error: The server name or address could not be resolved""#,
);

/// The bytes as a whole object, and as the members before and after those of a benign record.
pub fn tag(data: &[u8]) {
    let mut take = Take::from(data);
    let policy = Policy { action: Action::Tag, max_record: 1 << 20, ..take.policy() };
    let code = [12007, 2250, 1460, 58, 12029, 5][take.below(6)];
    let reasons = take.number();
    let Ok(text) = core::str::from_utf8(take.rest()) else { return };
    splice(text.trim_matches([' ', '\t', '\r', '\n']), code, reasons, &policy);
    if !text.contains('\n') {
        record::check(format!("{{{GOOD},{text}}}").as_bytes());
        record::check(format!("{{{text},{GOOD}}}").as_bytes());
        record::check(format!("{{{GOOD},\"x\":{text}}}").as_bytes());
        record::check(format!("{{\"x\":{text},{GOOD}}}").as_bytes());
    }
}

/// Inserts the tag of a verdict into any object.
fn splice(object: &str, code: u32, reasons: u64, policy: &Policy) {
    if !Tokens::new(object).whole_object() {
        return;
    }
    let read = json::read(object, &policy.key, Nesting::default(), None, &mut |_| {});
    let layout = read.expect("a whole object is read");
    let mut states = [State::Met; 12];
    for (bit, state) in states.iter_mut().enumerate() {
        if reasons >> bit & 1 == 1 {
            *state = State::Failed;
        }
    }
    let verdict = Verdict::of(states, Error::by_code(code));
    let mut tag = Tag::default();
    let tagging = tag.prepare(object.as_bytes(), &layout, &verdict, policy);
    if tagging != Tagging::Insert {
        assert_ne!(layout.key, Member::Absent, "something stands under the key");
        return;
    }
    assert_eq!(layout.key, Member::Absent);
    let mut tagged = object.to_owned();
    let places: Vec<(usize, &str)> = tag.edits(0).iter().collect();
    assert!(places.is_sorted_by_key(|(at, _)| *at));
    for (at, text) in places.iter().rev() {
        tagged.insert_str(*at, text);
    }
    let mut back = tagged.clone();
    for (at, text) in &places {
        back.replace_range(*at..*at + text.len(), "");
    }
    assert_eq!(back, object, "removing the insertions gives the input back");
    assert!(Tokens::new(&tagged).whole_object(), "{tagged}");
    let again =
        json::read(&tagged, &policy.key, Nesting::default(), None, &mut |_| {}).expect("valid");

    let present = Tag::default().prepare(tagged.as_bytes(), &again, &verdict, policy);
    assert_eq!(present, Tagging::Present, "{tagged}");
    let (Some(Tree::Map(before)), Some(Tree::Map(after))) = (tree(object), tree(&tagged)) else {
        return;
    };
    assert_eq!(after[before.len()].0, policy.key);
    let tags = |members: &[(String, Tree)]| members.iter().filter(|(k, _)| k == "tags").count();
    let more = policy.tags && tags(&before) == 0;
    assert_eq!(after.len(), before.len() + 1 + usize::from(more), "{tagged}");
    for (old, new) in before.iter().zip(&after) {
        match (&old.1, &new.1) {
            (Tree::List(a), Tree::List(b)) if old.0 == "tags" => assert_eq!(a[..], b[..a.len()]),
            (a, b) => assert_eq!(a, b),
        }
    }
}
