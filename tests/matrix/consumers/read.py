"""Each line of standard input is a JSON string that holds a record of the kind that the argument names;
each line of the output is a list of what readers make of it: JSON by the last and by the first of equal
keys, XML by its elements, CSV by its rows."""

import csv
import io
import json
import sys
import xml.etree.ElementTree as tree


def first(pairs):
    found = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


def read_json(record):
    return [json.dumps(json.loads(record)), json.dumps(json.loads(record, object_pairs_hook=first))]


def read_xml(record):
    space = "http://schemas.microsoft.com/win/2004/08/events/event"
    tree.register_namespace("", space)
    return [tree.tostring(tree.fromstring(record), encoding="unicode")]


def read_csv(record):
    head, lines = "", record
    if record.startswith("#TYPE "):
        head, lines = record.split("\n", 1)
        head += "\n"
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(csv.reader(io.StringIO(lines, newline=""), strict=True))
    return [head + out.getvalue()]


read = {"json": read_json, "xml": read_xml, "csv": read_csv}[sys.argv[1]]
for line in sys.stdin:
    print(json.dumps(read(json.loads(line))))
