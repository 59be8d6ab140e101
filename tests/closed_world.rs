//! The closed-world rule (design 3.1) over everything: the filter's answers against the second
//! implementation's, which is written from the rule alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod oracle;

use crypt32_filter::verdict::Outcome;
use oracle::closed;

/// The second implementation gives the golden cases, samples and made-up records the verdicts that they
/// are known to deserve.
#[test]
fn the_oracle_itself_is_right() {
    let mut wrong = Vec::new();
    let mut judged = 0;
    for known in closed::known() {
        let opinion = closed::opinion(known.record.as_bytes(), &known.policy);
        let Some(opinion) = opinion else { continue };
        judged += 1;
        let right = match known.want.as_str() {
            "any-not-benign" => opinion.outcome != Outcome::Benign,
            want => opinion.outcome.as_str() == want,
        };
        if !right {
            wrong
                .push(format!("{}: {opinion:?}, want {} {}", known.name, known.want, known.record));
        }
    }
    println!("{judged} judged");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
