//! Changes one record of a newer log: inserts content before every token, changes every number, and
//! extends every value of a template.

use crypt32_filter::verdict::Outcome::{Benign, Review};

use crate::{
    ERROR, Row, URL,
    binxml::{BinXml, CHUNK, HEADER, chunk_of, file},
    moved, read, share,
};

const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// Writes a fragment at an offset in its chunk.
type Fragment<'f> = &'f dyn Fn(usize) -> Vec<u8>;

/// A log with these records. Its chunk ends after them, which saves time.
fn log(records: &[Fragment<'_>]) -> Vec<u8> {
    file(&[[chunk_of(1, records.iter().copied()), vec![0; 64]].concat()])
}

fn plain(base: usize) -> Vec<u8> {
    let mut xml = BinXml::new(base);
    xml.converted("8", "2", &[URL, ERROR]);
    xml.bytes
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The values of the template, with their types.
fn values() -> Vec<(u8, Vec<u8>)> {
    vec![
        (1, wide("crypt32")),
        (6, 8_u16.to_le_bytes().into()),
        (6, 49154_u16.to_le_bytes().into()),
        (4, vec![2]),
        (6, vec![0, 0]),
        (17, 129_131_260_770_000_000_u64.to_le_bytes().into()),
        (1, wide("Application")),
        (1, wide("SERVER1")),
        (1, wide(URL)),
        (1, wide(ERROR)),
    ]
}

/// Writes the same event as an instance of a template. `more` is called with the number of each
/// element that ends.
fn definition(xml: &mut BinXml<'_>) {
    let element = |xml: &mut BinXml<'_>, name: &str, index: u8, kind: u8| {
        xml.open(name, None);
        xml.value(index, kind);
        xml.close();
    };
    let attribute = |xml: &mut BinXml<'_>, name: &str, attribute: &str, index: u8, kind: u8| {
        xml.tag(name, true);
        xml.attribute(attribute);
        xml.value(index, kind);
        xml.start();
    };
    xml.open("Event", None);
    xml.open("System", None);
    attribute(xml, "Provider", "Name", 0, 1);
    xml.close();
    attribute(xml, "EventID", "Qualifiers", 2, 6);
    xml.value(1, 6);
    xml.close();
    element(xml, "Level", 3, 4);
    element(xml, "Task", 4, 6);
    attribute(xml, "TimeCreated", "SystemTime", 5, 17);
    xml.close();
    element(xml, "Channel", 6, 1);
    element(xml, "Computer", 7, 1);
    xml.close();
    xml.open("EventData", None);
    element(xml, "Data", 8, 1);
    element(xml, "Data", 9, 1);
    xml.close();
    xml.close();
    xml.end();
}

fn templated(base: usize, values: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut xml = BinXml::new(base);
    xml.instance(values, definition);
    xml.end();
    xml.bytes
}

/// Returns the record before a plain one, and whether anything was reported as unjudged.
fn judged(bytes: &[u8]) -> (Option<Row>, bool) {
    let (mut rows, summary) = read(bytes);
    let told = summary.unjudged > 0;
    // The first record may cover the second one.
    let last = rows.pop_if(|row| row.outcome == Benign);
    assert!(last.is_some() || told, "the record behind it: {rows:?}");
    (if rows.is_empty() { None } else { Some(rows.remove(0)) }, told)
}

/// Checks that the record is not benign unless its values are unchanged, and that it is not
/// silently skipped.
fn check(record: Fragment<'_>, same: bool, what: &dyn Fn() -> String) {
    check_bytes(&log(&[record, &plain]), same, what);
}

fn check_bytes(bytes: &[u8], same: bool, what: &dyn Fn() -> String) {
    let (row, told) = judged(bytes);
    match row {
        Some(row) if row.outcome == Benign => {
            assert!(same, "{}: benign", what());
            assert_eq!(row.strings, [URL, ERROR], "{}", what());
        }
        Some(row) => {
            assert!(row.outcome == Review || !row.is_event_8() || told, "{}: {row:?}", what());
        }
        None => assert!(told, "{}: lost without a word", what()),
    }
}

type Put = (&'static str, fn(&mut BinXml<'_>));

/// Content to insert between tokens. Each piece adds information.
const MORE: [Put; 28] = [
    ("text", |xml| xml.text("trojan found")),
    ("a blank and a letter", |xml| xml.text(" x")),
    ("text with a zero", |xml| xml.text("\0hidden")),
    ("an element", |xml| xml.element("Evil", None, "trojan found")),
    ("an empty element", |xml| xml.element("Evil", None, "")),
    ("a string", |xml| xml.element("Data", None, "trojan found")),
    ("a named string", |xml| xml.element("Data", Some(("Name", "cmd")), "trojan found")),
    ("an id", |xml| xml.element("EventID", None, "4625")),
    ("a level", |xml| xml.element("Level", None, "4")),
    ("a provider", |xml| xml.element("Provider", Some(("Name", "Security")), "")),
    ("a computer", |xml| xml.element("Computer", None, "OTHER")),
    ("binary data", |xml| xml.element("Binary", None, "DEADBEEF")),
    ("more binary data", |xml| xml.element("BinaryEventData", None, "DEADBEEF")),
    ("user data", |xml| {
        xml.open("UserData", None);
        xml.element("Evil", None, "trojan found");
        xml.close();
    }),
    ("debug data", |xml| xml.element("DebugData", None, "trojan found")),
    ("a failure", |xml| xml.element("ProcessingErrorData", None, "trojan found")),
    ("another System", |xml| {
        xml.open("System", None);
        xml.element("Provider", Some(("Name", "Security")), "");
        xml.element("EventID", None, "4625");
        xml.close();
    }),
    ("another event", |xml| xml.converted("4625", "4", &["trojan"])),
    ("an attribute", |xml| {
        xml.attribute("Evil");
        xml.text("trojan found");
    }),
    ("an instruction", |xml| {
        xml.raw(&[0x0A]);
        xml.name("evil");
        xml.raw(&[0x0B]);
        xml.counted("trojan found");
    }),
    ("the data of an instruction", |xml| {
        xml.raw(&[0x0B]);
        xml.counted("trojan found");
    }),
    ("a section", |xml| {
        xml.raw(&[7]);
        xml.counted("trojan found");
    }),
    ("a character", |xml| xml.raw(&[8, 7, 0])),
    ("an entity", |xml| xml.entity("evil")),
    ("a value of a template", |xml| xml.raw(&[0x0D, 9, 0, 1])),
    ("a template of its own", |xml| xml.instance(&[(1, wide("trojan found"))], definition)),
    ("the last token", |xml| xml.raw(&[0])),
    ("an unknown token", |xml| xml.raw(&[0x1F])),
];

#[test]
fn a_record_with_more_tokens_is_not_benign() {
    let mut tried = 0;
    for (name, more) in MORE {
        for (template, steps) in [(false, 60), (true, 60)] {
            for step in 0..steps {
                let reached = std::cell::Cell::new(false);
                let more = |xml: &mut BinXml<'_>| {
                    reached.set(true);
                    more(xml);
                };
                let write = |base: usize| {
                    let mut xml = BinXml::with(base, step, &more);
                    if template {
                        xml.instance(&values(), definition);
                        xml.end();
                    } else {
                        xml.converted("8", "2", &[URL, ERROR]);
                    }
                    xml.bytes
                };
                let bytes = log(&[&write, &plain]);
                if !reached.get() {
                    break;
                }
                // A second one of these adds no information.
                let same = name == "the last token";
                check_bytes(&bytes, same, &|| {
                    format!("{name} at token {step}, template: {template}")
                });
                tried += 1;
            }
        }
    }
    println!("{tried} records");
    assert!(tried > 2000);
}

/// Some numbers do not affect the rendered record: its number and time, the sizes of elements and
/// of their attributes, the link and hash of a name, and the id, link and GUID of a template.
#[test]
fn a_record_with_a_moved_number_says_the_same_or_is_not_benign() {
    let mut tried = 0;
    let instance = |base: usize| templated(base, &values());
    for write in [&plain as Fragment<'_>, &instance] {
        let bytes = log(&[write, &plain]);
        let start = HEADER + 512;
        let length = u32::from_le_bytes(bytes[start + 4..start + 8].try_into().unwrap()) as usize;
        let end = start + length;
        for at in (start..end).step_by(share(7)) {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[at] ^= 1 << bit;
                check_bytes(&other, true, &|| format!("bit {bit} of byte {}", at - start));
                tried += 1;
            }
            for width in [2, 4] {
                let mut number = [0; 8];
                number[..width].copy_from_slice(&bytes[at..at + width]);
                let number = u64::from_le_bytes(number);
                for moved in moved(number, 8 * u32::try_from(width).unwrap()).step_by(5) {
                    let mut other = bytes.clone();
                    other[at..at + width].copy_from_slice(&moved.to_le_bytes()[..width]);
                    check_bytes(&other, true, &|| {
                        format!("{number} is {moved} at byte {}", at - start)
                    });
                    tried += 1;
                }
            }
        }
    }
    println!("{tried} records");
}

#[test]
fn a_template_shows_all_of_its_values() {
    check(&|base| templated(base, &values()), true, &|| "the template".to_owned());
    assert_eq!(
        judged(&log(&[&|base| templated(base, &values()), &plain])).0.unwrap().outcome,
        Benign
    );
    let fragment = |base: usize| {
        let mut xml = BinXml::new(base);
        xml.element("Evil", None, "trojan found");
        xml.end();
        xml.bytes
    };
    let mut tried = 0;
    // A value that no element shows.
    for (kind, bytes, same) in [
        (1, wide("trojan found"), false),
        (2, b"trojan found".to_vec(), false),
        (14, vec![1, 2, 3], false),
        (0x81, wide("trojan\0found\0"), false),
        (0, wide("trojan found"), false),
        (0, vec![0xEE; 16], true),
        (1, Vec::new(), true),
        (8, vec![3, 0, 0, 0], true),
        (19, vec![1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0], false),
        (0x21, fragment(0), false),
        (0x7F, vec![1], false),
    ] {
        let mut values = values();
        values.push((kind, bytes.clone()));
        let what = || format!("one more value of type {kind}");
        check(&|base| templated(base, &values), same, &what);
        tried += 1;
    }
    // A value with more content than its element shows.
    for index in 0..values().len() {
        for (more, text) in [
            (wide("\0trojan found"), true),
            (wide("\0\0"), true),
            (vec![0xEE], false),
            (vec![0; 3], false),
            (vec![0xEE; 24], false),
        ] {
            // The name of a computer may contain any letters.
            if index == 7 && more.len() > 3 && !text {
                continue;
            }
            let mut values = values();
            let is_text = values[index].0 == 1;
            values[index].1.extend(&more);
            let what = || format!("{more:02x?} behind value {index}");
            check(&|base| templated(base, &values), false, &what);
            // The value as text without a type, if that is a different value.
            values[index].0 = if is_text == text { 2 } else { 1 };
            check(&|base| templated(base, &values), false, &what);
            tried += 2;
        }
        // Windows ends some texts with a zero character.
        let mut values = values();
        if values[index].0 == 1 {
            values[index].1.extend([0; 2]);
            check(&|base| templated(base, &values), true, &|| format!("a zero behind {index}"));
        }
        for kind in (0..=0x22).chain(0x80..=0xA2).filter(|kind| *kind != values[index].0) {
            // Equal bytes have equal labels.
            let mut values = values.clone();
            values[index].0 = kind;
            check(&|base| templated(base, &values), true, &|| format!("value {index} as {kind}"));
            tried += 1;
        }
    }
    println!("{tried} records");
}

/// Windows leaves the bytes of a number where it removed a value. One such value is accepted; more
/// of them could hide content.
#[test]
fn values_that_nothing_shows_are_few() {
    for kind in [0, 15] {
        for (count, same) in [(1, true), (2, false), (200, false)] {
            let mut values = values();
            values.extend((0..count).map(|_| (kind, b"trojan was found".to_vec())));
            check(&|base| templated(base, &values), same, &|| format!("{count} of type {kind}"));
            if !same {
                let (row, _) = judged(&log(&[&|base| templated(base, &values), &plain]));
                assert_eq!(row.unwrap().outcome, Review);
            }
        }
    }
}

/// A record in the slack of a chunk cannot always be read. It is then reported as damaged, and as
/// unjudged if the chunk mentions the event.
#[test]
fn a_record_in_slack_that_cannot_be_read_is_told() {
    let other = |base: usize| {
        let mut xml = BinXml::new(base);
        xml.open("Event", None);
        xml.element("Provider", Some(("Name", "Service Control Manager")), "");
        xml.close();
        xml.end();
        xml.bytes
    };
    let live: [(Fragment<'_>, u64); 2] = [(&plain, 0), (&other, 1)];
    for (live, remains) in live {
        let mut bytes = log(&[live, &other]);
        let at = memchr::memmem::rfind(&bytes, b"**\0\0").unwrap();
        let slack = u32::try_from(at - HEADER).unwrap();
        bytes[HEADER + 48..HEADER + 52].copy_from_slice(&slack.to_le_bytes());
        bytes[at + 24..at + 60].fill(0xEE);
        let (_, summary) = read(&bytes);
        assert_eq!((summary.remains, summary.unjudged), (remains, 1 - remains), "{summary:?}");
    }
}

/// Records that repeat their values so often that the rest of the chunk is not read. The rest may
/// hold the event, although none of its bytes mention it.
#[test]
fn what_is_behind_too_much_is_not_judged() {
    let repeated = |values: &[(u8, Vec<u8>)], kind: u8, count: usize| {
        let values = values.to_vec();
        move |base: usize| {
            let mut xml = BinXml::new(base);
            xml.instance(&values, |xml| {
                xml.open("Event", None);
                for _ in 0..count {
                    xml.open("Data", None);
                    for index in 0..u8::try_from(values.len()).unwrap() {
                        xml.value(index, kind);
                    }
                    xml.close();
                }
                xml.close();
                xml.end();
            });
            xml.end();
            xml.bytes
        }
    };
    let hidden = |base: usize| {
        let mut xml = BinXml::new(base);
        xml.open("Event", None);
        xml.text("not read");
        xml.close();
        xml.end();
        xml.bytes
    };
    let long = repeated(&[(1, wide(&"x".repeat(3000)))], 1, 60);
    let list = wide(&"y\0".repeat(100));
    let endless = repeated(&[(0x81, list.clone()), (0x81, list)], 0x81, 40);
    for more in [&long as Fragment<'_>, &endless] {
        let (rows, summary) = read(&log(&[more, more, more, more, &hidden]));
        assert!(rows.len() <= 3, "{}", rows.len());
        assert_eq!(summary.unjudged, 1, "{summary:?}");
        // No other record is rendered unnecessarily, in one chunk or in many.
        assert!(summary.damaged <= 3, "{summary:?}");
        let mut one = chunk_of(1, [more, more, more, more, &hidden]);
        one.resize(CHUNK, 0);
        let (rows, summary) = read(&file(&[&*one; 9].map(<[u8]>::to_vec)));
        assert!(rows.len() <= 6, "{}", rows.len());
        assert_eq!(summary.unjudged, 9, "{summary:?}");
    }
}

/// An element that depends on an absent value is not rendered, and neither is the text in it. A
/// list of texts is rendered as one element per text.
#[test]
fn what_a_template_leaves_out_says_nothing() {
    let outcome = |values: &[(u8, Vec<u8>)], more: fn(&mut BinXml<'_>)| {
        let write = |base: usize| {
            let mut xml = BinXml::new(base);
            xml.instance(values, |xml| {
                xml.open("Event", None);
                xml.open("System", None);
                xml.element("Provider", Some(("Name", "crypt32")), "");
                xml.element("EventID", None, "8");
                xml.depends = Some(0);
                more(xml);
                xml.depends = Some(0xFFFF);
                xml.close();
                xml.open("EventData", None);
                xml.open("Data", None);
                xml.value(1, 0x81);
                xml.close();
                xml.close();
                xml.close();
                xml.end();
            });
            xml.end();
            xml.bytes
        };
        judged(&log(&[&write, &plain])).0.unwrap().outcome
    };
    let list = |text: &str| (0x81, wide(text));
    let (null, strings) = ((0, Vec::new()), list(&format!("{URL}\0{ERROR}\0")));
    let user: fn(&mut BinXml<'_>) = |xml| {
        xml.tag("Security", true);
        xml.attribute("UserID");
        xml.value(0, 19);
        xml.start();
        xml.close();
    };
    assert_eq!(outcome(&[null.clone(), strings.clone()], user), Benign);
    let sid = (19, vec![1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]);
    assert_eq!(outcome(&[sid, strings.clone()], user), Benign);
    for more in [
        format!("{URL}\0{ERROR}\0trojan found\0"),
        format!("{URL}\0{ERROR}\0trojan found"),
        format!("{URL}\0{ERROR}"),
        format!("{URL}\0{ERROR}\0\0"),
    ] {
        assert_eq!(outcome(&[null.clone(), list(&more)], user), Review, "{more:?}");
    }
    let left_out: [fn(&mut BinXml<'_>); 4] = [
        |xml| xml.element("Level", None, "4"),
        |xml| xml.element("Evil", None, "trojan found"),
        |xml| {
            xml.open("System", None);
            xml.element("EventID", None, "4625");
            xml.close();
        },
        |xml| {
            xml.open("Evil", None);
            xml.entity("lt");
            xml.close();
        },
    ];
    for more in left_out {
        assert_eq!(outcome(&[null.clone(), strings.clone()], more), Review);
    }
    // Readers that ignore dependencies show the omitted elements.
    for value in [(4, vec![4]), (6, 4625_u16.to_le_bytes().to_vec()), (15, vec![7; 16])] {
        let values = [null.clone(), strings.clone(), value];
        let inside: [fn(&mut BinXml<'_>); 3] =
            [|xml| shows(xml, "Level"), |xml| shows(xml, "EventID"), |xml| shows(xml, "Evil")];
        for more in inside {
            assert_eq!(outcome(&values, more), Review);
        }
    }
    // A text that only an omitted element shows.
    let values = [null, strings, (1, wide("trojan found"))];
    assert_eq!(outcome(&values, |xml| shows(xml, "Evil")), Review);
}

/// An element that shows the third value of its template.
fn shows(xml: &mut BinXml<'_>, name: &str) {
    xml.open(name, None);
    xml.value(2, 1);
    xml.close();
}

/// Windows writes forwarded events without templates, and writes some characters as entities.
#[test]
fn a_forwarded_event_says_what_it_did_where_it_came_from() {
    let forwarded = |more: fn(&mut BinXml<'_>)| {
        move |base: usize| {
            let mut xml = BinXml::new(base);
            xml.open("Event", Some(("xmlns", NAMESPACE)));
            xml.system("8", "2");
            xml.open("EventData", None);
            xml.element("Data", None, URL);
            xml.element("Data", None, ERROR);
            xml.close();
            xml.open("RenderingInfo", Some(("Culture", "en-US")));
            xml.open("Message", None);
            xml.text(
                "Failed auto update retrieval of third-party root list sequence number from: ",
            );
            xml.entity("lt");
            xml.text(URL);
            xml.entity("gt");
            xml.text(" with error: The server name or address could not be resolved");
            xml.raw(&[8, b'\r', 0]);
            more(&mut xml);
            xml.close();
            xml.element("Level", None, "Error");
            xml.close();
            xml.close();
            xml.end();
            xml.bytes
        }
    };
    let outcome = |write: Fragment<'_>| judged(&log(&[write, &plain])).0.unwrap().outcome;
    assert_eq!(outcome(&forwarded(|_| {})), Benign);
    let more: [fn(&mut BinXml<'_>); 3] =
        [|xml| xml.entity("evil"), |xml| xml.text("\0hidden"), |xml| xml.text("x")];
    for more in more {
        assert_eq!(outcome(&forwarded(more)), Review);
    }
}

/// Bytes after the last token of a record and of a definition.
#[test]
fn nothing_stands_behind_the_last_token() {
    for more in [wide("trojan found"), b"trojan found".to_vec(), vec![0xEE; 8]] {
        let behind = |base: usize| [plain(base), more.clone()].concat();
        check(&behind, false, &|| format!("{more:02x?} behind the record"));
        let behind = |base: usize| {
            let mut xml = BinXml::new(base);
            xml.instance(&values(), |xml| {
                definition(xml);
                xml.bytes.extend(&more);
            });
            xml.end();
            xml.bytes
        };
        check(&behind, false, &|| format!("{more:02x?} behind the definition"));
    }
    // Windows leaves old bytes in the padding of a record. Zeros may be longer.
    for filling in [vec![0xEE; 7], vec![0; 40]] {
        let behind = |base: usize| [plain(base), filling.clone()].concat();
        assert_eq!(judged(&log(&[&behind, &plain])).0.unwrap().outcome, Benign);
    }
}

/// The header of a chunk may hold any values. The record that needs review is found or reported as
/// unjudged.
#[test]
fn no_record_is_lost_by_what_the_header_of_its_chunk_says() {
    let review = |base: usize| {
        let mut xml = BinXml::new(base);
        xml.converted("8", "4", &["http://evil.example/", ERROR]);
        xml.bytes
    };
    let bytes = log(&[&plain, &review, &plain]);
    let plainly = read(&bytes).0;
    assert_eq!(plainly.iter().map(|row| row.outcome).collect::<Vec<_>>(), [Benign, Review, Benign]);
    let mut tried = 0;
    let mut told = |bytes: &[u8], what: &str| {
        let (rows, summary) = read(bytes);
        let reviewed = rows.iter().filter(|row| row.outcome == Review).count();
        assert!(reviewed > 0 || summary.unjudged > 0, "{what}: {rows:?} {summary:?}");
        tried += 1;
    };
    let starts: Vec<usize> = memchr::memmem::find_iter(&bytes, b"**\0\0").collect();
    for at in (HEADER + 8..HEADER + 56).step_by(4) {
        for number in
            (0..200).chain(500..3500).step_by(share(21)).chain([u32::MAX, u32::MAX / 2, 1 << 16])
        {
            let mut other = bytes.clone();
            other[at..at + 4].copy_from_slice(&number.to_le_bytes());
            told(&other, &format!("{number} at {}", at - HEADER));
        }
    }
    // The length, number and signature of the record before it, and then those of the record
    // itself.
    for start in &starts[..2] {
        for at in *start..start + 16 {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[at] ^= 1 << bit;
                told(&other, &format!("bit {bit} of {at}, of the record at {start}"));
            }
        }
        for length in (0..4000_u32).step_by(share(9)) {
            let mut other = bytes.clone();
            other[start + 4..start + 8].copy_from_slice(&length.to_le_bytes());
            told(&other, &format!("length {length} of the record at {start}"));
        }
    }
    println!("{tried} logs");
}

/// XML has no control characters, lone surrogates, or times after the year 9999, so the renderer shows
/// something else. For a boolean it shows any number.
#[test]
fn what_the_renderer_replaces_is_not_benign() {
    let system_time = |parts: [u16; 8]| parts.iter().flat_map(|part| part.to_le_bytes()).collect();
    let cases: [(usize, u8, Vec<u8>, _); 17] = [
        (7, 1, wide("FILE\u{1}SRV"), Review),
        (7, 1, wide("FILE\u{7}\u{1b}[2JSRV"), Review),
        (7, 1, wide("FILE\u{fffe}SRV"), Review),
        (7, 1, vec![b'S', 0, 0, 0xD8, b'E', 0], Review),
        (7, 1, vec![b'S', 0, 0x3D, 0xD8, 0, 0xDE], Benign),
        (7, 2, b"FILE\x01SRV".to_vec(), Review),
        (7, 2, b"FILESRV\0".to_vec(), Benign),
        (5, 17, i64::MAX.to_le_bytes().into(), Review),
        (5, 17, u64::MAX.to_le_bytes().into(), Review),
        (5, 18, system_time([2010, 3, 1, 15, 11, 27, 57, 0]), Benign),
        (5, 18, system_time([2010, 13, 1, 45, 25, 61, 61, 0]), Review),
        (5, 18, system_time([2010, 2, 1, 29, 11, 27, 57, 0]), Review),
        (5, 18, system_time([2010, 3, 1, 15, 24, 0, 0, 0]), Review),
        (5, 18, system_time([10_010, 3, 1, 15, 11, 27, 57, 0]), Review),
        (5, 18, system_time([0; 8]), Review),
        (1, 13, vec![8, 0, 0, 0], Review),
        (3, 13, vec![2, 0, 0, 0], Review),
    ];
    for (index, kind, bytes, expected) in cases {
        let mut values = values();
        values[index] = (kind, bytes.clone());
        let (row, told) = judged(&log(&[&|base| templated(base, &values), &plain]));
        let outcome = row.map(|row| row.outcome);
        assert_eq!((outcome, told), (Some(expected), false), "{index}: {kind} {bytes:02x?}");
    }
    // The same in a text without a template, also as a character of its own.
    for (raw, expected) in [
        (&b"\x05\x01\x01\0S\0"[..], Benign),
        (b"\x05\x01\x02\0\x01\0S\0", Review),
        (b"\x08S\0", Benign),
        (b"\x08\x01\0", Review),
        (b"\x08\x3d\xd8", Review),
    ] {
        let write = |base: usize| {
            let more = |xml: &mut BinXml<'_>| xml.raw(raw);
            // The token after the name of the computer.
            let mut xml = BinXml::with(base, 35, &more);
            xml.converted("8", "2", &[URL, ERROR]);
            xml.bytes
        };
        let (row, told) = judged(&log(&[&write, &plain]));
        assert_eq!((row.map(|row| row.outcome), told), (Some(expected), false), "{raw:02x?}");
    }
}
