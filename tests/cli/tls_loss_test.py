"""Every sample of TLS without one of its packets: what is still shown is what was said, and what is not was told."""

import collections
import pathlib
import re
import tempfile
import unittest

import overhear
from pcapng import blocks_of, is_packet
from samples_test import payload_of

SAMPLES = [one for one in overhear.SAMPLES if "-tls" in one.stem or "-wss" in one.stem]
SERVER_HELLO = re.compile(rb"\x16\x03\x03..\x02\x00\x00.\x03\x03", re.DOTALL)
CLIENT_HELLO = re.compile(rb"\x16\x03\x01..\x01\x00..\x03\x03", re.DOTALL)
CONTENT = re.compile(rb"\x17\x03\x03", re.DOTALL)
TLS13_CHOSEN = b"\x00\x2b\x00\x02\x03\x04"


def heard(capture, key_log):
    """{(client, side): [text]}, and the codes of all findings."""
    texts, codes = collections.defaultdict(list), set()
    for record in overhear.records(overhear.read(capture, "-T", "ndjson", "--keylog", key_log)):
        codes |= {one["code"] for one in record.get("findings", [])} | {record.get("code")}
        if record["record"] == "message" and "decrypted" in record and "body" in record:
            texts[overhear.client_of(record), record["direction"]].append(payload_of(record))
    return texts, codes


def is_part_of(some, every):
    """Whether all of `some` are there, in their order."""
    rest = iter(every)
    return all(one in rest for one in some)


class Losses(unittest.TestCase):
    def test_nothing_is_invented_and_nothing_vanishes_silently(self):
        for sample in SAMPLES:
            blocks, whole = blocks_of(sample), heard(sample, sample.with_suffix(".keylog"))[0]
            for number, lost in enumerate(blocks):
                if not is_packet(lost) or not (CONTENT.search(lost) or b"\x16\x03" in lost):
                    continue
                with self.subTest(sample=sample.stem, packet=number), tempfile.TemporaryDirectory() as folder:
                    capture = pathlib.Path(folder) / "lost.pcapng"
                    capture.write_bytes(b"".join(blocks[:number] + blocks[number + 1:]))
                    self.check(lost, whole, *heard(capture, sample.with_suffix(".keylog")))

    def check(self, lost, whole, texts, codes):
        for stream, some in texts.items():
            self.assertTrue(is_part_of(some, whole[stream]), stream)
        if texts != whole:
            self.assertTrue(codes & {"tcp.gap", "tcp.midstream"}, codes)
        hello = SERVER_HELLO.search(lost)
        if hello and TLS13_CHOSEN in lost:
            self.assertEqual(texts, whole)
            self.assertIn("tls.suite_found", codes)
        elif hello or CLIENT_HELLO.search(lost):
            self.assertIn("tls.no_key", codes)


if __name__ == "__main__":
    unittest.main()
