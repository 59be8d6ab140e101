//! The description of a WMI class, which PowerShell writes with every object of the class.

use crate::{
    event::typed::Type,
    json::{Token, Tokens},
    record::loki,
};

/// The words in a list: the type of an element that PowerShell did not expand, or the name of a
/// qualifier of `Win32_NTLogEvent`.
const WORDS: [&str; 6] = [
    "System.Management.PropertyData",
    "System.Management.QualifierData",
    "dynamic",
    "Locale",
    "provider",
    "UUID",
];

/// The members of an element besides its name and its value: .NET's `PropertyData` and
/// `QualifierData`.
const MEMBERS: [&str; 9] = [
    "Type",
    "IsLocal",
    "IsArray",
    "Origin",
    "Qualifiers",
    "IsAmended",
    "IsOverridable",
    "PropagatesToInstance",
    "PropagatesToSubclass",
];

/// Whether a JSON value is a list of properties or of qualifiers of a class.
pub(super) fn describes(list: &str) -> bool {
    // PowerShell writes this text if it does not expand the list.
    list == "\"System.Management.PropertyDataCollection\""
        || loki::every(list, &mut |element| is_word(element) || is_element(element))
}

/// Whether a value is one word. A text with blanks could say something about the event.
fn is_scalar_word(value: &str) -> bool {
    match Tokens::new(value).next() {
        Ok(Token::String(text)) => text.decode().is_some_and(|text| Type::Word.fits(&text)),
        Ok(Token::Number(_) | Token::Word(_)) => true,
        _ => false,
    }
}

fn is_word(element: &str) -> bool {
    match Tokens::new(element).next() {
        Ok(Token::String(text)) => text.decode().is_some_and(|text| WORDS.contains(&&*text)),
        _ => false,
    }
}

fn is_element(element: &str) -> bool {
    let mut named = false;
    let whole = loki::members(element, &mut |name, value| {
        let known = match name {
            "Name" => {
                named = true;
                value.starts_with('"') && is_scalar_word(value)
            }
            "Value" => is_scalar_word(value),
            _ => MEMBERS.contains(&name),
        };
        known.then_some(())
    });
    named && whole.is_some()
}
