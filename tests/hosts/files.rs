//! All files of `make build`: their sizes, and content that they must not have.

use std::{env, fmt::Write, fs};

use crate::driver;

/// The modules, and the maximum size of each in bytes.
const MODULES: [(&str, usize); 8] = [
    ("filter", 245_000),
    ("connect", 390_000),
    ("bento", 390_000),
    ("redpanda_tag", 390_000),
    ("redpanda_drop", 390_000),
    ("debezium_drop", 240_000),
    ("debezium_review", 240_000),
    ("plain", 425_000),
];
const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hosts/sizes.snap");

/// Recorded sizes change only on purpose: `BLESS=1 make test-module`. Builds of different machines
/// differ by a few bytes.
#[test]
fn are_as_large_as_recorded_and_not_too_large() {
    let mut sizes = String::new();
    for (name, most) in MODULES {
        let size = driver::file(name).len();
        assert!(size <= most, "{name}: {size} bytes are more than {most}");
        writeln!(sizes, "{name} {size}").expect("memory");
    }
    if env::var_os("BLESS").is_some() {
        fs::write(SNAPSHOT, &sizes).expect("the snapshot can be written");
    }
    let recorded = fs::read_to_string(SNAPSHOT).expect("recorded sizes");
    assert_eq!(recorded.lines().count(), MODULES.len());
    for (now, then) in sizes.lines().zip(recorded.lines()) {
        let of = |line: &str| {
            let (name, size) = line.split_once(' ').expect("a name and a size");
            (name.to_owned(), size.parse::<usize>().expect("a size"))
        };
        let ((now_name, now_size), (then_name, then_size)) = (of(now), of(then));
        assert_eq!(now_name, then_name);
        let differs = now_size.abs_diff(then_size);
        assert!(differs * 200 <= then_size, "{now}, recorded {then}; if meant so: BLESS=1");
    }
}

#[test]
fn say_nothing_about_the_machine_that_built_them() {
    // The folder of a registry is named after its host.
    let registry = ["index", "crates"].join(".");
    let secrets = ["/rustc/", "/home/", "/root/", ".cargo", &registry, "src/record"];
    for (name, _) in MODULES {
        let bytes = driver::file(name);
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{name} contains {secret}");
        }
    }
}
