//! KB2253680 as data: the article's number, links, URL, message text and known errors.
//!
//! Sources: KB2253680 revision 3.0 (2010-08-09); KB317541, which describes the same event with two
//! further errors; the message resources of `crypt32.dll` 5.1 and 5.2 (libyal winevt-kb); error
//! texts from `winerror.h` and the Win32 and `WinHTTP` pages of learn.microsoft.com. The sentences
//! here are our own.

use crate::swar::{Words, number_32};

/// The article's number, in the spelling that tags use.
pub const ID: &str = "KB2253680";
/// Where Microsoft keeps the article today.
pub const LINK: &str = "https://learn.microsoft.com/en-us/troubleshoot/windows-server/certificates-and-public-key-infrastructure-pki/crypt32-event-8";
/// The sibling article, which has the same event and cause and two further error texts.
pub const SIBLING_ID: &str = "KB317541";
/// Where Microsoft keeps the sibling article today.
pub const SIBLING_LINK: &str = "https://learn.microsoft.com/en-us/troubleshoot/windows-client/backup-and-storage/event-id-8-in-application-log";
/// The note that output shows next to [`LINK`], because the page's header contradicts its text.
pub const LINK_NOTE: &str = "Microsoft's page now lists newer systems under \"Applies to\"; its own text still says that \
the event is not recorded on Windows Vista or later. The 2010 article names Windows XP and Windows Server 2003.";

/// The event source, in lower case. The article prints `Crypt32`, the registry has `crypt32`.
pub const SOURCE: &str = "crypt32";
/// The event id: the low word of the full identifier `0xC0020008`.
pub const EVENT_ID: u16 = 8;
/// The high word of the full identifier: severity Error, facility 2.
pub const QUALIFIERS: u16 = 0xC002;
/// The one URL that the article's event names.
pub const URL: &str =
    "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt";
/// The fixed beginning of the message, up to the URL.
pub const PREFIX: &str =
    "Failed auto update retrieval of third-party root list sequence number from: ";
/// The text between the URL and the error text.
pub const BEFORE_ERROR: &str = " with error: ";
/// The lines that Event Viewer of XP and Server 2003 appends. They are not part of the message
/// itself.
pub const HELP_LINES: [&str; 2] = [
    "For more information, see Help and Support Center at http://go.microsoft.com/fwlink/events.asp.",
    "For more information, see Help and Support Center at http://support.microsoft.com.",
];

/// How an error text relates to the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// KB2253680 prints it.
    PrintedByKb,
    /// KB317541 prints it for the same event and cause.
    PrintedBySibling,
    /// It says that the server could not be reached, but no Microsoft article prints it here.
    Unreachable,
    /// A server answered, or it is not clear which side failed.
    ServerAnswered,
    /// It has nothing to do with reaching the server.
    Other,
}

/// One error that Windows can name in the message.
#[derive(Debug, PartialEq, Eq)]
pub struct Error {
    /// How the error relates to the article.
    pub tier: Tier,
    /// The Win32, Winsock or `WinInet` code, if there is one.
    pub code: Option<u32>,
    /// The `HRESULT`, which contains the code if there is one.
    pub hresult: u32,
    /// The error's name in Microsoft's headers.
    pub symbol: &'static str,
    /// The English text, without a final dot.
    pub text: &'static str,
    number: Number,
}

/// The digits of a number, computed at compile time.
#[derive(Debug, PartialEq, Eq)]
struct Number {
    digits: [u8; 10],
    start: u8,
}

/// A code in decimal, or an `HRESULT` in hex.
#[allow(clippy::cast_possible_truncation)]
const fn number(code: Option<u32>, hresult: u32) -> Number {
    let (mut rest, radix) = match code {
        Some(code) => (code, 10),
        None => (hresult, 16),
    };
    let mut digits = *b"0x00000000";
    let mut start = digits.len();
    while rest > 0 {
        start -= 1;
        digits[start] = b"0123456789ABCDEF"[(rest % radix) as usize];
        rest /= radix;
    }
    Number { digits, start: if radix == 16 { 0 } else { start as u8 } }
}

const fn error(
    tier: Tier,
    code: Option<u32>,
    hresult: u32,
    symbol: &'static str,
    text: &'static str,
) -> Error {
    Error { tier, code, hresult, symbol, text, number: number(code, hresult) }
}

/// All known error texts, ordered by tier. An error that is not listed here never makes a record
/// benign.
#[rustfmt::skip]
pub static ERRORS: [Error; 38] = [
    error(Tier::PrintedByKb, Some(12007), 0x8007_2EE7, "ERROR_INTERNET_NAME_NOT_RESOLVED", "The server name or address could not be resolved"),
    error(Tier::PrintedByKb, Some(2250), 0x8007_08CA, "ERROR_NOT_CONNECTED", "This network connection does not exist"),
    error(Tier::PrintedBySibling, Some(1460), 0x8007_05B4, "ERROR_TIMEOUT", "This operation returned because the timeout period expired"),
    error(Tier::PrintedBySibling, Some(58), 0x8007_003A, "ERROR_BAD_NET_RESP", "The specified server cannot perform the requested operation"),
    error(Tier::Unreachable, Some(12002), 0x8007_2EE2, "ERROR_INTERNET_TIMEOUT", "The operation timed out"),
    error(Tier::Unreachable, Some(12029), 0x8007_2EFD, "ERROR_INTERNET_CANNOT_CONNECT", "A connection with the server could not be established"),
    error(Tier::Unreachable, Some(12030), 0x8007_2EFE, "ERROR_INTERNET_CONNECTION_ABORTED", "The connection with the server was terminated abnormally"),
    error(Tier::Unreachable, Some(12031), 0x8007_2EFF, "ERROR_INTERNET_CONNECTION_RESET", "The connection with the server was reset"),
    error(Tier::Unreachable, Some(12163), 0x8007_2F83, "ERROR_INTERNET_DISCONNECTED", "The computer is disconnected from the network"),
    error(Tier::Unreachable, Some(12164), 0x8007_2F84, "ERROR_INTERNET_SERVER_UNREACHABLE", "The server is unreachable"),
    error(Tier::Unreachable, Some(12165), 0x8007_2F85, "ERROR_INTERNET_PROXY_SERVER_UNREACHABLE", "The proxy server is unreachable"),
    error(Tier::Unreachable, Some(11001), 0x8007_2AF9, "WSAHOST_NOT_FOUND", "No such host is known"),
    error(Tier::Unreachable, Some(11002), 0x8007_2AFA, "WSATRY_AGAIN", "This is usually a temporary error during hostname resolution and means that the local server did not receive a response from an authoritative server"),
    error(Tier::Unreachable, Some(11004), 0x8007_2AFC, "WSANO_DATA", "The requested name is valid, but no data of the requested type was found"),
    error(Tier::Unreachable, Some(10060), 0x8007_274C, "WSAETIMEDOUT", "A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond"),
    error(Tier::Unreachable, Some(10061), 0x8007_274D, "WSAECONNREFUSED", "No connection could be made because the target machine actively refused it"),
    error(Tier::Unreachable, Some(10051), 0x8007_2743, "WSAENETUNREACH", "A socket operation was attempted to an unreachable network"),
    error(Tier::Unreachable, Some(10065), 0x8007_2751, "WSAEHOSTUNREACH", "A socket operation was attempted to an unreachable host"),
    error(Tier::Unreachable, Some(1231), 0x8007_04CF, "ERROR_NETWORK_UNREACHABLE", "The network location cannot be reached. For information about network troubleshooting, see Windows Help"),
    error(Tier::Unreachable, Some(1225), 0x8007_04C9, "ERROR_CONNECTION_REFUSED", "The remote computer refused the network connection"),
    error(Tier::ServerAnswered, Some(12152), 0x8007_2F78, "ERROR_HTTP_INVALID_SERVER_RESPONSE", "The server returned an invalid or unrecognized response"),
    error(Tier::ServerAnswered, Some(12156), 0x8007_2F7C, "ERROR_HTTP_REDIRECT_FAILED", "The HTTP redirect request failed"),
    error(Tier::ServerAnswered, Some(12015), 0x8007_2EEF, "ERROR_INTERNET_LOGIN_FAILURE", "The login request was denied"),
    error(Tier::ServerAnswered, Some(12150), 0x8007_2F76, "ERROR_HTTP_HEADER_NOT_FOUND", "The requested header was not found"),
    error(Tier::ServerAnswered, Some(1223), 0x8007_04C7, "ERROR_CANCELLED", "The operation was canceled by the user"),
    error(Tier::Other, None, 0x800B_0101, "CERT_E_EXPIRED", "A required certificate is not within its validity period when verifying against the current system clock or the timestamp in the signed file"),
    error(Tier::Other, None, 0x800B_0109, "CERT_E_UNTRUSTEDROOT", "A certificate chain processed, but terminated in a root certificate which is not trusted by the trust provider"),
    error(Tier::Other, None, 0x800B_010A, "CERT_E_CHAINING", "A certificate chain could not be built to a trusted root authority"),
    error(Tier::Other, Some(13), 0x8007_000D, "ERROR_INVALID_DATA", "The data is invalid"),
    error(Tier::Other, None, 0x8009_310B, "CRYPT_E_ASN1_BADTAG", "ASN1 bad tag value met"),
    error(Tier::Other, Some(5), 0x8007_0005, "ERROR_ACCESS_DENIED", "Access is denied"),
    error(Tier::Other, Some(2), 0x8007_0002, "ERROR_FILE_NOT_FOUND", "The system cannot find the file specified"),
    error(Tier::Other, Some(3), 0x8007_0003, "ERROR_PATH_NOT_FOUND", "The system cannot find the path specified"),
    error(Tier::Other, Some(87), 0x8007_0057, "ERROR_INVALID_PARAMETER", "The parameter is incorrect"),
    error(Tier::Other, Some(112), 0x8007_0070, "ERROR_DISK_FULL", "There is not enough space on the disk"),
    error(Tier::Other, Some(12005), 0x8007_2EE5, "ERROR_INTERNET_INVALID_URL", "The URL is invalid"),
    error(Tier::Other, Some(12006), 0x8007_2EE6, "ERROR_INTERNET_UNRECOGNIZED_SCHEME", "The URL does not use a recognized protocol"),
    error(Tier::Other, Some(12175), 0x8007_2F8F, "ERROR_INTERNET_SECURE_FAILURE", "One or more errors were found in the Secure Sockets Layer (SSL) certificate sent by the server"),
];

/// The values that mean "no category": the number in its two spellings, the word that Event Viewer
/// shows, and that word from exports of Event Viewer in German, French, Japanese, Spanish, Russian,
/// Dutch, Polish, Swedish (Danish and Norwegian), Italian, Portuguese, Czech, Turkish, Chinese and
/// Korean.
pub const NO_CATEGORY: [&str; 19] = [
    "0", "(0)", "none", "n/a", "Keine", "Aucune", "なし", "Ninguno", "Нет", "Geen", "Brak",
    "Ingen", "Nessuna", "Nenhum", "Žádný", "Yok", "无", "無", "없음",
];

impl Error {
    /// The number that tags and ledgers use: the code in decimal, or the `HRESULT` in hex if there
    /// is no code.
    pub fn number(&self) -> &str {
        let Number { digits, start } = &self.number;
        let digits = digits.get(usize::from(*start)..).unwrap_or_default();
        core::str::from_utf8(digits).unwrap_or_default()
    }

    /// Whether tags and ledgers use the same number for both errors.
    pub(crate) fn same_number(&self, other: &Self) -> bool {
        self.number == other.number
    }

    /// The error with this text. The whole text must match; one final dot is ignored.
    pub fn by_text(text: &str) -> Option<&'static Self> {
        let text = text.strip_suffix('.').unwrap_or(text);
        ERRORS.iter().find(|error| error.text == text)
    }

    /// The error that a number alone names: the code in decimal or `0x` hex; the `HRESULT` with or
    /// without `0x`, or as a signed decimal; or a decimal number with the hex one in brackets, as
    /// in `12029 (0x2efd)`, if they agree. One final dot is ignored.
    pub fn by_number(text: &str) -> Option<&'static Self> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if let Some((decimal, hex)) =
            text.strip_suffix(')').and_then(|pair| pair.split_words_once(" ("))
        {
            let error = Self::by_one_number(decimal)?;
            let agrees = hex.starts_with("0x") && Self::by_one_number(hex) == Some(error);
            return (agrees && !decimal.has(b'x')).then_some(error);
        }
        Self::by_one_number(text)
    }

    fn by_one_number(text: &str) -> Option<&'static Self> {
        let hex = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
            plain.then(|| number_32(digits, 16)).flatten()
        };
        let decimal = |digits: &str| {
            let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
            plain.then(|| number_32(digits, 10)).flatten()
        };
        if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            let number = hex(digits)?;
            return ERRORS.iter().find(|e| e.code == Some(number) || e.hresult == number);
        }
        if let Some(digits) = text.strip_prefix('-') {
            let number = decimal(digits)?.wrapping_neg();
            return ERRORS.iter().find(|e| e.hresult == number && number > i32::MAX as u32);
        }
        // Eight digits can be a code or an `HRESULT`: 80072743 is an `HRESULT`.
        let code = decimal(text).and_then(|n| ERRORS.iter().find(|e| e.code == Some(n)));
        let number = if text.len() == 8 { hex(text) } else { None };
        code.or_else(|| number.and_then(|n| ERRORS.iter().find(|e| e.hresult == n)))
    }

    /// The error with this code, for localised texts that name their code.
    pub fn by_code(code: u32) -> Option<&'static Self> {
        ERRORS.iter().find(|error| error.code == Some(code))
    }
}

/// The ways out that the article offers, in our words.
pub const RESOLUTIONS: [&str; 3] = [
    "Ignore the records: where the conditions hold they are benign. (This filter tags or drops them.)",
    "Let the computers reach Windows Update: change the router or the proxy. Remember that the request \
comes from the SYSTEM account, which has its own proxy setting (proxycfg on Windows XP and Server 2003).",
    "Switch the automatic root update off: Add/Remove Windows Components, clear Update Root Certificates.",
];
