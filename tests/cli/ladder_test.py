"""-T ladder: a diagram whose lines stand in their columns, whatever is said."""

import collections
import json
import re
import unicodedata
import unittest

import captures
import overhear

ROW = re.compile(r"^ *(-?\d+\.\d{6}) +(\d+\.[\d-]+) ")


def cells(line):
    """One character for each column."""
    out = []
    for character in line:
        if unicodedata.category(character) in ("Mn", "Me") or character in "\u200c\u200d\ufe0f":
            continue
        out += [character] + [""] * (unicodedata.east_asian_width(character) in "WF")
    return out


def ladder(capture, *arguments):
    return overhear.read(capture, "-T", "ladder", *arguments).decode().split("\n")[:-1]


class Ladder(unittest.TestCase):
    def test_every_message_is_an_arrow_of_its_direction(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            messages = {f"{one['session']}.{one['number']}": one for one in
                        overhear.records(overhear.read(capture, "-T", "ndjson", *keys)) if one["record"] == "message"}
            arrows = {row[2]: line for line in ladder(capture, *keys) if (row := ROW.match(line)) and ("\u25b6" in line or "\u25c0" in line)}
            self.assertEqual(list(arrows), list(messages), capture.stem)
            for name, line in arrows.items():
                self.assertEqual("\u25b6\u2502" in line, messages[name]["direction"] == "client", line)
                if "reply_to" in messages[name]:
                    self.assertIn(f"\u21a9{messages[name]['reply_to']} ", line)

    def test_lines_stand_in_their_columns(self):
        for capture in overhear.SAMPLES:
            for width in (60, 80, 100, 160):
                for line in ladder(capture, "--events", "--width", str(width), *overhear.keys_of(capture)):
                    at = cells(line)
                    self.assertLessEqual(len(at), width, line)
                    row = ROW.match(line)
                    if row and not row[2].startswith("0"):
                        self.assertEqual(len(at), width, line)
                        self.assertIn(at[-1], "\u2502\u2524", line)
                        self.assertIn(at[18], "\u2502\u251c ", line)

    def test_seconds_stay_behind_a_filter(self):
        capture = overhear.ROOT / "samples/mcp-session.pcapng"
        keys = overhear.keys_of(capture)
        row = [line for line in ladder(capture, *keys) if "Room.List " in line]
        self.assertEqual([line[:17] for line in ladder(capture, *keys, "-Y", "type == Room.List")][-1], row[0][:17])

    def test_colours_end_on_their_line(self):
        for line in ladder(overhear.ROOT / "samples/mcp-javacat.pcapng", "--color", "always"):
            codes = re.findall("\x1b\\[(\\d+)m", line)
            self.assertEqual(codes[1::2], ["0"] * (len(codes) // 2))
            self.assertEqual(line.count("\x1b"), len(codes))

    def test_secrets_are_masked(self):
        capture = overhear.ROOT / "samples/gradagenda-ws.pcapng"
        self.assertNotIn("tok-anna", "\n".join(ladder(capture, "--width", "300")))
        self.assertIn("tok-anna", "\n".join(ladder(capture, "--width", "300", "--show-secrets")))

    def test_a_thousand_clients_at_once_and_names_of_any_length(self):
        name = "\u6f22e\u0301\x1b[2J" * 5000
        login = json.dumps({"type": "command", "data": {"command": "login", "parameters": {"username": name}}}).encode()
        talks = [captures.Talk(client=("10.0.0.1", 2000 + number)) for number in range(1000)]
        data = captures.header() + b"".join(talk.open() for talk in talks) + b"".join(talk.say("client", login) for talk in talks)
        out = overhear.run("read", "-", "-T", "ladder", stdin=data).out.decode()
        rows = collections.Counter(bool(ROW.match(line)) for line in out.split("\n")[:-1])
        self.assertEqual(rows[True], 1000)
        self.assertLess(rows[False], 100)
        self.assertLessEqual(max(len(cells(line)) for line in out.split("\n")), 100)
        self.assertNotIn("\x1b", out)


if __name__ == "__main__":
    unittest.main()
