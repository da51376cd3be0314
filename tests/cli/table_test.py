"""-T fields and -T csv: tshark's -e and -E, CSV that Python's reader takes, masks, and mistakes that are pointed at."""

import csv
import io
import json
import unittest

import captures
import overhear

MCP = overhear.ROOT / "samples/mcp-session.pcapng"
JAVACAT = overhear.ROOT / "samples/mcp-javacat.pcapng"
KEYS = overhear.keys_of(MCP)


def table(capture, *arguments):
    """The rows of a CSV as Python reads it, the first one the names."""
    return list(csv.reader(io.StringIO(overhear.read(capture, "-T", "csv", *arguments).decode(), newline="")))


def said(*texts):
    messages = [("client", json.dumps({"type": "message", "username": "eve", "data": {"message": text}}).encode())
                for text in texts]
    return captures.capture(*messages, server=("10.0.0.2", 9000))


class Fields(unittest.TestCase):
    def test_a_line_a_message_with_tabs_between(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            lines = overhear.read(capture, "-T", "fields", "-e", "session", "-e", "number", "-e", "size", "-e", "src", *keys)
            messages = [one for one in overhear.records(overhear.read(capture, "-T", "ndjson", *keys))
                        if one["record"] == "message"]
            expected = "".join(f"{one['session']}\t{one['number']}\t{one['size']}\t{one['src']}\n" for one in messages)
            self.assertEqual(lines.decode(), expected, capture.stem)

    def test_the_options_are_tsharks(self):
        out = overhear.read(MCP, *KEYS, "-T", "fields", "-e", "type", "-e", "packet", "-E", "header=y", "-Eseparator=,",
                            "-E", "quote=d", "-E", "aggregator=/s", "-E", "occurrence=l", "-Y", "type == Room.Join")
        first, second = out.decode().split("\n")[:2]
        self.assertEqual(first, '"type","packet"')
        self.assertRegex(second, '^"Room.Join","[0-9]+"$')

    def test_seconds_are_those_of_the_timeline_also_behind_a_filter(self):
        out = overhear.read(MCP, *KEYS, "-Tfields", "-e", "message", "-e", "time.relative", "-Y", "type == Room.List").decode()
        name, seconds = out.split()
        self.assertRegex(overhear.read(MCP, *KEYS).decode(), rf"(?m)^ *{name} +{seconds[:-3]} ")

    def test_secrets_are_masked_unless_asked_for(self):
        keys = overhear.keys_of(JAVACAT)
        wanted = ("-T", "fields", "-e", "body", "-e", "body.data.accessToken", "-Y", "type == Authentication.UpdateAccessToken")
        masked = overhear.read(JAVACAT, *keys, *wanted).decode().split("\n")[0].split("\t")
        shown = overhear.read(JAVACAT, *keys, *wanted, "--show-secrets").decode().split("\n")[0].split("\t")
        self.assertIn('"accessToken":"\u2022\u2022\u2022"', masked[0])
        self.assertEqual(masked[1], "\u2022\u2022\u2022")
        self.assertNotIn("\u2022", "".join(shown))
        self.assertIn(shown[1], shown[0])


class Csv(unittest.TestCase):
    def test_every_value_comes_back_as_the_export_has_it(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            names, *rows = table(capture, "-E", "formulas=y", *keys)
            messages = [one for one in overhear.records(overhear.read(capture, "-T", "ndjson", *keys))
                        if one["record"] == "message"]
            self.assertEqual(len(rows), len(messages))
            for row, message in zip(rows, messages):
                cells = dict(zip(names, row))
                for name in ("time", "direction", "src", "dst", "protocol", "type", "user", "room"):
                    self.assertEqual(cells[name], message.get(name, ""), capture.stem)
                self.assertEqual(cells["text"], message.get("text", "").replace("\r\n", "\n"))
                self.assertEqual(cells["finding.code"], ",".join(
                    one["code"] for one in message.get("findings", []) +
                    [one for action in message.get("actions", []) for one in action.get("findings", [])]))

    def test_lines_end_as_the_rfc_has_it_and_breaks_stay_in_quotes(self):
        out = overhear.run("read", "-", "-T", "csv", "-e", "text", "-e", "type", stdin=said("one\r\ntwo\tthree", '"')).out
        self.assertEqual(out, b'text,type\r\n"one\ntwo\tthree",message\r\n"""",message\r\n')

    def test_a_spreadsheet_calculates_nothing(self):
        out = overhear.run("read", "-", "-T", "csv", "-e", "text", stdin=said("=cmd|' /C calc'!A0", "-3", "a=b")).out
        self.assertEqual(out, b"text\r\n'=cmd|' /C calc'!A0\r\n'-3\r\na=b\r\n")

    def test_with_events_a_row_says_what_it_is(self):
        names, *rows = table(MCP, "--events", *KEYS)
        self.assertEqual((names[0], names[-1]), ("record", "event"))
        kinds = [one["record"] for one in overhear.records(overhear.read(MCP, "-T", "ndjson", "--events", *KEYS))][1:]
        self.assertEqual([row[0] for row in rows], kinds)

    def test_a_header_is_there_also_without_messages(self):
        names, *rows = table(MCP, "-Y", "user == nobody")
        self.assertEqual((names[0], rows), ("time", []))


class Mistakes(unittest.TestCase):
    def refused(self, *arguments):
        done = overhear.run("read", "/nonexistent", *arguments)
        self.assertEqual((done.status, done.out), (2, b""), done.err)
        self.assertNotRegex(done.err, "[\x00-\x09\x0b-\x1f\x7f-\x9f]")
        return done.err

    def test_an_unknown_field_is_pointed_at(self):
        first, second = self.refused("-T", "fields", "-e", "user", "-e", "body.data.x[", ).splitlines()
        self.assertEqual(first, "overhear: -e: body.data.x[")
        self.assertEqual(second.index("^"), len(first))
        self.assertIn("did you mean latency?", self.refused("-T", "csv", "-e", "latncy"))
        self.assertIn("did you mean src?", self.refused("-T", "fields", "-e", "ip.src"))
        self.refused("-T", "csv", "-e", "\x1b[2J")

    def test_fields_need_fields_and_fields_need_a_table(self):
        self.assertIn("-e time", self.refused("-T", "fields"))
        self.assertIn("-T fields", self.refused("-e", "user"))
        self.assertIn("-T fields", self.refused("-T", "json", "-E", "header=y"))

    def test_options_that_are_none(self):
        for option in ("header", "header=", "header=yes", "separator=", "separator=ab", "separator=\n", "separator=\u00e9",
                       "separator=\"", "quote=x", "occurrence=all", "aggregator=//", "bom=1", "formulas=", "=", ""):
            self.assertEqual(self.refused("-T", "fields", "-e", "user", "-E", option).count("\n"), 1, option)
        self.assertIn("did you mean separator?", self.refused("-T", "csv", "-E", "seperator=;"))
        self.assertIn("quote=d", self.refused("-T", "csv", "-E", "quote=s"))


if __name__ == "__main__":
    unittest.main()
