//! Golden cases: each line of `golden/*.jsonl` is a case with the source of its fact. They document
//! the classifier by example, and every program and module must agree with them.
//!
//! `record` is a text, or an object that represents its text (one that JavaScript prints in the
//! same way; all others are texts); `options` are those of a policy; `want` is the verdict about
//! the whole record: `outcome`, and if they matter `basis`, `error` (its code, or null), `hresult`,
//! `reasons` (exactly these, in table order) and some `states`.
//!
//! `source` names sections of the guide (`docs/verdict.md#url: byte for byte`), which name public
//! sources in turn. `docs/facts/decisions.md` has the questions that they leave open, which were
//! decided so that the record is kept.

use std::{collections::BTreeSet, fs, path::Path};

use crypt32_filter::{
    classify::{Evidence, classify, evidence},
    policy::Policy,
    record,
    report::assessment::assess,
    verdict::{Condition, Outcome, State, Verdict},
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: String,
    record: Value,
    options: Option<Value>,
    want: Want,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Want {
    outcome: String,
    basis: Option<String>,
    #[serde(default, deserialize_with = "given")]
    error: Option<Value>,
    hresult: Option<String>,
    reasons: Option<Vec<String>>,
    #[serde(default)]
    states: serde_json::Map<String, Value>,
}

/// Distinguishes a null member from a missing one.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

impl Case {
    fn text(&self) -> String {
        self.record.as_str().map_or_else(|| self.record.to_string(), str::to_owned)
    }

    fn policy(&self) -> Policy {
        let options = self.options.as_ref();
        options.map_or_else(Policy::default, |options| Policy::from_json(options).unwrap())
    }

    /// The differences between a verdict and the expected one.
    fn wrong(&self, verdict: &Verdict) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut check = |what: &str, is: String, want: String| {
            if is != want {
                wrong.push(format!("{what} {is}, want {want}"));
            }
        };
        let want = &self.want;
        check("outcome", verdict.outcome.to_string(), want.outcome.clone());
        let basis = verdict.basis.map(|basis| basis.to_string());
        check("basis", format!("{basis:?}"), format!("{:?}", want.basis));
        if let Some(error) = &want.error {
            let code = verdict.error.and_then(|error| error.code);
            check("error", code.map_or(Value::Null, Value::from).to_string(), error.to_string());
        }
        if let Some(hresult) = &want.hresult {
            let is = verdict.error.map(|error| format!("{:#010X}", error.hresult));
            check("hresult", is.unwrap_or_default().replace('X', "x"), hresult.replace('X', "x"));
        }
        if let Some(reasons) = &want.reasons {
            let is: Vec<&str> = verdict.reasons().map(Condition::as_str).collect();
            check("reasons", is.join(" "), reasons.join(" "));
        }
        for (code, state) in &want.states {
            let code: Condition = code.parse().unwrap();
            check(code.as_str(), verdict.state(code).to_string(), state.as_str().unwrap().into());
        }
        wrong
    }
}

/// All cases, each with the name of its file.
fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let case = serde_json::from_str(line);
            let case = case.unwrap_or_else(|error| panic!("{file}, line {}: {error}", number + 1));
            cases.push((file.clone(), case));
        }
    }
    assert!(cases.len() > 1000, "only {} cases", cases.len());
    cases
}

/// The verdict about a whole record. The evidence must agree with each event's verdict.
fn verdict(record: &str, policy: &Policy) -> Verdict {
    let mut whole: Option<Verdict> = None;
    record::read(record.as_bytes(), "kb", &mut |event| {
        let verdict = classify(event, policy);
        let evidence = evidence(event, policy, &verdict);
        if verdict.outcome == Outcome::Unrelated {
            assert!(evidence.is_empty(), "evidence about an unrelated event");
        } else {
            let said = evidence.iter().map(|said| (said.code, said.state));
            let states = Condition::ALL.into_iter().map(|code| (code, verdict.state(code)));
            assert!(said.eq(states), "evidence and verdict differ: {record}");
        }
        match &mut whole {
            Some(whole) => whole.merge(&verdict),
            None => whole = Some(verdict),
        }
    });
    whole.unwrap_or(Verdict::UNRELATED)
}

#[test]
fn evidence_shows_each_text_once_and_nothing_where_nothing_is_said() {
    let record = r#"{"SourceName":"crypt32","ProviderName":"crypt32","provider_name":"Other",
        "EventID":8,"Qualifiers":49154,"EventType":"Error","Message":"x"}"#;
    let shown = assess(record.as_bytes(), &Policy::default()).record.evidence;
    assert_eq!(shown.len(), Condition::ALL.len());
    for Evidence { code, seen, .. } in shown {
        let want = match code {
            Condition::Source => Some("crypt32 / Other"),
            Condition::EventId => Some("8, qualifiers 49154"),
            Condition::Severity => Some("Error"),
            Condition::Message => Some("x"),
            _ => None,
        };
        assert_eq!(seen.as_deref(), want, "{code}");
    }
}

#[test]
fn every_case_gets_its_verdict() {
    let mut wrong = Vec::new();
    for (file, case) in cases() {
        let verdict = verdict(&case.text(), &case.policy());
        for what in case.wrong(&verdict) {
            wrong.push(format!("{file}: {}: {what} ({})", case.name, case.source));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_state_that_a_condition_can_have_has_a_case() {
    use Condition::{Integrity, NoFailure, SecurityProduct, Unreachable};
    use State::{Assumed, Failed, Met};
    let mut shown = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (file, case) in cases() {
        assert!(!case.source.is_empty(), "{file}: {} has no source", case.name);
        for (code, state) in &case.want.states {
            shown.insert(format!("{code} {}", state.as_str().unwrap()));
        }
        for code in case.want.reasons.iter().flatten() {
            shown.insert(format!("{code} failed"));
        }
        assert!(names.insert(case.name.clone()), "{file}: {} stands twice", case.name);
    }
    for code in Condition::ALL {
        // A condition that the record must show is never assumed; a condition that it cannot show
        // is always assumed.
        let states: &[State] = match code {
            Condition::Severity | Condition::Log | Condition::System => &[Met, Assumed, Failed],
            Unreachable => &[Met, Assumed],
            SecurityProduct | NoFailure => &[Assumed],
            _ => &[Met, Failed],
        };
        for state in states {
            assert!(shown.contains(&format!("{code} {state}")), "no case: {code} {state}");
        }
    }
    // Every error of the table, as text.
    for error in &crypt32_filter::article::ERRORS {
        assert!(names.contains(&format!("{}: text", error.symbol)), "no case: {}", error.symbol);
    }
    assert!(
        shown
            .iter()
            .all(|state| !state.starts_with(Integrity.as_str())
                || !state.ends_with(Assumed.as_str()))
    );
}
