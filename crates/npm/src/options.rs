//! The options as JavaScript spells them, in camelCase.

use serde_json::{Map, Value};

use crypt32_filter::policy::{self, OPTIONS, OptionError, Policy};

/// The policy that a JSON object describes. `others` are further options of the caller, for the
/// message about an unknown option.
///
/// # Errors
/// The message names the option, what it takes, and the nearest option if the name is unknown.
pub fn policy(json: &str, others: &[&str]) -> Result<Policy, String> {
    from_members(&members(json)?, others)
}

/// The members of a JSON object of options.
///
/// # Errors
/// The text is no JSON object.
pub fn members(json: &str) -> Result<Map<String, Value>, String> {
    // Parsing only an object would need more code in the module: the messages about other values.
    match serde_json::from_str(json) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err("the options are no object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Like [`policy`], for options that are already parsed.
pub fn from_members(members: &Map<String, Value>, others: &[&str]) -> Result<Policy, String> {
    let mut policy = Policy::default();
    for (name, value) in members {
        let Some(option) = OPTIONS.into_iter().find(|option| camel_case(option) == *name) else {
            return Err(unknown(name, others));
        };
        // In JavaScript, null stands for an option that was not given.
        if !value.is_null() {
            policy.set(option, value).map_err(|error| in_camel_case(error).to_string())?;
        }
    }
    Ok(policy)
}

/// The names in a list with commas.
pub fn names(list: &str) -> Vec<&str> {
    list.split_terminator(',').collect()
}

fn unknown(name: &str, others: &[&str]) -> String {
    let mut all: Vec<String> = OPTIONS.into_iter().map(camel_case).collect();
    all.extend(others.iter().map(|&name| name.to_owned()));
    let nearest = policy::nearest(name, &all.iter().map(String::as_str).collect::<Vec<_>>());
    let allowed = all.join(", ");
    OptionError { option: name.to_owned(), allowed, unknown: true, nearest }.to_string()
}

/// An error of the library with the name that JavaScript gives to the option.
fn in_camel_case(error: OptionError) -> OptionError {
    OptionError { option: camel_case(&error.option), ..error }
}

/// `keep_every` as `keepEvery`.
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_ascii_uppercase() + rest
    })
}
