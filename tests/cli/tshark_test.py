"""What TLS carried, byte for byte and message for message as tshark opens it with the same key log. Skipped where there
is no tshark."""

import collections
import shutil
import sys
import unittest

import overhear
import tshark

SCRP_PORT, WSS_PORTS = 42015, (8888, 8443)


def by_overhear(capture):
    """{(stream, side): [text]}"""
    out = collections.defaultdict(list)
    for record in overhear.records(overhear.read(capture, "-T", "ndjson", *overhear.keys_of(capture))):
        if record["record"] == "message":
            out[record["session"] - 1, record["direction"]].append(record["body_text"])
    return dict(out)


def with_lengths(texts):
    return b"".join(len(text.encode()).to_bytes(4, "big") + text.encode() for text in texts)


class Tshark(unittest.TestCase):
    def each(self, matches):
        captures = [one for one in overhear.SAMPLES if matches(one.stem)]
        self.assertGreaterEqual(len(captures), 2)
        for capture in captures:
            with self.subTest(capture.stem):
                yield capture, capture.with_suffix(".keylog"), by_overhear(capture)

    def test_opens_the_same_bytes(self):
        # SCRP's messages and their lengths are all that goes over its connections.
        for capture, key_log, heard in self.each(lambda name: name.startswith("scrp-tls")):
            content = tshark.tls_content(capture, key_log, lambda port: port == SCRP_PORT)
            self.assertEqual({stream: with_lengths(texts) for stream, texts in heard.items()}, content)

    def test_finds_the_same_websocket_messages(self):
        for capture, key_log, heard in self.each(lambda name: name.endswith("-wss")):
            self.assertEqual(heard, tshark.websocket_texts(capture, key_log, lambda port: port in WSS_PORTS))


if __name__ == "__main__":
    if shutil.which("tshark") is None:
        sys.exit(77)
    unittest.main()
