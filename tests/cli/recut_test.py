"""The same bytes cut into segments in any way give the same messages, from the capture file to the export."""

import collections
import pathlib
import tempfile
import unittest

import overhear
import recut

CUTS = ("bytes", "merged", "1", "2", "3")
SAME = ("type", "id", "protocol", "size", "decrypted", "variant", "encrypted", "reply_to", "findings", "actions",
        "content", "escaped", "body_text", "body_base64")


def messages(capture, *arguments):
    """What is known about each message but time and packets, per connection and direction."""
    heard = collections.defaultdict(list)
    for record in overhear.records(overhear.read(capture, "-T", "ndjson", *arguments)):
        if record["record"] == "message":
            stream = overhear.client_of(record), record["direction"]
            heard[stream].append({key: record[key] for key in SAME if key in record})
    return dict(heard)


def loose_findings(capture, *arguments):
    out = overhear.records(overhear.read(capture, "-T", "ndjson", *arguments))
    return sorted((record.get("session", 0), record["code"]) for record in out if record["record"] == "finding")


class Recut(unittest.TestCase):
    maxDiff = 3000

    def test_other_segments_give_the_same_messages(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            expected = messages(capture, *keys)
            findings = loose_findings(capture, *keys)
            for how in CUTS:
                with self.subTest(capture.stem, cut=how), tempfile.TemporaryDirectory() as folder:
                    other = pathlib.Path(folder) / "recut.pcap"
                    other.write_bytes(recut.recut(capture.read_bytes(), how))
                    self.assertEqual(messages(other, *keys), expected)
                    self.assertEqual(loose_findings(other, *keys), findings)

    def test_a_recut_capture_has_other_segments(self):
        capture = overhear.ROOT / "samples/scrp-spec.pcapng"
        lengths = {how: len(recut.recut(capture.read_bytes(), how)) for how in CUTS}
        self.assertEqual(len(set(lengths.values())), len(CUTS))
        self.assertGreater(lengths["bytes"], 10 * lengths["merged"])


if __name__ == "__main__":
    unittest.main()
