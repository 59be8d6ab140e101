//! Compares ClickHouse's functions with the native filter, block by block.

use crypt32_filter::policy::{Action, Policy};

use crate::{driver::Host, native, samples, text_rendered};

/// A column of strings in `RowBinary`.
pub fn block(rows: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut block = Vec::new();
    for row in rows {
        let row = row.as_ref();
        let mut length = row.len();
        while length >= 0x80 {
            block.push(u8::try_from(length & 0x7F).expect("7 bits") | 0x80);
            length >>= 7;
        }
        block.push(u8::try_from(length).expect("7 bits"));
        block.extend_from_slice(row);
    }
    block
}

impl Host {
    /// Calls a function with a block like ClickHouse; `None` if there is too little memory.
    pub fn column(&mut self, function: &str, block: &[u8], rows: u32) -> Option<Vec<u8>> {
        let size = u32::try_from(block.len()).expect("32 bits");
        let buffer: u32 = self.run("clickhouse_create_buffer", size);
        if buffer == 0 {
            return None;
        }
        let data = self.data(buffer);
        assert_eq!(data.len(), block.len());
        self.memory.write(&mut self.store, data.start, block).expect("within memory");
        let result: u32 = self.run(function, (buffer, rows));
        let bytes = (result != 0).then(|| {
            let data = self.data(result);
            self.memory.data(&self.store)[data].to_vec()
        });
        self.run::<_, ()>("clickhouse_destroy_buffer", buffer);
        if result != 0 {
            self.run::<_, ()>("clickhouse_destroy_buffer", result);
        }
        bytes
    }

    /// The position of a buffer's bytes.
    fn data(&self, buffer: u32) -> core::ops::Range<usize> {
        let memory = self.memory.data(&self.store);
        let word = |at: u32| {
            let at = at as usize;
            u32::from_le_bytes(memory[at..at + 4].try_into().expect("4 bytes")) as usize
        };
        let start = word(buffer);
        start..start + word(buffer + 4)
    }
}

/// The words in a column of strings.
pub fn words(column: &[u8]) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = column;
    while let Some((&length, after)) = rest.split_first() {
        let (word, after) = after.split_at(usize::from(length));
        words.push(String::from_utf8(word.to_vec()).expect("a word"));
        rest = after;
    }
    words
}

#[test]
fn every_sample_gets_the_answer_of_the_native_filter() {
    let mut host = Host::new();
    let mut rows: Vec<Vec<u8>> =
        samples().into_iter().map(|(_, record)| record.into_bytes()).collect();
    // The functions for ClickHouse decode escapes, like the stream filter.
    let (id, hidden) = ("crypt32", "\\u0063rypt32");
    let escaped = String::from_utf8(rows[0].clone()).expect("text").replace(id, hidden);
    assert!(escaped.contains(hidden));
    rows.push(escaped.into_bytes());
    rows.push(text_rendered("A connection with the server could not be established", "8").into());
    rows.extend([vec![], b"crypt32".to_vec(), vec![0xFF; 300], vec![b'{'; 70_000]]);
    let count = u32::try_from(rows.len()).expect("few");
    let benign = host.column("crypt32_benign", &block(&rows), count).expect("memory");
    let verdicts = host.column("crypt32_verdict", &block(&rows), count).expect("memory");
    let verdicts = words(&verdicts);
    assert_eq!((benign.len(), verdicts.len()), (rows.len(), rows.len()));
    for ((row, benign), verdict) in rows.iter().zip(benign).zip(verdicts) {
        let drop = Policy { action: Action::Drop, ..Policy::default() };
        let shown = String::from_utf8_lossy(row);
        assert_eq!(benign == 1, native(drop, row).is_none(), "{shown}");
        let tagged = native(Policy::default(), row).expect("kept");
        let tagged = String::from_utf8_lossy(&tagged).into_owned();
        let word = ["benign", "review"]
            .into_iter()
            .find(|word| tagged.contains(&format!("{{\"verdict\":\"{word}\"")));
        match word {
            Some(word) => assert_eq!(verdict, word, "{shown}"),
            // Text has no place for a tag.
            None => assert!(benign == 0 || verdict == "benign", "{verdict}: {shown}"),
        }
    }
}

#[test]
fn odd_blocks_give_as_many_answers_as_rows() {
    let mut host = Host::new();
    let sample = samples().swap_remove(0).1.into_bytes();
    let whole = block(&[sample.clone(), sample.clone()]);
    let unrelated = |n| vec!["unrelated"; n];
    for (block, rows, expected) in [
        (&whole[..], 2, vec!["benign", "benign"]),
        (&whole, 1, vec!["benign"]),
        (&whole, 3, vec!["benign", "benign", "unrelated"]),
        (&whole[..whole.len() - 1], 2, vec!["benign", "unrelated"]),
        (&[], 0, vec![]),
        (&[], 3, unrelated(3)),
        (&[0xFF; 64], 2, unrelated(2)),
        (&[0x80], 1, unrelated(1)),
    ] {
        let column = host.column("crypt32_verdict", block, rows).expect("memory");
        assert_eq!(words(&column), expected);
        let column = host.column("crypt32_benign", block, rows).expect("memory");
        let flags: Vec<u8> = expected.iter().map(|word| u8::from(*word == "benign")).collect();
        assert_eq!(column, flags);
    }
    // There is too little memory for so many results, so the query fails without any result.
    assert_eq!(host.column("crypt32_verdict", &whole, u32::MAX), None);
    assert_eq!(host.run::<_, u32>("crypt32_benign", (0_u32, 1_u32)), 0);
    host.run::<_, ()>("clickhouse_destroy_buffer", 0_u32);
    let column = host.column("crypt32_benign", &whole, 2).expect("memory");
    assert_eq!(column, [1, 1]);
}

#[test]
fn blocks_leave_nothing_behind() {
    let mut host = Host::new();
    let rows: Vec<Vec<u8>> =
        samples().into_iter().map(|(_, record)| record.into_bytes()).cycle().take(500).collect();
    let block = block(&rows);
    let mut sizes = Vec::new();
    for i in 0..60 {
        host.column(["crypt32_benign", "crypt32_verdict"][i % 2], &block, 500).expect("memory");
        sizes.push(host.memory_size());
    }
    assert_eq!(sizes[5], sizes[59]);
}
