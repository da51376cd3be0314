"""overhear stats against a count of read's NDJSON that knows nothing of it."""

import collections
import datetime
import fcntl
import json
import os
import pathlib
import pty
import re
import struct
import tempfile
import termios
import unittest

import captures
import overhear

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = json.loads((overhear.ROOT / "docs/stats.schema.json").read_text())
MCP = overhear.ROOT / "samples/mcp-session.pcapng"


def stats(capture, *arguments, **options):
    done = overhear.run("stats", capture, "--json", *arguments, **options)
    assert (done.status, done.err) == (0, ""), done
    document = json.loads(done.out)
    if jsonschema:
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def nanoseconds(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc).timestamp()
    return int(seconds) * 10**9 + int(fraction)


def nearest_rank(values, per_mille):
    return sorted(values)[max(1, -(-len(values) * per_mille // 1000)) - 1]


def on_a_terminal(columns, *arguments):
    """What the program shows on a terminal of this width, without its colors."""
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        os.execv(overhear.BINARY, [overhear.BINARY, *map(str, arguments)])
    out = b""
    try:
        while chunk := os.read(terminal, 65536):
            out += chunk
    except OSError:  # its end on Linux
        pass
    os.close(terminal)
    os.waitpid(pid, 0)
    return re.sub("\x1b\\[[0-9;]*m", "", out.decode()).replace("\r", "")


class Counts(unittest.TestCase):
    def check_distribution(self, shown, values):
        if not values:
            self.assertIsNone(shown)
            return
        self.assertEqual((shown["count"], shown["min"], shown["max"], shown["mean"]),
                         (len(values), min(values), max(values), sum(values) // len(values)))
        for key, per_mille in ("p50", 500), ("p90", 900), ("p95", 950), ("p99", 990):
            truth = nearest_rank(values, per_mille)
            self.assertAlmostEqual(shown[key], truth, delta=truth / 100)

    def read(self, capture):
        keys = overhear.keys_of(capture)
        return overhear.records(overhear.read(capture, "-T", "ndjson", "--events", *keys)), stats(capture, *keys)

    def test_totals_and_time(self):
        for capture in overhear.SAMPLES:
            with self.subTest(capture.stem):
                records, shown = self.read(capture)
                messages = [one for one in records if one["record"] == "message"]
                times = [nanoseconds(one["time"]) for one in messages]
                self.assertEqual((shown["messages"], shown["bytes"]), (len(messages), sum(one["size"] for one in messages)))
                self.assertEqual(shown["sessions"], sum(one.get("event") == "closed" and one["record"] == "session" for one in records))
                self.assertEqual(shown["first"], messages[0]["time"])
                self.assertEqual(shown["duration_ns"], max(times) - times[0])
                series = shown["over_time"]
                expected = collections.Counter((time - times[0]) // series["interval_ns"] for time in times)
                self.assertEqual(series["messages"], [expected[i] for i in range(max(expected) + 1)])
                sizes = collections.Counter()
                for one, time in zip(messages, times):
                    sizes[(time - times[0]) // series["interval_ns"]] += one["size"]
                self.assertEqual(series["bytes"], [sizes[i] for i in range(max(expected) + 1)])

    def test_protocols_and_types(self):
        for capture in overhear.SAMPLES:
            with self.subTest(capture.stem):
                records, shown = self.read(capture)
                messages = [one for one in records if one["record"] == "message"]
                # An answer to a batch is one to an action in it, of which the record does not say the type.
                batches = [one for one in messages if "actions" in one]
                in_batches = {one.get("type", "") for batch in batches for one in [batch, *batch["actions"]]}
                asked = {(one["session"], one["number"]): one.get("type", "") for one in messages}
                by_type = {(one["protocol"], one.get("type", "")): one for one in shown["types"]}
                kinds = {(one["protocol"], one.get("type", "")) for one in messages}
                self.assertEqual(set(by_type), kinds)
                for protocol, kind in kinds:
                    of_kind = [one for one in messages if (one["protocol"], one.get("type", "")) == (protocol, kind)]
                    row = by_type[protocol, kind]
                    self.assertEqual((row["messages"], row["bytes"]), (len(of_kind), sum(one["size"] for one in of_kind)))
                    self.check_distribution(row.get("size"), [one["size"] for one in of_kind])
                    if kind in in_batches:
                        continue
                    self.check_distribution(row.get("latency_ns"), [
                        one["latency_ns"] for one in messages
                        if one["protocol"] == protocol and "reply_to" in one and asked[one["session"], one["reply_to"]] == kind])
                for row in shown["protocols"]:
                    of_it = [one for one in messages if one["protocol"] == row["protocol"]]
                    self.assertEqual(row["messages"], len(of_it))
                    self.assertEqual(row["client"], sum(one["direction"] == "client" for one in of_it))
                    self.assertEqual(row["server"], sum(one["direction"] == "server" for one in of_it))
                    self.assertEqual(row["bytes"], sum(one["size"] for one in of_it))
                    self.check_distribution(row.get("latency_ns"), [one["latency_ns"] for one in of_it if "latency_ns" in one])

    def test_talkers_heartbeats_and_findings(self):
        for capture in overhear.SAMPLES:
            with self.subTest(capture.stem):
                records, shown = self.read(capture)
                messages = [one for one in records if one["record"] == "message"]
                self.assertEqual(sum(one["messages"] for one in shown["talkers"]), len(messages))
                self.assertEqual(sum(one["bytes"] for one in shown["talkers"]), sum(one["size"] for one in messages))
                counts = [one["messages"] for one in shown["talkers"]]
                self.assertEqual(counts, sorted(counts, reverse=True))
                by_server = collections.Counter(one["src"] for one in messages if one["direction"] == "server")
                self.assertLessEqual(by_server.items(), {one["name"]: one["messages"] for one in shown["talkers"]}.items())
                last, intervals = {}, collections.defaultdict(list)
                for one in records:
                    is_beat = one.get("type") == "Heartbeat.Ping"
                    if is_beat or (one.get("layer"), one.get("event")) == ("ws", "ping"):
                        name = "mcp Heartbeat.Ping" if is_beat else "ws ping"
                        sender = one["session"], one["direction"]
                        intervals[name] += [nanoseconds(one["time"]) - last[sender]] if sender in last else []
                        last[sender] = nanoseconds(one["time"])
                self.assertEqual({one["heartbeat"] for one in shown["heartbeats"]}, set(intervals))
                for one in shown["heartbeats"]:
                    self.check_distribution(one.get("interval_ns"), intervals[one["heartbeat"]])
                found = collections.Counter()
                for one in records:
                    own = [one] if one["record"] == "finding" else one.get("findings", [])
                    for action in one.get("actions", []):
                        own = own + action.get("findings", [])
                    found.update((each["severity"], each["code"]) for each in own)
                self.assertEqual({(one["severity"], one["code"]): one["count"] for one in shown["findings"]}, dict(found))

    def test_a_filter_chooses_what_is_counted(self):
        keys = overhear.keys_of(MCP)
        chosen = stats(MCP, *keys, "-Y", "session == 2 && direction == server")
        messages = [one for one in overhear.records(overhear.read(MCP, "-T", "ndjson", *keys)) if one["record"] == "message"]
        self.assertEqual(chosen["messages"], sum((one["session"], one["direction"]) == (2, "server") for one in messages))
        self.assertEqual(chosen["sessions"], 1)


class Command(unittest.TestCase):
    def test_an_empty_capture_has_no_numbers(self):
        shown = stats("-", stdin=captures.header())
        self.assertEqual((shown["messages"], shown["types"]), (0, []))
        self.assertNotIn("first", shown)
        done = overhear.run("stats", "-", stdin=captures.header())
        self.assertEqual((done.status, done.out), (0, b"-: 0 messages, 0 B, 0 sessions\n"))

    def test_text_fits_in_100_columns_and_tells_the_same(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            out = overhear.run("stats", capture, *keys).out.decode()
            self.assertLessEqual(max(map(len, out.splitlines())), 100)
            shown = stats(capture, *keys)
            self.assertTrue(out.startswith(f"{capture.name}: {shown['messages']} message"))
            for protocol in shown["protocols"]:
                self.assertRegex(out, rf"(?m)^  {protocol['protocol']} +{protocol['messages']} ")
            for code in shown["findings"]:
                self.assertRegex(out, rf"(?m)^  {code['code']} +{code['count']} ")

    def test_text_fits_into_narrow_terminals_too(self):
        for columns in (80, 90, 100, 160):
            for capture in overhear.SAMPLES:
                lines = on_a_terminal(columns, "stats", capture, *overhear.keys_of(capture)).splitlines()
                self.assertLessEqual(max(map(len, lines)), columns, (columns, capture.name))

    def test_top_says_how_many_lines(self):
        out = overhear.run("stats", MCP, "--top", "2", *overhear.keys_of(MCP)).out.decode()
        more = len(stats(MCP, *overhear.keys_of(MCP))["types"]) - 2
        self.assertIn(f"and {more} more types (--top)", out)

    def test_nothing_from_the_wire_acts_on_the_terminal(self):
        name = json.dumps("\x1b]0;x\x07\u202e")
        data = captures.capture(("client", ('{"type":"command","data":{"command":%s,"parameters":{}}}' % name).encode()),
                                ("client", b'{"type":"command","data":{"command":"\x1b[31m","parameters":{}}}'))
        for arguments in [], ["--json"]:
            out = overhear.run("stats", "-", *arguments, stdin=data).out.decode()
            self.assertNotRegex(out, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")

    def test_failures_have_their_status(self):
        for arguments, status in ([], 2), (["no-such-file"], 3), ([MCP, "-Y", "nosuch"], 2), ([MCP, "--top", "0"], 2), \
                ([MCP, "-o", "/no/such/folder/x"], 4):
            done = overhear.run("stats", *arguments)
            self.assertEqual((done.status, done.out, done.err.count("\n") > 0), (status, b"", True))

    def test_o_writes_what_standard_output_would_show(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "numbers"
            self.assertEqual(overhear.run("stats", MCP, "-o", path).out, b"")
            self.assertEqual(path.read_bytes(), overhear.run("stats", MCP).out)


if __name__ == "__main__":
    unittest.main()
