"""-Y: what it shows of real captures, held against the same question asked of the unfiltered export, and its errors."""

import base64
import json
import re
import unittest

import overhear

MCP = overhear.ROOT / "samples/mcp-session.pcapng"
JAVACAT = overhear.ROOT / "samples/mcp-javacat.pcapng"
WEBSOCKET = overhear.ROOT / "samples/gradagenda-ws.pcapng"


def at(value, *path):
    """What stands there in a body, or None."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            return None
    return value


def findings(record):
    """All findings of a record: its own, its actions', or itself."""
    if record["record"] == "finding":
        return [record]
    return record.get("findings", []) + [one for action in record.get("actions", []) for one in action.get("findings", [])]


def body(record, *path):
    return at(record.get("body"), *path)


def record_name(record):
    """Enough to tell records apart, and short."""
    return tuple(record.get(key) for key in ("record", "session", "number", "time", "type", "code"))


def wire(record):
    return record["body_text"].encode() if "body_text" in record else base64.b64decode(record.get("body_base64", ""))


def is_message(record):
    return record["record"] == "message"


WORST = ["note", "warning", "error"]

# A filter, and what it asks of a record.
QUESTIONS = {
    "record == message": is_message,
    "protocol == mcp && record == message": lambda r: is_message(r) and r["protocol"] == "mcp",
    "protocol in {scrp, cchat} && type": lambda r: r.get("protocol") in ("scrp", "cchat") and "type" in r,
    "session in {1, 3} && number > 4 && type": lambda r: r.get("session") in (1, 3) and r.get("number", 0) > 4 and "type" in r,
    "direction == server and size >= 100": lambda r: r.get("direction") == "server" and r.get("size", 0) >= 100,
    "latency > 100us": lambda r: r.get("latency_ns", 0) > 100_000,
    "latency in {0s..100us}": lambda r: 0 <= r.get("latency_ns", -1) <= 100_000,
    "reply_to": lambda r: "reply_to" in r,
    "encrypted": lambda r: r.get("encrypted", False),
    "!encrypted && decrypted": lambda r: "decrypted" in r and not r.get("encrypted", False),
    "id == 1": lambda r: r.get("id") == "1",
    "packet in {10..20}": lambda r: any(10 <= packet <= 20 for packet in r.get("packets", [])),
    "finding.severity >= warning": lambda r: any(WORST.index(one["severity"]) >= 1 for one in findings(r)),
    "finding.severity == note": lambda r: any(one["severity"] == "note" for one in findings(r)),
    "finding.code matches \"^app[.]\"": lambda r: any(re.match("app[.]", one["code"]) for one in findings(r)),
    "finding.field == /data/room": lambda r: any(one.get("field") == "/data/room" for one in findings(r)),
    "!finding && record == message": lambda r: is_message(r) and not findings(r),
    "record == finding && session": lambda r: r["record"] == "finding" and "session" in r,
    "type contains a": lambda r: is_message(r) and "a" in r.get("type", ""),
    "type matches \"^(room|message)[.]\"": lambda r: bool(re.match("(room|message)[.]", r.get("type", ""), re.I)),
    "type != response": lambda r: is_message(r) and r.get("type", "response") != "response",
    "not type": lambda r: not is_message(r) or "type" not in r,
    "body.data.room == 1": lambda r: body(r, "data", "room") == 1 and body(r, "data", "room") is not True,
    "body.data.room == two": lambda r: body(r, "data", "room") == "two",
    "body.data[0].name == Lobby": lambda r: body(r, "data", 0, "name") == "Lobby",
    "body.data[*].room": lambda r: any(isinstance(one, dict) and "room" in one
                                       for one in (body(r, "data") if isinstance(body(r, "data"), list) else [])),
    "body.err == 900": lambda r: body(r, "err") == 900,
    "body.resp_id > 5": lambda r: isinstance(body(r, "resp_id"), int) and body(r, "resp_id") > 5,
    "body.message.body contains e": lambda r: isinstance(body(r, "message", "body"), str) and "e" in body(r, "message", "body"),
    "body contains \"\\\"type\\\"\"": lambda r: b"\"type\"" in wire(r),
    "action.type": lambda r: any("type" in action for action in r.get("actions", [])),
    "content contains a": lambda r: "a" in r.get("content", ""),
    "client.port < 40000 && type": lambda r: is_message(r) and "type" in r and int(overhear.client_of(r).rsplit(":")[-1]) < 40000,
    "src == 127.0.0.1 && type": lambda r: is_message(r) and "type" in r and r["src"].startswith("127.0.0.1:"),
    "(type == a || direction == client) ^^ size < 100": lambda r: (r.get("type") == "a" or r.get("direction") == "client")
                                                                  != (r.get("size", 100) < 100),
}


class Answers(unittest.TestCase):
    def test_a_filter_shows_what_the_export_says(self):
        asked = dict.fromkeys(QUESTIONS, 0)
        for capture, keys in [(one, overhear.keys_of(one)) for one in overhear.SAMPLES] + [(MCP, [])]:
            header, *every = overhear.records(overhear.read(capture, *keys, "-T", "ndjson"))
            for text, question in QUESTIONS.items():
                shown = overhear.records(overhear.read(capture, *keys, "-T", "ndjson", "-Y", text))
                expected = [record for record in every if question(record)]
                asked[text] += len(expected)
                with self.subTest(capture.stem, filter=text):
                    self.assertEqual(*([record_name(one) for one in records] for records in (shown, [header, *expected])))
                    self.assertEqual(shown == [header, *expected], True)
        self.assertEqual([text for text, answers in asked.items() if answers == 0], [], "no sample answers these")

    def test_times_are_those_of_the_export(self):
        _, *every = overhear.records(overhear.read(MCP, "-T", "ndjson"))
        middle = every[len(every) // 2]["time"]
        for relation, holds in (("==", str.__eq__), (">=", str.__ge__), ("<", str.__lt__)):
            _, *shown = overhear.records(overhear.read(MCP, "-T", "ndjson", "-Y", f"time {relation} {middle}"))
            self.assertEqual(shown, [record for record in every if "time" in record and holds(record["time"], middle)])

    def test_the_timeline_shows_the_same_lines_with_the_same_seconds(self):
        every = overhear.read(MCP, *overhear.keys_of(MCP)).decode().splitlines()
        shown = overhear.read(MCP, *overhear.keys_of(MCP), "-Y", "type == Room.Join").decode().splitlines()
        lines = [line for line in shown if re.match(r" +\d+\.\d+ ", line)]
        self.assertGreater(len(lines), 1)
        self.assertLess(len(lines), len(every))
        for line in lines:
            columns = line.split()[:2]
            self.assertIn(columns, [other.split()[:2] for other in every])

    def test_relative_time_is_what_the_timeline_shows(self):
        every = overhear.read(MCP, *overhear.keys_of(MCP)).decode()
        name, seconds = re.findall(r"^ +(\d+\.\d+) +(\d+\.\d+)", every, re.MULTILINE)[5]
        low, high = float(seconds) - 1e-6, float(seconds) + 1e-6
        shown = overhear.read(MCP, *overhear.keys_of(MCP), "-Y", f"time.relative in {{{low:.6f}s..{high:.6f}s}}").decode()
        self.assertIn(f"{name}   {seconds}", shown)

    def test_events_and_sessions_are_shown_where_they_match(self):
        def events(*arguments):
            return overhear.records(overhear.read(WEBSOCKET, "-T", "ndjson", "--events", *arguments))[1:]
        every = events()
        self.assertEqual(events("-Y", "event == upgrade"), [one for one in every if one.get("event") == "upgrade"])
        self.assertEqual(events("-Y", "record == session"), [one for one in every if one["record"] == "session"])
        self.assertEqual(events("-Y", "event.layer == ws"), [one for one in every if one.get("layer") == "ws"])

    def test_the_document_lists_the_sessions_of_what_is_shown(self):
        document = json.loads(overhear.read(WEBSOCKET, "-T", "json", "-Y", "message == 1.3"))
        self.assertEqual([(one["session"], one["number"]) for one in document["messages"]], [(1, 3)])
        self.assertEqual([one["session"] for one in document["sessions"]], [1])
        self.assertEqual(document["findings"], [])

    def test_nothing_matches_and_nothing_is_said(self):
        self.assertEqual(overhear.read(MCP, "-Y", "size > 99999999"), b"")

    def test_with_chosen_sessions_both_must_hold(self):
        _, *shown = overhear.records(overhear.read(WEBSOCKET, "-T", "ndjson", "--session", "1", "-Y", "number == 3"))
        self.assertEqual([(one["session"], one["number"]) for one in shown], [(1, 3)])


class Mistakes(unittest.TestCase):
    def refused(self, text, *arguments):
        done = overhear.run(*(arguments or ("read", MCP)), "-Y", text)
        self.assertEqual((done.status, done.out), (2, b""), done.err)
        first, second = done.err.splitlines()
        return first, second

    def test_the_place_is_marked(self):
        for text, place, meant in (("protocl == mcp", 0, "protocol"), ("user && protocol == mpc", 20, "mcp"),
                                   ("\u6f22\u5b57 == 1", 0, None), ("user == \"\u6f22\" && roum", 16, "room"), ("user ==", 7, None)):
            first, second = self.refused(text)
            start = len("overhear: -Y: ")
            self.assertEqual(first, "overhear: -Y: " + text)
            # A wide character takes two columns.
            self.assertEqual(second.index("^"), start + place, second)
            if meant:
                self.assertIn(f"did you mean {meant}?", second)

    def test_a_long_filter_is_shown_around_the_place(self):
        text = " && ".join(["session == 1"] * 200 + ["sesion == 1"] + ["session == 1"] * 200)
        first, second = self.refused(text)
        self.assertLess(len(first), 160)
        self.assertEqual(first[second.index("^"):][:6], "sesion")

    def test_nothing_in_it_acts_on_the_terminal(self):
        first, second = self.refused("user == \x1b[2J\n\x9b")
        self.assertNotRegex(first + second, "[\x00-\x1f\x7f-\x9f]")

    def test_it_is_refused_before_anything_is_opened(self):
        self.refused("bogus", "read", "/nonexistent")
        self.refused("bogus", "live", "-i", "nonexistent0")

    def test_packets_of_some_messages_are_not_written(self):
        done = overhear.run("read", MCP, "-Y", "user", "-w", "/nonexistent/new")
        self.assertEqual((done.status, done.err.count("\n")), (2, 1))
        self.assertIn("--session", done.err)


class Fields(unittest.TestCase):
    def test_every_field_is_listed_with_its_meaning(self):
        text = overhear.run("fields").out.decode()
        for one in json.loads(overhear.run("fields", "--json").out):
            self.assertRegex(text, rf"(?m)^  {re.escape(one['name'])} +{one['type']} ")
        self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_every_example_is_accepted(self):
        for one in json.loads(overhear.run("fields", "--json").out):
            overhear.read(MCP, "-Y", one["example"])


if __name__ == "__main__":
    unittest.main()
