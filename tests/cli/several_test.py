"""Several captures read as one: what they hold together comes out as from one file."""

import json
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest

import captures
import overhear
import pcapng

MCP = overhear.ROOT / "samples/mcp-session.pcapng"
SCRP = overhear.ROOT / "samples/scrp-spec.pcapng"


def without_header(ndjson):
    header, _, rest = ndjson.partition(b"\n")
    assert json.loads(header)["record"] == "capture"
    return rest


class Several(unittest.TestCase):
    maxDiff = 3000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def written(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def halves(self, capture):
        """A capture as a program that rotates its files would have written it: cut in the middle of what is said."""
        blocks = pcapng.blocks_of(capture)
        packets = [at for at, block in enumerate(blocks) if pcapng.is_packet(block)]
        middle = packets[len(packets) // 2]
        head = [block for block in blocks[:middle] if not pcapng.is_packet(block)]
        return (self.written("chat_1.pcapng", b"".join(blocks[:middle])),
                self.written("chat_2.pcapng", b"".join(head + blocks[middle:])))

    def both(self, *arguments):
        """What is said of two captures that overlap: one connection each, whose packets come in turns."""
        talks = [captures.Talk(client=("10.0.0.1", 40000 + i), time=10**18 + 500 * i) for i in range(2)]
        records = [[], []]
        for i, talk in enumerate(talks):
            lines = [talk.open()] + [talk.say("client", b'{"type":"message","data":"%d of %d"}' % (n, i)) for n in range(5)]
            data = b"".join(lines + [talk.close()])
            while data:
                length = 16 + struct.unpack_from("<I", data, 8)[0]
                records[i].append(data[:length])
                data = data[length:]
        files = [self.written(f"{i}.pcap", captures.header() + b"".join(records[i])) for i in range(2)]
        in_turn = b"".join(a + b for a, b in zip(*records))
        whole = self.written("whole.pcap", captures.header() + in_turn)
        return files, whole

    # Files that follow each other

    def test_a_conversation_goes_on_in_the_next_file(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            first, second = self.halves(capture)
            for arguments in (("-T", "ndjson", "--events"), ("-T", "ndjson", "-c", "40")):
                with self.subTest(capture.stem, arguments=arguments):
                    whole = overhear.read(capture, *arguments, *keys)
                    merged = overhear.read(first, second, *arguments, *keys)
                    self.assertEqual(without_header(merged), without_header(whole))
                    self.assertEqual(without_header(overhear.read(second, first, *arguments, *keys)), without_header(whole))
            with self.subTest(capture.stem, arguments="text"):
                self.assertEqual(overhear.read(first, second, *keys), overhear.read(capture, *keys))

    def test_one_of_them_may_come_from_standard_input(self):
        first, second = self.halves(SCRP)
        whole = without_header(overhear.read(SCRP, "-T", "ndjson"))
        for arguments, stdin in (((first, "-"), second), (("-", second), first)):
            merged = overhear.read(*arguments, "-T", "ndjson", stdin=stdin.read_bytes())
            self.assertEqual(without_header(merged), whole)

    def test_keys_that_one_holds_open_what_is_in_the_others(self):
        capture = overhear.ROOT / "samples/scrp-tls13.pcapng"
        first, second = self.halves(capture)
        secrets = pcapng.secrets_block(capture.with_suffix(".keylog"))
        blocks = pcapng.blocks_of(capture)
        whole = self.written("whole.pcapng", b"".join(blocks[:1] + [secrets] + blocks[1:]))
        expected = without_header(overhear.read(whole, "-T", "ndjson"))
        self.assertIn(b'"decrypted":"tls-dsb"', expected)
        without = second.read_bytes()
        second.write_bytes(without + secrets)
        self.assertEqual(without_header(overhear.read(first, second, "-T", "ndjson")), expected)
        blocks = pcapng.blocks_of(second)
        from_pipe = b"".join(blocks[:1] + [secrets] + blocks[1:-1])
        self.assertEqual(without_header(overhear.read(first, "-", "-T", "ndjson", stdin=from_pipe)), expected)

    def test_the_header_names_all(self):
        first, second = self.halves(SCRP)
        records = overhear.records(overhear.read("-r", first, "-r", second, "-T", "ndjson"))
        self.assertEqual(records[0]["source"], "chat_1.pcapng, chat_2.pcapng")

    def test_a_file_that_is_cut_says_which_it_is_and_the_next_is_read(self):
        first, second = self.halves(SCRP)
        data = first.read_bytes()
        self.written(first.name, data[:-30])
        records = overhear.records(overhear.read(first, second, "-T", "ndjson"))
        findings = [record for record in records if record.get("code") == "file.truncated"]
        self.assertEqual(len(findings), 1)
        self.assertTrue(findings[0]["text"].startswith("chat_1.pcapng: "), findings)
        self.assertGreater(sum(record["record"] == "message" for record in records), 10)

    # Files of the same time

    def test_connections_of_several_captures_come_in_the_order_of_their_times(self):
        files, whole = self.both()
        expected = overhear.read(whole, "-T", "ndjson", "--events")
        merged = overhear.read(*files, "-T", "ndjson", "--events")
        self.assertEqual(without_header(merged), without_header(expected))
        messages = [record for record in overhear.records(merged) if record["record"] == "message"]
        self.assertEqual([record["session"] for record in messages], [1, 2] * 5)
        self.assertEqual([record["packets"] for record in messages], [[number] for number in range(7, 17)])

    @unittest.skipUnless(shutil.which("mergecap"), "no mergecap here")
    def test_the_order_is_that_of_mergecap(self):
        captures_of_samples = [path for path in overhear.SAMPLES if "tls" not in path.stem][:6]
        merged = self.folder / "merged.pcapng"
        subprocess.run(["mergecap", "-w", merged, *captures_of_samples], check=True)
        ours = overhear.read(*captures_of_samples, "-T", "ndjson", "--events")
        self.assertEqual(without_header(ours), without_header(overhear.read(merged, "-T", "ndjson", "--events")))

    # The other commands

    def test_check_and_stats_take_several(self):
        first, second = self.halves(SCRP)
        for command in (("check", "--format", "json", "--fail-on", "never"), ("stats", "--json")):
            whole, merged = (overhear.run(*command, *files) for files in ((SCRP,), (first, second)))
            self.assertEqual((merged.status, merged.err), (0, ""))
            whole, merged = json.loads(whole.out), json.loads(merged.out)
            self.assertEqual(merged.pop("source"), "chat_1.pcapng, chat_2.pcapng")
            whole.pop("source")
            self.assertEqual(merged, whole)

    def test_a_place_in_sarif_is_in_the_first(self):
        files = self.halves(SCRP)
        done = overhear.run("check", "--format", "sarif", "--fail-on", "never", *files)
        results = json.loads(done.out)["runs"][0]["results"]
        uris = {place["physicalLocation"]["artifactLocation"]["uri"] for result in results for place in result["locations"]}
        self.assertEqual(uris, {f"file://{files[0]}"})

    # A copy

    def test_a_copy_holds_the_packets_of_all(self):
        files, whole = self.both()
        for chosen in ((), ("--session", "2")):
            overhear.read(*files, "-T", "ndjson", "-w", self.folder / "copy.pcapng", *chosen)
            overhear.read(whole, "-T", "ndjson", "-w", self.folder / "copy-of-whole.pcapng", *chosen)
            outputs = [overhear.read(self.folder / name, "-T", "ndjson", "--events")
                       for name in ("copy.pcapng", "copy-of-whole.pcapng")]
            self.assertEqual(*map(without_header, outputs))

    def test_a_copy_has_the_keys_of_sessions_that_are_in_two_files(self):
        first, second = self.halves(MCP)
        outputs = []
        for i, files in enumerate(((first, second), (MCP,))):
            copy = self.folder / f"copy-{i}.pcapng"
            overhear.read(*files, *overhear.keys_of(MCP), "--session", "2", "-w", copy, "--embed-keys")
            outputs.append(without_header(overhear.read(copy, "-T", "ndjson")))
        self.assertEqual(*outputs)
        self.assertIn(b'"decrypted":', outputs[0])

    # What cannot be

    def test_what_does_not_go_together_is_one_usage_error(self):
        first, second = self.halves(SCRP)
        link = self.folder / "link.pcapng"
        link.symlink_to(first)
        for arguments, said in (
                (("read", "--follow", first, second), "read: --follow is for one file"),
                (("read", "-", "-"), "standard input is named twice"),
                (("check", "-", first, "-"), "standard input is named twice"),
                (("read", first, ""), "read: an empty name is no capture's"),
                (("stats", "-", "-"), "standard input is named twice"),
                (("stats", first, second, first), f"stats: {first} is named twice"),
                (("check", first, second, link), f"check: {link} is the same file as {first}"),
                (("read", first, "-", "-w", self.folder / "new.pcapng"), "-w: standard input can be read only once"),
                (("read", first, second, "-w", second), f"-w: {second} is what is read"),
                (("read", first, second, "-o", first), f"-o: {first} is what is read"),
                (("check", first, second, "-o", second), f"{second} is what is read"),
                (("read", first, "-r", second), "FILE or -r FILE"),
                (("check", first, second, "--", "true"), "a capture or a command")):
            with self.subTest(arguments=arguments):
                done = overhear.run(*arguments)
                self.assertEqual((done.status, done.out), (2, b""))
                self.assertIn(said, done.err)
                self.assertEqual(done.err.count("\n"), 1)

    def test_one_that_cannot_be_opened_is_named(self):
        for command in ("read", "check", "stats"):
            done = overhear.run(command, SCRP, self.folder / "none.pcap")
            self.assertEqual((done.status, done.out), (3, b""))
            self.assertEqual(done.err, f"overhear: cannot open {self.folder}/none.pcap: No such file or directory\n")


if __name__ == "__main__":
    unittest.main()
