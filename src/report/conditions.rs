//! For each condition: the question it asks, the source it is based on, and the advice if it
//! failed.

use crate::verdict::Condition;

impl Condition {
    /// The statement that the condition checks, in one sentence.
    pub const fn asks(self) -> &'static str {
        match self {
            Self::Source => "The event source is crypt32.",
            Self::EventId => "The event id is 8 (full identifier 0xC0020008).",
            Self::Severity => "The record is of type Error.",
            Self::Log => "The record comes from the Application log.",
            Self::Message => "The whole message is the one of the article, with nothing added.",
            Self::Url => "The URL is the one of the root list sequence number, byte for byte.",
            Self::Error => "The error is one that says the server could not be reached.",
            Self::System => "The computer runs Windows XP or Windows Server 2003.",
            Self::Integrity => "The record does not contradict itself and carries nothing else.",
            Self::Unreachable => {
                "The computer cannot reach Windows Update because of a router or a proxy."
            }
            Self::SecurityProduct => {
                "A product made to work with the Windows Security Center of Vista is installed."
            }
            Self::NoFailure => "No application or service on the computer fails.",
        }
    }

    /// The part of the article, or the other source, that the condition is based on.
    pub const fn rests_on(self) -> &'static str {
        match self {
            Self::Source | Self::EventId | Self::Severity | Self::Log | Self::Url => {
                "KB2253680, Symptoms: the two events as printed"
            }
            Self::Message => {
                "KB2253680, Symptoms; the message resource of crypt32.dll has angle brackets around the URL"
            }
            Self::Error => {
                "KB2253680, Symptoms: 12007 and 2250; KB317541: 1460 and 58; others only by their meaning"
            }
            Self::System => {
                "KB2253680, Applies to; XP x64 (5.2) by the provider database of libyal winevt-kb"
            }
            Self::Integrity => {
                "none in the article: a record that contradicts itself may not be the article's event"
            }
            Self::Unreachable => "KB2253680, Cause, first condition",
            Self::SecurityProduct => "KB2253680, Cause, second condition",
            Self::NoFailure => "KB2253680, Symptoms, last paragraph",
        }
    }

    /// The advice if the condition failed.
    pub const fn when_failed(self) -> &'static str {
        match self {
            Self::Source => {
                "The record names no source, or a second source next to crypt32: it was merged from several records, or changed on the way."
            }
            Self::EventId => {
                "Another program writes under this name, or an agent rewrites identifiers. Windows writes 0xC0020008, and never a bare 8 with Qualifiers 0."
            }
            Self::Severity => {
                "Windows writes this event as Error only: an agent maps levels its own way, or Windows did not write the record."
            }
            Self::Log => {
                "Windows writes this event to Application: the log was renamed on the way, or Windows did not write the record. The option \"logs\" accepts a log that was renamed on purpose."
            }
            Self::Message => {
                "Text was added, cut off or translated on the way. Compare the record with the one on the computer, in Event Viewer."
            }
            Self::Url => {
                "A redirected root list, or tampering: on the computer, look at RootDirUrl in HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate, and ask who set it."
            }
            Self::Error => {
                "The error does not say that the server could not be reached: a server answered, the clock is wrong, or a certificate store is damaged. Look at the computer's date first."
            }
            Self::System => {
                "The article does not apply to other systems. On Windows Vista and later, look at the CAPI2 events and at the way to Windows Update."
            }
            Self::Integrity => {
                "The record contradicts itself, or has more content than the event: it was merged from several records, or changed. Compare it with the one on the computer."
            }
            Self::Unreachable | Self::SecurityProduct | Self::NoFailure => "",
        }
    }
}
