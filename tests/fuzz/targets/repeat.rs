#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| crypt32_filter_fuzz::run("repeat", data));
