"""Real output against the JSON Schemas in docs/, which allow no key that they do not name."""

import json
import sys
import tempfile
import unittest

import captures
import overhear

try:
    import jsonschema
except ImportError:
    print("needs python3-jsonschema")
    sys.exit(77)

DOCS = overhear.ROOT / "docs"
NDJSON = json.loads((DOCS / "ndjson.schema.json").read_text())
JSON = json.loads((DOCS / "json.schema.json").read_text())


def validator(schema):
    with_both = jsonschema.RefResolver.from_schema(schema, store={NDJSON["$id"]: NDJSON})
    return jsonschema.Draft202012Validator(schema, resolver=with_both)


# One schema a kind of record says more about what is wrong than `oneOf` does.
KINDS = {name: validator({"$id": NDJSON["$id"], "$ref": f"#/$defs/{name}", "$defs": NDJSON["$defs"]})
         for name in ("capture", "message", "finding", "event", "room", "session_opened", "session_closed")}


def kind_of(record):
    return f"session_{record['event']}" if record["record"] == "session" else record["record"]


class Schemas(unittest.TestCase):
    def test_schemas_are_schemas(self):
        jsonschema.Draft202012Validator.check_schema(NDJSON)
        jsonschema.Draft202012Validator.check_schema(JSON)

    def test_every_line_of_every_sample(self):
        kinds = set()
        for capture in overhear.SAMPLES:
            for keys in ([], overhear.keys_of(capture)):
                out = overhear.read(capture, "-T", "ndjson", "--events", *keys)
                for line in out.decode().split("\n")[:-1]:
                    record = json.loads(line)
                    kinds.add(kind_of(record))
                    KINDS[kind_of(record)].validate(record)
        self.assertEqual(kinds, set(KINDS))

    def test_a_finding_from_before_the_first_packet(self):
        with tempfile.NamedTemporaryFile() as keys:
            keys.write(b"MCP_KEY deadbeef nonsense\n")
            keys.flush()
            out = overhear.read(overhear.SAMPLES[0], "-T", "ndjson", "--keylog", keys.name)
            document = overhear.read(overhear.SAMPLES[0], "-T", "json", "--keylog", keys.name)
        finding = overhear.records(out)[1]
        self.assertEqual(finding["code"], "file.key_log")
        KINDS["finding"].validate(finding)
        validator(JSON).validate(json.loads(document))

    def test_a_header_of_the_proxy_protocol(self):
        header = b"PROXY TCP4 192.0.2.7 192.0.2.1 51234 9000\r\n"
        said = b'{"type":"message","data":{"message":"from behind"}}'
        data = captures.capture(("client", header), ("client", said))
        out = overhear.run("read", "-", "-T", "ndjson", "--events", stdin=data).out
        records = [json.loads(line) for line in out.decode().splitlines()]
        self.assertIn("proxy", [record.get("layer") for record in records])
        for record in records:
            KINDS[kind_of(record)].validate(record)

    def test_the_line_schema_takes_one_record_of_each_kind(self):
        one = validator(NDJSON)
        for line in overhear.read(overhear.SAMPLES[0], "-T", "ndjson", "--events").decode().split("\n")[:40]:
            one.validate(json.loads(line))

    def test_every_document(self):
        whole = validator(JSON)
        for capture in overhear.SAMPLES:
            for events in ([], ["--events"]):
                with self.subTest(capture.stem, events=events):
                    out = overhear.read(capture, "-T", "json", *events, *overhear.keys_of(capture))
                    document = json.loads(out)
                    whole.validate(document)
                    self.assertEqual("events" in document, bool(events))

    def test_document_and_lines_hold_the_same_records(self):
        for capture in overhear.SAMPLES:
            with self.subTest(capture.stem):
                keys = overhear.keys_of(capture)
                lines = [json.loads(line) for line in
                         overhear.read(capture, "-T", "ndjson", "--events", *keys).decode().split("\n")[:-1]]
                document = json.loads(overhear.read(capture, "-T", "json", "--events", *keys))
                self.assertEqual([document["capture"]], [one for one in lines if one["record"] == "capture"])
                for name, kinds in (("messages", ["message"]), ("findings", ["finding"]), ("events", ["event", "room"])):
                    self.assertEqual(document[name], [one for one in lines if one["record"] in kinds])
                self.assertEqual(document["sessions"], [one for one in lines if kind_of(one) == "session_closed"])

    def test_a_key_that_is_not_named_is_refused(self):
        record = {"record": "capture", "schema": "overhear/1", "source": "x"}
        validator(NDJSON).validate(record)
        with self.assertRaises(jsonschema.ValidationError):
            validator(NDJSON).validate(record | {"more": 1})

    def test_a_record_about_a_room_says_how_many_are_in_it_and_one_about_none_does_not(self):
        login = {"record": "room", "session": 1, "time": "2026-11-21T04:18:16.020851722Z", "server": "127.0.0.1:3072", "protocol": "mcp",
                 "event": "logged_in", "user": "alice"}
        KINDS["room"].validate(login)
        KINDS["room"].validate(login | {"room": "2", "members": 1})
        for half in ({"room": "2"}, {"members": 1}):
            with self.assertRaises(jsonschema.ValidationError):
                KINDS["room"].validate(login | half)

    def test_keys_come_in_the_order_of_the_schema(self):
        for capture in overhear.SAMPLES:
            out = overhear.read(capture, "-T", "ndjson", "--events", *overhear.keys_of(capture))
            for line in out.decode().split("\n")[:-1]:
                record = json.loads(line)
                order = list(NDJSON["$defs"][kind_of(record)]["properties"])
                self.assertEqual(list(record), [key for key in order if key in record])


if __name__ == "__main__":
    unittest.main()
