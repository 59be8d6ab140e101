//! Writes ZIP archives for tests.

use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};
use rawzip::{CompressionMethod, ZipArchiveWriter};

/// An archive with these files. Names that end in a slash are folders.
pub fn archive(method: CompressionMethod, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut zip = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in files {
        if name.ends_with('/') {
            zip.new_dir(name).create().unwrap();
            continue;
        }
        let (mut entry, config) = zip.new_file(name).compression_method(method).start().unwrap();
        let mut writer = config.wrap(Vec::new());
        writer.write_all(content).unwrap();
        let (stored, descriptor) = writer.finish().unwrap();
        if method == CompressionMethod::DEFLATE {
            let mut packed = DeflateEncoder::new(&mut entry, Compression::default());
            packed.write_all(&stored).unwrap();
            packed.finish().unwrap();
        } else {
            entry.write_all(&stored).unwrap();
        }
        entry.finish(descriptor).unwrap();
    }
    zip.finish().unwrap();
    bytes
}
