//! The other events of the family, as data: what each event says, and what it means for a reader of
//! event 8. Reports name them for a person; the filter never acts on them.
//!
//! Sources: the message tables of `crypt32.dll` 5.1, 5.2, 6.0 and 6.1 in libyal winevt-kb;
//! Microsoft's pages about CAPI2 events of Windows Server 2008; KB2328240 for 11 and 4107. The
//! sentences are our own. Windows Vista kept the numbers under another source; Windows 7 added 4096
//! to them.

use core::fmt;

use serde::Serialize;

use crate::{
    article::{self, Error},
    classify::integer,
    event::Event,
    str_enum::words,
};

/// What another event of the family says about reaching Windows Update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelatedKind {
    /// Windows Update was reached: the article's cause did not hold at that time.
    Reached,
    /// A real problem with what was fetched or with the certificate store.
    Problem,
    /// `crypt32` stops logging for a while, so silence is no recovery.
    Suspended,
    /// A retrieval of something other than the sequence number failed.
    Failed,
    /// The message of event 8, from a system that the article does not cover.
    Twin,
    /// Roots were added, deleted or changed.
    Changed,
    /// A certificate was not trusted.
    Assessment,
}
words!(RelatedKind:
    Reached = "reached",
    Problem = "problem",
    Suspended = "suspended",
    Failed = "failed",
    Twin = "twin",
    Changed = "changed",
    Assessment = "finding",
);

// Sources: KB2328240 for the first two, with the texts of their errors, and Microsoft's page cc734018
// (permissions on the folder for temporary files) for the last one. No article explains `Untrusted`.
/// Why a root list could not be used, as far as the error in the event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemCause {
    /// A certificate of the signature had expired by the computer's clock.
    Expired,
    /// The answer was no root list.
    NotAList,
    /// The computer does not trust the signature.
    Untrusted,
    /// The computer could not store or open the list.
    Computer,
}
words!(ProblemCause:
    Expired = "expired",
    NotAList = "not-a-list",
    Untrusted = "untrusted",
    Computer = "computer",
);

impl ProblemCause {
    /// The cause that an error names.
    fn of(error: &Error) -> Option<Self> {
        Some(match error.symbol {
            "CERT_E_EXPIRED" => Self::Expired,
            "ERROR_INVALID_DATA" | "CRYPT_E_ASN1_BADTAG" => Self::NotAList,
            "CERT_E_UNTRUSTEDROOT" | "CERT_E_CHAINING" => Self::Untrusted,
            "ERROR_ACCESS_DENIED"
            | "ERROR_DISK_FULL"
            | "ERROR_FILE_NOT_FOUND"
            | "ERROR_PATH_NOT_FOUND" => Self::Computer,
            _ => return None,
        })
    }

    fn means(self) -> &'static str {
        match self {
            Self::Expired => {
                "The root list was fetched but rejected, because a certificate of its signature had expired by this computer's clock: a wrong date, or an old list in the cache."
            }
            Self::NotAList => {
                "What was fetched is no root list: something, such as a proxy, answered with data of its own."
            }
            Self::Untrusted => {
                "The root list was fetched but rejected, because this computer does not trust its signature."
            }
            Self::Computer => {
                "The root list was fetched, but this computer could not store or open it: permissions, or space on the disk."
            }
        }
    }
}

/// Another event of the family, with its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    /// `crypt32` on Windows XP and Server 2003, `CAPI2` on later systems.
    pub source: &'static str,
    /// The event id under that source.
    pub id: u32,
    /// The kind of statement about reaching Windows Update.
    pub kind: RelatedKind,
    /// Why the root list could not be used, if the event says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<ProblemCause>,
    /// One sentence that tells the reader the meaning.
    pub means: &'static str,
}

impl fmt::Display for Related {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.source, self.id)
    }
}

/// The full name of the source; `CAPI2` is its short form.
const CAPI2_PROVIDER: &str = "Microsoft-Windows-CAPI2";
const CAPI2: &str = "CAPI2";
/// The log of another family under the same source, whose events 10 and 11 are not those of this
/// family.
const OPERATIONAL: &str = "Microsoft-Windows-CAPI2/Operational";
/// The offset that Windows 7 added to every number.
const MOVED: u32 = 4096;
/// The number of the event about a root list that could not be used, before and since Windows 7.
const EXTRACT: u32 = 11;
const EXTRACT_MOVED: u32 = EXTRACT + MOVED;
/// The highest number that exists without the offset.
const LAST_UNMOVED: u32 = 13;

/// The kind and the meaning of an event, by its number on XP and Vista. Numbers from 12 on came
/// with Vista and later systems.
fn meaning(number: u32) -> Option<(RelatedKind, &'static str)> {
    Some(match number {
        1 => (
            RelatedKind::Changed,
            "A root certificate was installed by the automatic root update, which normally needs Windows Update to be in reach.",
        ),
        2 => (
            RelatedKind::Reached,
            "The root list itself was fetched, so Windows Update was in reach at that time.",
        ),
        3 => (
            RelatedKind::Failed,
            "Fetching the root list failed; the article does not speak of it, so read its error by itself.",
        ),
        4 => (
            RelatedKind::Reached,
            "A root certificate was fetched, so Windows Update was in reach at that time.",
        ),
        5 => (
            RelatedKind::Failed,
            "Fetching one root certificate failed; the article does not speak of it, so read its error by itself.",
        ),
        6 => (
            RelatedKind::Suspended,
            "crypt32 reached its limit and stops logging for some minutes: silence after this is no recovery.",
        ),
        7 => (
            RelatedKind::Reached,
            "The same address as in event 8 was fetched with success, so Windows Update was in reach at that time.",
        ),
        8 => (
            RelatedKind::Twin,
            "The same message from Windows Vista or later, where the cause that the article describes does not exist.",
        ),
        9 => (
            RelatedKind::Assessment,
            "A chain ended in a root certificate that this computer does not trust; that is about the certificate, not about the network.",
        ),
        10 => (
            RelatedKind::Assessment,
            "No complete chain could be built for a certificate; that is about the certificate, not about the network.",
        ),
        11 => (
            RelatedKind::Problem,
            "The root list was fetched but could not be used: a real problem (signature, clock, cache or permissions), not covered by the article.",
        ),
        12 => {
            (RelatedKind::Changed, "A root certificate was deleted by the automatic root update.")
        }
        13 => (
            RelatedKind::Changed,
            "The properties of a root certificate were changed by the automatic root update.",
        ),
        14 => (
            RelatedKind::Problem,
            "A certificate could not be added to the third-party root store: a real problem on this computer.",
        ),
        15 => (RelatedKind::Changed, "A new root list took effect on this computer."),
        16 => (
            RelatedKind::Changed,
            "A new list of disallowed certificates took effect on this computer.",
        ),
        _ => return None,
    })
}

/// The related event that this event is; `None` for event 8 of `crypt32` itself and for any other
/// event.
pub fn related(event: &Event<'_>) -> Option<Related> {
    let is = |name: &str| event.source.texts().any(|text| text.eq_ignore_ascii_case(name));
    let crypt32 = is(article::SOURCE);
    if !crypt32 && !is(CAPI2_PROVIDER) && !is(CAPI2) {
        return None;
    }
    if event.log.texts().any(|log| log.eq_ignore_ascii_case(OPERATIONAL)) {
        return None;
    }
    let mut ids = event.id.iter().filter_map(integer).map(|id| u32::from(id.low));
    let related = ids.find_map(|id| if crypt32 { of_crypt32(id) } else { of_capi2(id) })?;
    let cause = if matches!(related.id, EXTRACT | EXTRACT_MOVED) { cause(event) } else { None };
    Some(Related { cause, means: cause.map_or(related.means, ProblemCause::means), ..related })
}

/// Why the root list of this event could not be used: from the end of the message, or else from the
/// second insertion string.
fn cause(event: &Event<'_>) -> Option<ProblemCause> {
    let message = event.message.texts().find_map(|text| text.split_once(article::BEFORE_ERROR));
    let strings = || event.strings.iter().find_map(|strings| strings.get(1));
    let text = message.map(|(_, error)| error).or_else(strings)?;
    let error = text.trim_start().lines().next()?.trim_end();
    ProblemCause::of(Error::by_text(error).or_else(|| Error::by_number(error))?)
}

/// The related event with a source and id, in the spelling of [`Related`].
pub fn named(source: &str, id: u32) -> Option<Related> {
    if source == article::SOURCE { of_crypt32(id) } else { of_capi2(id) }
}

fn of_crypt32(id: u32) -> Option<Related> {
    // The tables of XP and Server 2003 end at 11, but 12 was seen in the wild.
    if id == u32::from(article::EVENT_ID) || id >= LAST_UNMOVED {
        return None;
    }
    let (kind, means) = meaning(id)?;
    Some(Related { source: article::SOURCE, id, kind, cause: None, means })
}

fn of_capi2(id: u32) -> Option<Related> {
    let number = id.checked_sub(MOVED).or_else(|| (id <= LAST_UNMOVED).then_some(id))?;
    let (kind, means) = meaning(number)?;
    Some(Related { source: CAPI2, id, kind, cause: None, means })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Kind, Place, Strings};

    fn named(source: &str, id: &str, log: &str) -> Option<String> {
        let mut event = Event::default();
        let place = Place { part: 0, row: 0 };
        event.source.say(place, Kind::Text, source.into());
        event.id.say(place, Kind::Number, id.into());
        event.log.say(place, Kind::Text, log.into());
        related(&event).map(|related| format!("{related} {}", related.kind))
    }

    #[test]
    fn the_family_is_named_in_every_rendering_of_its_numbers() {
        for (source, id, want) in [
            ("crypt32", "7", "crypt32 7 reached"),
            ("Crypt32", "1073872903", "crypt32 7 reached"),
            ("crypt32", "2", "crypt32 2 reached"),
            ("crypt32", "4", "crypt32 4 reached"),
            ("crypt32", "0xC002000B", "crypt32 11 problem"),
            ("crypt32", "-1073610741", "crypt32 11 problem"),
            ("crypt32", "6", "crypt32 6 suspended"),
            ("crypt32", "12", "crypt32 12 changed"),
            ("Microsoft-Windows-CAPI2", "8", "CAPI2 8 twin"),
            ("microsoft-windows-capi2", "4104", "CAPI2 4104 twin"),
            ("CAPI2", "4107", "CAPI2 4107 problem"),
            ("CAPI2", "4102", "CAPI2 4102 suspended"),
            ("CAPI2", "4110", "CAPI2 4110 problem"),
            ("CAPI2", "13", "CAPI2 13 changed"),
        ] {
            assert_eq!(named(source, id, "Application").as_deref(), Some(want), "{source} {id}");
        }
    }

    #[test]
    fn the_error_of_event_11_says_why() {
        let said = |error: &str, id: &str, in_message: bool| {
            let mut event = Event::default();
            let place = Place { part: 0, row: 0 };
            event.source.say(place, Kind::Text, "crypt32".into());
            event.id.say(place, Kind::Number, id.to_owned().into());
            if in_message {
                let message = format!("Failed extract of ... at: <x> with error: {error}");
                event.message.say(place, Kind::Text, message.into());
            } else {
                let mut strings = Strings::default();
                strings.push("x".into());
                strings.push(error.to_owned().into());
                event.strings.say(place, strings);
            }
            let related = related(&event).unwrap();
            (related.cause, related.means)
        };
        let expired = "A required certificate is not within its validity period when verifying against \
                       the current system clock or the timestamp in the signed file.";
        for (error, cause) in [
            (expired, Some(ProblemCause::Expired)),
            ("The data is invalid.\r\n", Some(ProblemCause::NotAList)),
            ("0x800B0109", Some(ProblemCause::Untrusted)),
            (
                "Access is denied.\r\n\r\nFor more information, see Help",
                Some(ProblemCause::Computer),
            ),
            ("The parameter is incorrect.", None),
            ("", None),
        ] {
            for in_message in [true, false] {
                let (found, means) = said(error, "11", in_message);
                assert_eq!(found, cause, "{error}");
                assert_eq!(means.contains("signature, clock"), cause.is_none(), "{means}");
            }
            assert_eq!(said(error, "7", true).0, None);
        }
    }

    #[test]
    fn others_with_the_same_numbers_are_not() {
        for (source, id, log) in [
            ("crypt32", "8", "Application"),
            ("crypt32", "3221356552", "Application"),
            ("crypt32", "0", "Application"),
            ("crypt32", "13", "Application"),
            ("crypt32", "4103", "Application"),
            ("crypt32", "07", "Application"),
            ("crypt32 ", "7", "Application"),
            ("CAPI2", "14", "Application"),
            ("CAPI2", "4096", "Application"),
            ("CAPI2", "4113", "Application"),
            ("Microsoft-Windows-CAPI2", "11", "Microsoft-Windows-CAPI2/Operational"),
            ("Microsoft-Windows-PowerShell", "4104", "Application"),
            ("MSDTC", "4107", "Application"),
            ("Microsoft-Windows-Sysmon", "8", "Application"),
        ] {
            assert_eq!(named(source, id, log), None, "{source} {id} {log}");
        }
    }
}
