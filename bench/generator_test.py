#!/usr/bin/env python3
"""Self-test of the generator: generator_test.py PATH/overhear-bench-generate"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

GENERATOR = str(pathlib.Path(sys.argv.pop(1)).resolve())
PROTOCOLS = ["cchat", "mcp", "chatmaster", "scrp", "gradagenda"]
EVERYTHING = ["--reorder=0.1", "--retransmit=0.1", "--loss=0.02", "--coalesce=0.3", "--mss=300", "--deflate",
              "--chatmaster-zlib", "--mcp-variant=base64-line", "--keylog-form=private"]


class Generator(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def generate(self, *options, name="a.pcap"):
        """The bytes of the capture, of the payloads and of the key log."""
        files = [self.folder / name, self.folder / "payloads", self.folder / "keys"]
        subprocess.run([GENERATOR, "--messages=1000", *options, "--out", files[0], "--payloads", files[1],
                        "--keylog", files[2]], check=True, stdout=subprocess.DEVNULL)
        return tuple(file.read_bytes() for file in files)

    def test_the_same_options_give_the_same_bytes(self):
        for options in ([], EVERYTHING, ["--concurrent=4", "--connections=40"]):
            with self.subTest(options=options):
                self.assertEqual(self.generate(*options), self.generate(*options))

    def test_another_seed_gives_other_bytes(self):
        self.assertNotEqual(self.generate("--seed=1")[0], self.generate("--seed=2")[0])

    def test_as_many_messages_are_written_as_were_asked_for(self):
        for protocol in PROTOCOLS:
            with self.subTest(protocol=protocol):
                payloads = self.generate("--protocols", protocol)[1].decode().splitlines()
                self.assertEqual(len(payloads), 1000)
                for line in payloads:
                    self.assertIsInstance(json.loads(line), dict)

    def test_disturbances_do_not_change_what_is_said(self):
        calm = self.generate("--protocols=scrp", "--connections=2")[1]
        for options in (["--reorder=0.2"], ["--retransmit=0.2"], ["--mss=50"]):
            with self.subTest(options=options):
                other = self.generate("--protocols=scrp", "--connections=2", *options)[1]
                self.assertEqual(collections.Counter(calm.splitlines()), collections.Counter(other.splitlines()))

    def test_lost_segments_take_their_messages_with_them(self):
        payloads = self.generate("--protocols=scrp", "--loss=0.1")[1].splitlines()
        self.assertLess(len(payloads), 1000)
        self.assertGreater(len(payloads), 800)

    def test_the_name_chooses_the_format(self):
        self.assertEqual(self.generate(name="a.pcap")[0][:4], bytes.fromhex("d4c3b2a1"))
        self.assertEqual(self.generate(name="a.pcapng")[0][:4], bytes.fromhex("0a0d0d0a"))

    def test_the_key_log_is_for_its_owner_only(self):
        self.generate("--protocols=mcp")
        self.assertEqual((self.folder / "keys").stat().st_mode & 0o777, 0o600)

    def test_what_is_wrong_ends_with_the_documented_status(self):
        for status, options in ((2, ["--protocols=irc", "--out=x"]), (2, []), (2, ["--loss=2", "--out=x"]),
                                (4, ["--out=/nonexistent/x"])):
            with self.subTest(options=options):
                run = subprocess.run([GENERATOR, *options], capture_output=True, cwd=self.folder)
                self.assertEqual(run.returncode, status)
                self.assertTrue(run.stderr)


if __name__ == "__main__":
    unittest.main()
