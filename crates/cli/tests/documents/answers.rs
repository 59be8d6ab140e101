//! The TypeScript types of all answers, `crates/npm/ts/answers.ts`, written from the Rust types that
//! serde serialises. `BLESS=1 cargo test -p crypt32-cli --test documents answers` writes the file.
//!
//! The crate ts-rs would need a feature and attributes on each of these types, because they have
//! enums of `words!`, numbers that JSON does not limit, and fields that are left out when empty.

use std::{env, fs};

use syn::{
    Attribute, Expr, ExprLit, Field, Fields, File, GenericArgument, Item, ItemEnum, ItemStruct,
    Lit, Meta, PathArguments, Token, Type, punctuated::Punctuated,
};

use crate::{ROOT, read};

const PAGE: &str = "crates/npm/ts/answers.ts";

/// The types of each file, with their names in TypeScript where these differ.
const TYPES: [(&str, &[&str]); 8] = [
    ("src/verdict.rs", &["Outcome", "Basis", "Condition", "State"]),
    ("src/classify.rs", &["Evidence"]),
    ("src/classify/related.rs", &["RelatedKind", "ProblemCause", "Related"]),
    ("src/report/assessment.rs", &["Assessment = EventVerdict", "RecordAssessment = Verdict"]),
    ("src/engine/ledger.rs", &["Ledger", "Computer = ComputerLedger"]),
    ("crates/npm/src/lib.rs", &["UnjudgedLines = Unjudged"]),
    ("src/report/advice.rs", &["Resolution", "Advice"]),
    (
        "src/report/summary.rs",
        &[
            "Summary",
            "Totals",
            "Place",
            "Review",
            "Failed",
            "UnjudgedPlaces",
            "Computer = ComputerReport",
            "ErrorCount",
            "ReasonCount",
            "Pace",
            "Interval",
            "Explained",
            "Gap",
            "Side",
            "Neighbour",
            "StartKind",
            "Start",
            "Hours",
            "HourCount",
            "Timeline",
            "Span = TimelineRow",
            "Together",
        ],
    ),
];

/// The fields of an [`Assessment`](crypt32_filter::report::assessment::Assessment) that depend on
/// its verdict, so that TypeScript can tell one from the others.
const CASES: [(&str, &str, &str); 3] = [
    ("benign", "Basis", "Condition[]"),
    ("review", "null", "[Condition, ...Condition[]]"),
    ("unrelated", "null", "Condition[]"),
];

/// The name in TypeScript of a type in a file.
fn renamed<'t>(file: &str, name: &'t str) -> &'t str {
    let (_, types) = TYPES.iter().find(|(known, _)| *known == file).expect("a file of the table");
    let renames = types.iter().filter_map(|entry| entry.split_once(" = "));
    renames.clone().find(|(rust, _)| *rust == name).map_or(name, |(_, ts)| ts)
}

/// A Rust type as JSON has it.
fn typed(file: &str, ty: &Type) -> String {
    match ty {
        Type::Reference(reference) => typed(file, &reference.elem),
        Type::Slice(slice) => format!("{}[]", typed(file, &slice.elem)),
        Type::Path(path) => {
            let last = path.path.segments.last().expect("a name");
            let inner = || {
                let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                    panic!("{file}: no type inside")
                };
                let types = arguments.args.iter().filter_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(typed(file, ty)),
                    _ => None,
                });
                types.last().expect("a type inside")
            };
            match last.ident.to_string().as_str() {
                "bool" => "boolean".to_owned(),
                "u8" | "u32" | "u64" | "i64" | "usize" => "number".to_owned(),
                "str" | "String" | "Moment" => "string".to_owned(),
                "Cow" => inner(),
                "Option" => format!("{} | null", inner()),
                "Vec" => format!("{}[]", inner()),
                "Computers" => "Record<string, ComputerLedger>".to_owned(),
                "Errors" => "Record<string, number>".to_owned(),
                // Another file has the type of this name.
                "Assessment" => "EventVerdict".to_owned(),
                name => renamed(file, name).to_owned(),
            }
        }
        _ => panic!("{file}: a type that JSON does not have"),
    }
}

/// The text of a documentation comment, for readers of TypeScript.
fn about(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    // Examples are in Rust.
    let lines = lines.map(|line| line.trim().to_owned()).take_while(|line| line != "```");
    let mut text = lines.collect::<Vec<_>>().join(" ").trim_end().to_owned();
    // Links are [`name`] or [`name`](path).
    while let Some(at) = text.find("`](") {
        let end = at + text[at..].find(')').expect("the end of a link");
        text.replace_range(at + 1..=end, "");
    }
    // JSON has no `None`, and JavaScript has another name for this option.
    let names = [("[`", "`"), ("`]", "`"), ("`None`", "`null`"), ("`max_record`", "`maxRecord`")];
    names.iter().fold(text, |text, (rust, ts)| text.replace(rust, ts))
}

/// A TSDoc comment with these paragraphs or list items.
fn comment(parts: &[String], indent: &str) -> String {
    if let [text] = parts {
        let one = format!("{indent}/** {text} */\n");
        if one.len() <= 101 {
            return one;
        }
    }
    let mut out = format!("{indent}/**\n");
    for part in parts {
        let hang = if part.starts_with("- ") { "  " } else { "" };
        let mut line = String::new();
        for word in part.split(' ') {
            if indent.len() + 3 + line.len() + 1 + word.len() > 100 {
                out += &format!("{indent} * {line}\n");
                line = hang.to_owned() + word;
            } else {
                line = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            }
        }
        out += format!("{indent} * {line}").trim_end();
        out.push('\n');
    }
    out + indent + " */\n"
}

/// What serde is told about a field.
fn serde_says(field: &Field, what: &str) -> bool {
    field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")).any(|attribute| {
        let list = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        list.expect("a list").iter().any(|meta| meta.path().is_ident(what))
    })
}

/// A field as a member.
fn member(file: &str, field: &Field, indent: &str) -> String {
    let name = field.ident.as_ref().expect("a name");
    let mut ty = typed(file, &field.ty);
    let mut mark = "";
    if serde_says(field, "skip_serializing_if") {
        mark = "?";
        ty = match ty.as_str() {
            "boolean" => "true".to_owned(),
            ty => ty.trim_end_matches(" | null").to_owned(),
        };
    }
    format!("{}{indent}{name}{mark}: {ty};\n", comment(&[about(&field.attrs)], indent))
}

fn structure(file: &str, name: &str, item: &ItemStruct) -> String {
    let Fields::Named(fields) = &item.fields else { panic!("{name} has no named fields") };
    let head = comment(&[about(&item.attrs)], "");
    let (flat, own): (Vec<_>, Vec<_>) =
        fields.named.iter().partition(|field| serde_says(field, "flatten"));
    let members = |fields: &[&Field]| -> String {
        fields.iter().map(|field| member(file, field, "  ")).collect()
    };
    if name == "EventVerdict" {
        let (by_case, facts): (Vec<_>, Vec<_>) = own
            .into_iter()
            .partition(|field| ["verdict", "basis", "reasons"].iter().any(|name| is(field, name)));
        assert_eq!(by_case.len(), 3);
        let cases = CASES.map(|(verdict, basis, reasons)| {
            let types = [format!("\"{verdict}\""), basis.to_owned(), reasons.to_owned()];
            let members = by_case.iter().zip(types).map(|(field, ty)| {
                let name = field.ident.as_ref().expect("a name");
                let head = comment(&[about(&field.attrs)], "        ");
                format!("{head}        {name}: {ty};\n")
            });
            format!("    | {{\n{}      }}\n", members.collect::<String>())
        });
        return format!(
            "/** The facts about one event that every verdict has. */\nexport interface EventFacts \
             {{\n{}}}\n\n{head}export type {name} = EventFacts &\n  (\n{}  );\n",
            members(&facts),
            cases.concat()
        );
    }
    if flat.is_empty() {
        return format!("{head}export interface {name} {{\n{}}}\n", members(&own));
    }
    let bases: String = flat.iter().map(|field| typed(file, &field.ty) + " & ").collect();
    format!("{head}export type {name} = {bases}{{\n{}}};\n", members(&own))
}

fn is(field: &Field, name: &str) -> bool {
    field.ident.as_ref().is_some_and(|ident| ident == name)
}

/// The word of each variant, from the call of `words!`.
fn words(parsed: &File, name: &str) -> Vec<(String, String)> {
    let calls = parsed.items.iter().filter_map(|item| match item {
        Item::Macro(call) if call.mac.path.is_ident("words") => Some(call.mac.tokens.to_string()),
        _ => None,
    });
    let mut call = calls.filter_map(|call| {
        let (of, words) = call.split_once(':')?;
        (of.trim() == name).then(|| words.to_owned())
    });
    let words = call.next().unwrap_or_else(|| panic!("{name} has no words"));
    let pairs = words.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(variant, word)| (variant.trim().to_owned(), word.trim().to_owned())).collect()
}

fn enumeration(parsed: &File, name: &str, item: &ItemEnum) -> String {
    if item.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit)) {
        let words = words(parsed, &item.ident.to_string());
        let mut parts = vec![about(&item.attrs), String::new()];
        for variant in &item.variants {
            let (_, word) =
                words.iter().find(|(known, _)| variant.ident == known).expect("a word for each");
            parts.push(format!("- `{}`: {}", word.trim_matches('"'), about(&variant.attrs)));
        }
        let words: Vec<_> = words.into_iter().map(|(_, word)| word).collect();
        let mut code = format!("export type {name} = {};\n", words.join(" | "));
        if code.len() > 101 {
            code = format!("export type {name} =\n  | {};\n", words.join("\n  | "));
        }
        return comment(&parts, "") + &code;
    }
    // A variant with one number is an object with one member.
    let names: Vec<_> =
        item.variants.iter().map(|variant| variant.ident.to_string().to_lowercase()).collect();
    let cases = item.variants.iter().zip(&names).map(|(variant, name)| {
        let others = names.iter().filter(|other| *other != name);
        let others: String = others.map(|other| format!("      {other}?: never;\n")).collect();
        let head = comment(&[about(&variant.attrs)], "      ");
        format!("  | {{\n{head}      {name}: number;\n{others}    }}")
    });
    let cases = cases.collect::<Vec<_>>().join("\n");
    format!("{}export type {name} =\n{cases};\n", comment(&[about(&item.attrs)], ""))
}

fn generated() -> String {
    let mut out = vec![
        "// Written from the Rust types by crates/cli/tests/documents/answers.rs. Times are RFC 3339, with a\n\
         // zone only if the log gives one.\n"
            .to_owned(),
    ];
    for (file, types) in TYPES {
        let parsed = syn::parse_file(&read(file)).expect("Rust");
        for entry in types {
            let name = entry.split(" = ").next().expect("a name");
            let ts = renamed(file, name);
            let found = parsed.items.iter().find_map(|item| match item {
                Item::Struct(item) if item.ident == name => Some(structure(file, ts, item)),
                Item::Enum(item) if item.ident == name => Some(enumeration(&parsed, ts, item)),
                _ => None,
            });
            out.push(found.unwrap_or_else(|| panic!("{file} has no {name}")));
        }
    }
    out.join("\n")
}

#[test]
fn the_types_of_answers_are_those_of_the_library() {
    let generated = generated();
    if env::var_os("BLESS").is_some() {
        fs::write(format!("{ROOT}/{PAGE}"), &generated).expect("written");
    }
    assert!(read(PAGE) == generated, "{PAGE} is out of date; BLESS=1 writes it");
}
