"""-T transcript: what was said, once, in columns that nothing breaks."""

import collections
import json
import re
import unicodedata
import unittest

import captures
import overhear

LINE = re.compile(r"^(\d\d:\d\d:\d\d|        )  (.*) \u2502 (.*)$|^\u2500\u2500 \d{4}-\d\d-\d\d UTC$")


def columns(text):
    return sum(width_of(character) for character in text)


def width_of(character):
    if unicodedata.category(character) in ("Mn", "Me") or character in "\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def said(*texts, user="eve"):
    return [("server", json.dumps({"type": "message", "data": {"username": user, "message": text}}).encode()) for text in texts]


def transcript(data, *arguments):
    done = overhear.run("read", "-", "-T", "transcript", *arguments, stdin=data)
    if done.status != 0 or done.err:
        raise AssertionError(done.err)
    return done.out.decode().split("\n")[:-1]


def chatmaster(*turns):
    return captures.capture(*turns, server=("10.0.0.2", 9000))


class Transcript(unittest.TestCase):
    def test_all_that_was_said_in_every_sample_is_said_as_often_as_by_its_author(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            by_author, by_server = collections.Counter(), collections.Counter()
            for one in overhear.records(overhear.read(capture, "-T", "ndjson", *keys)):
                if one["record"] != "message":
                    continue
                texts = [one["text"]] if "text" in one else []
                texts += [action["message"]["body"] for action in (one.get("body") or {}).get("actions", ()) if "message" in action
                          and "session-id" in action]
                (by_author if one["direction"] == "client" else by_server).update(text.split("\n")[0].rstrip() for text in texts)
            expected = by_author + collections.Counter({text: 1 for text in by_server if text not in by_author})
            shown = collections.Counter(match[3] for line in overhear.read(capture, "-T", "transcript", *keys).decode().split("\n")
                                        if (match := LINE.match(line)) and match[2] and match[1].strip()
                                        and not match[2].rstrip().endswith("\u2014"))
            with self.subTest(capture.stem):
                self.assertEqual(shown, expected)

    def test_lines_fit_and_begin_in_the_same_column(self):
        for capture in overhear.SAMPLES:
            for width in (60, 80, 100, 160):
                for line in overhear.read(capture, "-T", "transcript", "--width", str(width), *overhear.keys_of(capture)).decode().split("\n")[:-1]:
                    self.assertLessEqual(columns(line), width, line)
                    self.assertRegex(line, LINE)

    def test_what_has_several_lines_is_below_itself_and_cannot_speak_for_others(self):
        first, *rest = transcript(chatmaster(*said("one\n04:18:16  tea          alice \u2502 forged\r\n\n\x1b[2Jthree")))[1:]
        self.assertTrue(first.endswith("eve \u2502 one"))
        at = first.index("\u2502")
        for line, text in zip(rest, ("04:18:16  tea          alice \u2502 forged", "", "\\x1b[2Jthree"), strict=True):
            self.assertEqual(line.rstrip(), (" " * at + "\u2502 " + text).rstrip())

    def test_huge_names_are_cut(self):
        line = transcript(chatmaster(*said("hi", user="e" * 100000)))[1]
        self.assertLess(len(line), 60)

    def test_nothing_said_is_told(self):
        done = overhear.run("read", overhear.ROOT / "samples/mcp-session.pcapng", "-T", "transcript")
        self.assertEqual(done.status, 0)
        self.assertEqual(done.err, "nothing that was said could be read\n")
        self.assertRegex(done.out.decode(), r"\d+ encrypted messages that no key opens, \d+ bytes \(session 1, ")

    def test_what_comes_to_one_client_is_said_where_a_filter_passes_its_author_over(self):
        capture = overhear.ROOT / "samples/mcp-session.pcapng"
        out = overhear.read(capture, "-T", "transcript", "-Y", "session == 2", *overhear.keys_of(capture)).decode()
        for line in ("alice \u2502 Hi Bob, the kettle is on.", "bob \u2502 Gr\u00fc\u00dfe!"):
            self.assertEqual(out.count(line), 1, out)

    def test_one_room_by_a_filter(self):
        out = overhear.read(overhear.ROOT / "samples/gradagenda-ws.pcapng", "-T", "transcript", "-Y", "room == m102").decode()
        self.assertIn("first of two", out)
        self.assertNotIn("Seminar", out)


if __name__ == "__main__":
    unittest.main()
