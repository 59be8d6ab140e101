//! The samples of the JSON shapes, as values that can be changed.

use super::tree::{self, Tree, Value};

/// A value under construction.
#[derive(Clone, Debug)]
pub enum Json {
    /// Written unchanged.
    Raw(String),
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

/// Converts a tree to a value that can be changed. The samples are shallow.
pub fn made(tree: &Tree, node: usize, source: &str) -> Json {
    match tree.value(node) {
        Value::Map(members) => Json::Map(
            members
                .iter()
                .map(|m| (String::from_utf8_lossy(&m.key).into_owned(), made(tree, m.node, source)))
                .collect(),
        ),
        Value::List(items) => Json::List(items.iter().map(|i| made(tree, *i, source)).collect()),
        Value::Text(text) => Json::Text(String::from_utf8_lossy(text).into_owned()),
        _ => Json::Raw(source[tree.nodes[node].span.clone()].to_owned()),
    }
}

/// The samples that are JSON, by id.
const SHAPES: [&str; 28] = [
    "winlogbeat5",
    "winlogbeat1.0",
    "winlogbeat8-ecs",
    "winlogbeat7-ecs-int",
    "ecs-es-hit",
    "nxlog-mseventlog",
    "nxlog-msvistalog",
    "fluentbit-winlog",
    "fluentbit-winevtlog",
    "fluentbit-winevtlog-nomsg",
    "fluentd-old",
    "fluentd2-default",
    "otel-v1",
    "otel-v2",
    "vector",
    "promtail/alloy",
    "wmi-ntlogevent",
    "evtx_dump",
    "evtx_dump-old-data",
    "wazuh-eventchannel",
    "datadog",
    "ps-geteventlog-json",
    "nodesc-nxlog",
    "nm-id7",
    "nm-id11",
    "nm-capi2-8",
    "nm-sysmon-8",
    "nm-system-channel",
];

/// The samples as values.
pub fn shapes() -> Vec<(String, Json)> {
    let samples = include_str!("../fixtures/records.jsonl");
    let rows: Vec<serde_json::Value> =
        samples.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    let shape = |id: &&str| {
        let row = rows.iter().find(|row| row["id"] == **id).expect("a sample");
        let payload = row["payload"].as_str().expect("text");
        let tree = tree::parse(payload.as_bytes()).expect("JSON");
        ((*id).to_owned(), made(&tree, 0, payload))
    };
    SHAPES.iter().map(shape).collect()
}
