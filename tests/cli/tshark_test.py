"""What TLS carried, byte for byte as tshark opens it with the same key log. Skipped where there is no tshark."""

import collections
import re
import shutil
import subprocess
import sys
import unittest

import overhear

SERVER_PORT = 42015  # of SCRP, whose messages and their lengths are all that goes over its connections


def by_tshark(capture):
    """{(stream, side): bytes}"""
    out = {}
    command = ["tshark", "-r", capture, "-o", f"tls.keylog_file:{capture.with_suffix('.keylog')}"]
    streams = subprocess.run([*command, "-T", "fields", "-e", "tcp.stream"], check=True, capture_output=True, text=True)
    for stream in sorted(set(map(int, streams.stdout.split()))):
        text = subprocess.run([*command, "-q", "-z", f"follow,tls,raw,{stream}"], check=True, capture_output=True,
                              text=True).stdout
        is_server_first = re.search(rf"^Node 0: .*:{SERVER_PORT}$", text, re.MULTILINE) is not None
        for line in text.splitlines():
            if re.fullmatch(r"\t?[0-9a-f]+", line):
                side = "server" if line.startswith("\t") != is_server_first else "client"
                out[stream, side] = out.get((stream, side), b"") + bytes.fromhex(line.strip())
    return out


def by_overhear(capture):
    out = collections.defaultdict(bytes)
    for record in overhear.records(overhear.read(capture, "-T", "ndjson", *overhear.keys_of(capture))):
        if record["record"] == "message":
            body = record["body_text"].encode()
            out[record["session"] - 1, record["direction"]] += len(body).to_bytes(4, "big") + body
    return dict(out)


class Tshark(unittest.TestCase):
    def test_opens_the_same(self):
        captures = [one for one in overhear.SAMPLES if one.stem.startswith("scrp-tls")]
        self.assertTrue(captures)
        for capture in captures:
            with self.subTest(capture.stem):
                self.assertEqual(by_overhear(capture), by_tshark(capture))


if __name__ == "__main__":
    if shutil.which("tshark") is None:
        sys.exit(77)
    unittest.main()
