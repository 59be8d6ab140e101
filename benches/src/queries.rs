//! The rule in languages that log engineers use for such rules.

use std::{collections::BTreeMap, hint::black_box};

use jaq_core::{Compiler, Ctx, Vars, data, load, unwrap_valr};
use jaq_json::{Val, read};
use vrl::{
    compiler::{TargetValueRef, TimeZone, runtime::Runtime},
    value::{Secrets, Value},
};

use crate::{
    Contestant, Done,
    peers::{ERRORS, MESSAGE},
};

/// The regular expression for the message.
fn pattern() -> String {
    let text = |text: &str| text.replace('.', "[.]");
    let errors = ERRORS.map(text).join("|");
    format!("^{}({errors})[.]?\\s*$", text(MESSAGE))
}

/// A VRL program as in Vector's `remap`, where the message of the event is the line. `observe` only
/// tests the rule, `drop` passes the line or nothing, and `tag` encodes the record again.
fn vrl_program(variant: &str) -> String {
    let tag = "event.kb = {\"verdict\": \"benign\", \"id\": \"KB2253680\"}
               event.tags = [\"benign\", \"KB2253680\"]
               .message = encode_json(event)";
    let action = if variant == "tag" { format!("if benign {{ {tag} }}") } else { String::new() };
    format!(
        "event = object!(parse_json!(string!(.message)))
         source = event.SourceName || event.winlog.provider_name
         id = event.EventID || event.winlog.event_id
         benign = false
         if id == 8 && downcase(string(source) ?? \"\") == \"crypt32\" {{
             text = string(event.Message || event.message) ?? \"\"
             benign = match(text, r'{}')
         }}
         {action}
         benign",
        pattern()
    )
}

/// VRL as a library.
pub fn vrl(variant: &str) -> Contestant {
    let functions = vrl::stdlib::all();
    let program = vrl::compiler::compile(&vrl_program(variant), &functions);
    let program = program.unwrap_or_else(|error| panic!("{error:?}")).program;
    let tag = variant == "tag";
    let mut runtime = Runtime::default();
    Box::new(move |log| {
        let mut done = Done::default();
        let mut metadata = Value::Object(BTreeMap::new());
        let mut secrets = Secrets::default();
        for line in log.lines() {
            // The message is a view of the log, so that creating the event copies nothing.
            let message = Value::Bytes(log.bytes.slice_ref(line));
            let mut value = Value::Object(BTreeMap::from([("message".into(), message)]));
            let mut target = TargetValueRef {
                value: &mut value,
                metadata: &mut metadata,
                secrets: &mut secrets,
            };
            let benign = runtime.resolve(&mut target, &program, &TimeZone::default());
            let benign = benign.expect("the program ends") == Value::Boolean(true);
            runtime.clear();
            done.hits += u64::from(benign);
            if (tag || !benign)
                && let Some(message) =
                    value.as_object().and_then(|event| event["message"].as_bytes())
            {
                done.out += black_box(message).len() as u64;
            }
        }
        done
    })
}

/// The program for jaq. `tag` returns all records, with a tag on the benign ones. `drop` returns
/// only the other records, and `observe` returns only the benign ones.
fn jq_program(variant: &str) -> String {
    let pattern = pattern().replace('\\', "\\\\");
    let benign = format!(
        "((.EventID // .winlog.event_id) == 8 and \
          ((.SourceName // .winlog.provider_name) | ascii_downcase) == \"crypt32\" and \
          ((.Message // .message) | test(\"{pattern}\")))"
    );
    match variant {
        "tag" => format!(
            "if {benign} then . + {{kb: {{verdict: \"benign\", id: \"KB2253680\"}}, \
             tags: [\"benign\", \"KB2253680\"]}} else . end"
        ),
        "drop" => format!("select({benign} | not)"),
        _ => format!("select({benign})"),
    }
}

/// jaq as a library.
pub fn jaq(variant: &str) -> Contestant {
    let code = jq_program(variant);
    let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = load::Arena::default();
    let program = load::File { code: code.as_str(), path: () };
    let modules = load::Loader::new(defs).load(&arena, program);
    let modules = modules.unwrap_or_else(|error| panic!("{error:?}"));
    let filter = Compiler::default().with_funs(funs).compile(modules);
    let filter = filter.unwrap_or_else(|error| panic!("{error:?}"));
    let (tag, observe) = (variant == "tag", variant == "observe");
    let mark = memchr::memmem::Finder::new("\"KB2253680\"");
    let mut out = Vec::new();
    Box::new(move |log| {
        let mut done = Done::default();
        let mut given = 0;
        let mut tagged = 0;
        for record in read::parse_many(&log.bytes) {
            let ctx = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
            for result in filter.id.run((ctx, record.expect("JSON"))).map(unwrap_valr) {
                given += 1;
                if !observe {
                    use std::io::Write;
                    out.clear();
                    writeln!(out, "{}", result.expect("a record")).expect("memory");
                    done.out += black_box(&out).len() as u64;
                    tagged += u64::from(tag && mark.find(&out).is_some());
                }
            }
        }
        done.hits = match (tag, observe) {
            (true, _) => tagged,
            (_, true) => given,
            _ => log.records as u64 - given,
        };
        done
    })
}
