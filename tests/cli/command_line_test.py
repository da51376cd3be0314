"""Exit statuses, errors and options as a person or a script meets them."""

import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest

import captures
import overhear

MCP = overhear.ROOT / "samples/mcp-session.pcapng"
SCRP = overhear.ROOT / "samples/scrp-spec.pcapng"
NAMES = ["cchat", "mcp", "chatmaster", "scrp", "gradagenda"]


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def refused(self, status, *arguments, names=None, **options):
        """Fails with this status: one line on standard error, none on standard output."""
        done = overhear.run(*arguments, **options)
        self.assertEqual(done.status, status, done.err)
        self.assertEqual(done.out or b"", b"")
        self.assertTrue(done.err.startswith("overhear: "), done.err)
        self.assertEqual(done.err.count("\n"), 1, done.err)
        self.assertTrue(done.err.endswith("\n"))
        self.assertLess(len(done.err), 240)
        if names:
            self.assertIn(str(names), done.err)


class Copies(CommandLine):
    def test_chosen_sessions_are_shown_and_written(self):
        copy = self.folder / "copy.pcapng"
        keys = overhear.keys_of(MCP)
        shown = overhear.records(overhear.read(MCP, *keys, "-T", "ndjson", "--session", "2", "-w", copy, "--embed-keys"))
        self.assertEqual({record["session"] for record in shown if record["record"] == "message"}, {2})
        again = overhear.records(overhear.read(copy, "-T", "ndjson"))
        bodies = [[record["body_text"] for record in records if record["record"] == "message"]
                  for records in (shown, again)]
        self.assertEqual(*bodies)
        self.assertEqual(copy.stat().st_mode & 0o777, 0o600)

    def test_keys_of_sessions_that_are_not_chosen_stay_here(self):
        line = re.compile(rb"(?:CLIENT|SERVER|EXPORTER|MCP|CCHAT)_[A-Z_0-9]+ [0-9a-f-]+ [0-9a-f]+")
        copy = self.folder / "copy.pcapng"
        for name in ("cchat-wss", "gradagenda-wss", "mcp-session", "cchat-android"):
            capture = overhear.ROOT / "samples" / f"{name}.pcapng"
            keys = {}
            for session in ("1", "2", "1,2"):
                overhear.read(capture, *overhear.keys_of(capture), "--session", session, "-w", copy, "--embed-keys")
                keys[session] = set(line.findall(copy.read_bytes()))
            with self.subTest(name):
                self.assertTrue(keys["2"])
                self.assertEqual(keys["1"] | keys["2"], keys["1,2"])
                self.assertFalse(keys["1"] & keys["2"])

    def test_keys_are_found_however_far_apart_the_packets_lie(self):
        """Blocks that nobody knows stand between them, so that the reader's window moves at every packet."""
        padding = struct.pack("<II", 0x0BAD0BAD, 200_012) + bytes(200_000) + struct.pack("<I", 200_012)
        data, spread, at = MCP.read_bytes(), b"", 0
        while at < len(data):
            length = struct.unpack_from("<I", data, at + 4)[0]
            spread += data[at:at + length] + padding
            at += length
        secrets = []
        for capture in (MCP, self.file("spread.pcapng", spread)):
            copy = self.folder / "copy.pcapng"
            overhear.read(capture, *overhear.keys_of(MCP), "--session", "1", "-w", copy, "--embed-keys")
            secrets.append(re.findall(rb"MCP_[A-Z_]+ [0-9a-f]+ [0-9a-f]+", copy.read_bytes()))
        self.assertTrue(secrets[0])
        self.assertEqual(*secrets)

    def test_packets_are_never_written_over_what_is_read(self):
        keys = self.file("keys.log", b"# mine\n")
        for arguments in (("read", SCRP, "--keylog", keys, "-w", keys), ("live", "-i", "lo", "--keylog", keys, "-w", keys)):
            self.refused(2, *arguments, names="would be lost")
        for arguments in (("read", SCRP, "-w", keys), ("live", "-i", "lo", "-w", keys)):
            self.refused(2, *arguments, names="would be lost", env={"SSLKEYLOGFILE": str(keys)})
        self.assertEqual(keys.read_bytes(), b"# mine\n")
        new = self.folder / "new"
        for arguments in (("read", SCRP), ("live", "-i", "lo")):
            self.refused(2, *arguments, "-w", new, "-o", new, names="same file")
        self.assertFalse(new.exists())

    def test_a_copy_that_cannot_be_written_is_4(self):
        done = overhear.run("read", SCRP, "-w", "/dev/full")
        self.assertEqual((done.status, done.err.count("\n")), (4, 1))


class Usage(CommandLine):
    def test_usage_errors_are_2_and_name_what_is_wrong(self):
        for arguments, names in (
                ((), "which command? there are read, view, live, proxy, intercept, ca, check, stats, interfaces, protocols, fields"),
                (("read", MCP, "--embed-keys"), "-w"),
                (("read", MCP, "-w", MCP), "would be lost"),
                (("read", MCP, "-w", "-"), "standard output"),
                (("read", "-", "-w", "x.pcapng"), "standard input"),
                (("read", MCP, "--session", "0"), "'0'"),
                (("read", MCP, "--session", "1,x"), "'x'"),
                (("live", "-i", "lo", "--embed-keys"), "-w FILE"),
                (("live", "-i", "lo", "-b", "files:2"), "-w FILE"),
                (("live", "-i", "lo", "-a", "sometime:2"), "sometime:2"),
                (("sing",), "no such command: sing; there are read, view, live, proxy, intercept, ca, check, stats, interfaces, protocols"),
                (("raed", MCP), "no such command: raed; did you mean read?"),
                ((MCP,), f"did you mean read {MCP}?"),
                (("--bogus",), "no such option: --bogus"),
                (("read",), "which capture"),
                (("read", MCP, MCP), f"{MCP} is named twice"),
                (("read", "-r", MCP, MCP), "FILE or -r FILE"),
                (("read", "--bogus", MCP), "--bogus"),
                (("read", "-T", "xml", MCP), "xml"),
                (("read", "--color", "perhaps", MCP), "perhaps"),
                (("read", "-c", "0", MCP), "-c"),
                (("read", "-c", "-1", MCP), "-1"),
                (("read", "-c", "many", MCP), "many"),
                (("read", MCP, "-d", "9100,mcp"), "tcp.port==PORT,PROTOCOL"),
                (("read", MCP, "-d", "tcp.port==0,mcp"), "0"),
                (("read", MCP, "-d", "tcp.port==65536,mcp"), "65536"),
                (("read", MCP, "-d", "tcp.port==9100"), "cchat, mcp"),
                (("read", MCP, "-d", "tcp.port==9100,irc"), "irc"),
                (("read", MCP, "-d"), "-d"),
                (("read", MCP, "--keylog"), "--keylog"),
                (("protocols", "irc"), "irc"),
                (("protocols", "--bogus"), "--bogus")):
            with self.subTest(arguments=list(map(str, arguments))):
                self.refused(2, *arguments, names=names)


class Input(CommandLine):
    def test_inputs_that_cannot_be_read_are_3(self):
        text = self.file("notes.txt", b"dear diary, today I wrote no capture\n")
        empty = self.file("empty.pcap", b"")
        for arguments, names in (
                (("read", self.folder / "nowhere.pcap"), "nowhere.pcap"),
                (("read", self.folder), self.folder),
                (("read", text), text),
                (("read", empty), empty),
                (("read", MCP, "--keylog", self.folder / "no.keys"), "no.keys"),
                (("read", MCP, "--keylog", self.folder), self.folder)):
            with self.subTest(arguments=list(map(str, arguments))):
                self.refused(3, *arguments, names=names)

    def test_standard_input_that_is_no_capture_is_3(self):
        self.refused(3, "read", "-", names="standard input", stdin=b"")
        self.refused(3, "read", "-", names="standard input", stdin=b"GET / HTTP/1.1\r\n")

    def test_a_name_from_outside_cannot_act_on_the_terminal(self):
        self.refused(3, "read", "\x1b[2J\nnowhere", names="\\x1b[2J\\nnowhere")
        self.refused(3, "read", "\u202egnp\u200f\u200b\U000e0041", names="\\u202egnp\\u200f\\u200b\\U000e0041")
        self.refused(3, "read", b"\xff\xc0\xaf".decode("utf-8", "surrogateescape"), names="\\xff\\xc0\\xaf")
        self.refused(2, "\x1b[2J", names="no such command: \\x1b[2J")
        self.refused(2, "read", SCRP, "--\u009b31m", names="\\u009b31m")

    def test_what_a_file_begins_with_cannot_act_on_the_terminal(self):
        file = self.file("odd.txt", b"\x1b[31m\n\xc2\x9b\xe2\x80\x8e\xffthe rest")
        self.refused(3, "read", file, names='"\\x1b[31m\\n\\u009b\\u200e\\xffthe "')

    def test_a_cut_capture_is_read_to_its_end_with_0(self):
        whole = SCRP.read_bytes()
        for length in (len(whole) // 2, len(whole) - 1):
            cut = self.file("cut.pcapng", whole[:length])
            done = overhear.run("read", "-T", "ndjson", cut)
            self.assertEqual((done.status, done.err), (0, ""))
            out = overhear.records(done.out)
            self.assertIn("file.truncated", [one["code"] for one in out if one["record"] == "finding"])
            self.assertGreater(len([one for one in out if one["record"] == "message"]), 10)

    def test_a_damaged_capture_is_read_with_0(self):
        damaged = bytearray(SCRP.read_bytes())
        damaged[3000:3200] = bytes(200)
        done = overhear.run("read", "-T", "ndjson", self.file("damaged.pcapng", bytes(damaged)))
        self.assertEqual(done.status, 0, done.err)
        self.assertIn("finding", [one["record"] for one in overhear.records(done.out)])

    def test_what_a_pipe_brought_is_shown_at_once(self):
        data = captures.capture(("client", b'{"type":"message","data":{"message":"first"}}'))
        process = subprocess.Popen([overhear.BINARY, "read", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(data)
        process.stdin.flush()
        lines = [process.stdout.readline() for _ in range(2)]  # while the pipe stays open
        self.assertIn(b"first", lines[1])
        process.stdin.close()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), 0)

    def test_standard_input_reads_as_the_file_does(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            for arguments in ([], ["-T", "ndjson", "--events"], ["-T", "json"]):
                from_file = overhear.read(capture, *arguments, *keys)
                from_pipe = overhear.read("-", *arguments, *keys, stdin=capture.read_bytes())
                self.assertEqual(from_pipe, from_file.replace(json.dumps(capture.name).encode(), b'"-"', 1))

    def test_r_names_the_capture_too(self):
        self.assertEqual(overhear.run("read", "-r", SCRP).out, overhear.read(SCRP))

    def test_c_stops_after_so_many_packets(self):
        out = overhear.records(overhear.read(SCRP, "-T", "ndjson", "-c", 20))
        packets = [number for one in out for number in one.get("packets", ())]
        self.assertLessEqual(max(packets), 20)
        self.assertEqual(overhear.read(SCRP, "-c", 10**18), overhear.read(SCRP))


class Reading(CommandLine):
    def test_d_says_what_is_spoken_on_a_port(self):
        line = b'{"key":"nothing that tells a protocol"}'
        other = self.file("other.pcap", captures.capture(("client", line), server=("10.0.0.2", 7777)))

        def protocols(*arguments):
            out = overhear.records(overhear.read(other, "-T", "ndjson", *arguments))
            return [one["protocol"] for one in out if one["record"] == "message"]
        self.assertEqual(protocols(), ["data"])
        self.assertEqual(protocols("-d", "tcp.port==7777,chatmaster"), ["chatmaster"])
        self.assertEqual(protocols("-d", "tcp.port==40000,chatmaster"), ["chatmaster"])
        self.assertEqual(protocols("-d", "tcp.port==7778,chatmaster"), ["data"])

    def test_keys_open_what_is_encrypted_and_nothing_else_does(self):
        sealed = [one for one in overhear.records(overhear.read(MCP, "-T", "ndjson")) if one.get("encrypted")]
        self.assertGreater(len(sealed), 1)
        self.assertTrue(all("body_base64" in one for one in sealed))
        opened = overhear.records(overhear.read(MCP, "-T", "ndjson", *overhear.keys_of(MCP)))
        self.assertFalse([one for one in opened if one.get("encrypted")])
        self.assertEqual({one["decrypted"] for one in opened if "decrypted" in one}, {"mcp-dh-private-key"})

    def test_several_key_logs(self):
        lines = MCP.with_suffix(".keylog").read_text().splitlines(keepends=True)
        halves = [self.file(f"{number}.keys", line.encode()) for number, line in enumerate(lines)]
        self.assertEqual(len(halves), 2)
        both = [word for half in halves for word in ("--keylog", half)]
        self.assertEqual(overhear.read(MCP, *both), overhear.read(MCP, *overhear.keys_of(MCP)))

    def test_a_bad_line_of_a_key_log_is_named_and_not_shown(self):
        keys = self.file("bad.keys", b"MCP_KEY deadbeef 0123456789secret\n")
        out = overhear.read(MCP, "--keylog", keys).decode()
        self.assertIn("file.key_log", out)
        self.assertIn("line 1", out)
        self.assertNotIn("0123456789secret", out)
        # It is told before the first packet, from which the times count, and has no time itself.
        self.assertIn("  1.1   0.000000  ", out)
        line = next(line for line in out.splitlines() if "file.key_log" in line)
        self.assertRegex(line, r"^    - +! file\.key_log ")
        found = overhear.records(overhear.read(MCP, "-T", "ndjson", "--keylog", keys))[1]
        self.assertEqual(found["code"], "file.key_log")
        self.assertNotIn("time", found)

    def test_secrets_are_masked_for_people_and_not_for_machines(self):
        masked = overhear.read(MCP, *overhear.keys_of(MCP)).decode()
        shown = overhear.read(MCP, "--show-secrets", *overhear.keys_of(MCP)).decode()
        self.assertNotIn("curiouser", masked)
        self.assertNotIn("curiouser", overhear.read(MCP, "--events", *overhear.keys_of(MCP)).decode())
        self.assertIn("curiouser", overhear.read(MCP, "-T", "ndjson", *overhear.keys_of(MCP)).decode())
        self.assertNotIn("wonderful", masked)
        self.assertNotEqual(masked, shown)

    def test_the_same_capture_gives_the_same_output(self):
        first = overhear.read(MCP, "-T", "ndjson", "--events", *overhear.keys_of(MCP))
        self.assertEqual(overhear.read(MCP, "-T", "ndjson", "--events", *overhear.keys_of(MCP)), first)


class Colour(CommandLine):
    def test_no_colour_where_nobody_looks(self):
        self.assertNotIn(b"\x1b", overhear.read(SCRP, env={"TERM": "xterm"}))
        self.assertNotIn(b"\x1b", overhear.read(SCRP, "--color", "never", env={"TERM": "xterm"}))

    def test_colour_when_asked_for_whatever_the_environment_says(self):
        self.assertIn(b"\x1b[", overhear.read(SCRP, "--color", "always"))
        self.assertIn(b"\x1b[", overhear.read(SCRP, "--color", "always", env={"NO_COLOR": "1"}))
        self.assertNotIn(b"\x1b", overhear.read(SCRP, "-T", "ndjson", "--color", "always"))

    def on_terminal(self, columns, *arguments, **env):
        """The output of a run on a terminal of this width."""
        import fcntl
        import pty
        import struct
        import termios
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        process = subprocess.Popen([overhear.BINARY, *map(str, arguments)], stdout=theirs, stderr=theirs,
                                   stdin=subprocess.DEVNULL, env=clean | {"TERM": "xterm"} | env)
        os.close(theirs)
        out = b""
        try:
            while piece := os.read(ours, 65536):
                out += piece
        except OSError:
            pass  # how Linux says that the other end is closed
        os.close(ours)
        self.assertEqual(process.wait(timeout=60), 0)
        return out.decode().replace("\r\n", "\n")

    def test_a_terminal_gets_colour_and_its_width(self):
        out = self.on_terminal(100, "read", SCRP)
        self.assertIn("\x1b[", out)
        plain = self.on_terminal(100, "read", SCRP, NO_COLOR="1")
        self.assertNotIn("\x1b", plain)
        self.assertNotIn("\x1b", self.on_terminal(100, "read", SCRP, TERM="dumb"))
        self.assertIn("\x1b", self.on_terminal(100, "read", SCRP, NO_COLOR=""))

    def test_lines_fit_the_terminal(self):
        import unicodedata

        def width(line):
            wide = sum(unicodedata.east_asian_width(c) in "WF" for c in line)
            return len(line) + wide - sum(unicodedata.combining(c) > 0 for c in line)
        for columns in (60, 80, 100, 200):
            for capture in overhear.SAMPLES:
                out = self.on_terminal(columns, "read", capture, *overhear.keys_of(capture), NO_COLOR="1")
                longest = max(width(line) for line in out.splitlines())
                self.assertLessEqual(longest, columns, capture.stem)


class Output(CommandLine):
    def test_outputs_that_cannot_be_written_are_4(self):
        self.refused(4, "read", SCRP, "-o", self.folder / "no/such/folder", names="no/such/folder")
        self.refused(4, "read", SCRP, "-o", self.folder, names=self.folder)
        for form in ("text", "json", "ndjson"):
            self.refused(4, "read", SCRP, "-T", form, "-o", "/dev/full", names="/dev/full: No space left")

    def test_a_full_standard_output_is_4(self):
        with open("/dev/full", "wb") as full:
            self.refused(4, "read", SCRP, stdout=full, names="standard output")
            for arguments in (["protocols"], ["protocols", "mcp"], ["protocols", "--json"], ["--version"], ["--help"],
                              ["read", "--help"]):
                self.refused(4, *arguments, stdout=full, names="standard output: No space left")

    def test_a_closed_standard_output_is_0_in_silence(self):
        capture = self.file("capture.pcapng", SCRP.read_bytes())
        for arguments in (["protocols"], ["--version"], ["read", capture]):
            done = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', overhear.BINARY, *map(str, arguments)],
                                  stderr=subprocess.PIPE, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
        # Nor is a file that is opened later taken for it.
        done = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', overhear.BINARY, "read", capture, "-o", capture],
                              stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(capture.read_bytes(), SCRP.read_bytes())

    def test_o_writes_what_standard_output_would_show(self):
        for form in ("text", "json", "ndjson"):
            path = self.file("earlier", b"x" * 10**6)
            done = overhear.run("read", SCRP, "-T", form, "-o", path)
            self.assertEqual((done.status, done.out, done.err), (0, b"", ""))
            self.assertEqual(path.read_bytes(), overhear.read(SCRP, "-T", form))

    def test_o_keeps_an_earlier_result_when_the_input_cannot_be_read(self):
        path = self.file("earlier", b"worth keeping")
        self.refused(3, "read", self.folder / "nowhere", "-o", path)
        self.refused(3, "read", SCRP, "--keylog", self.folder / "nowhere", "-o", path)
        self.refused(2, "read", SCRP, "-d", "nonsense", "-o", path)
        self.assertEqual(path.read_bytes(), b"worth keeping")

    def test_o_never_overwrites_what_is_read(self):
        capture = self.file("capture.pcapng", SCRP.read_bytes())
        other_name = self.folder / "other-name"
        other_name.hardlink_to(capture)
        keys = self.file("keys", b"# none\n")
        for output, names in ((capture, capture), (other_name, capture), (keys, keys)):
            self.refused(2, "read", capture, "--keylog", keys, "-o", output, names=names)
        self.assertEqual(capture.read_bytes(), SCRP.read_bytes())
        self.assertEqual(keys.read_bytes(), b"# none\n")

    def test_a_reader_that_goes_away_ends_it_with_0_in_silence(self):
        big = captures.header()
        talk = captures.Talk()
        big += talk.open()
        for number in range(4000):
            big += talk.say("client", json.dumps({"username": "ada", "type": "message", "data": {"message": "x" * 99,
                                                  "number": number}}).encode())
        path = self.file("big.pcap", big)
        for form in ("text", "json", "ndjson"):
            process = subprocess.Popen([overhear.BINARY, "read", path, "-T", form], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            self.assertTrue(process.stdout.readline())
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"")
            process.stderr.close()
            self.assertEqual(process.wait(timeout=60), 0)


class Protocols(CommandLine):
    def test_the_overview_names_all(self):
        done = overhear.run("protocols")
        self.assertEqual((done.status, done.err), (0, ""))
        for name in NAMES:
            self.assertIn(name, done.out.decode())
        self.assertLessEqual(max(map(len, done.out.decode().splitlines())), 80)

    def test_one_shows_its_messages(self):
        for name, message in (("cchat", "keyxchg_1"), ("mcp", "Room.Join"), ("chatmaster", "command/login"),
                              ("scrp", "CREATE_ROOM"), ("gradagenda", "batch-mode-action")):
            done = overhear.run("protocols", name)
            self.assertEqual((done.status, done.err), (0, ""))
            self.assertIn(message, done.out.decode())
            self.assertLessEqual(max(map(len, done.out.decode().splitlines())), 100)

    def test_json_is_the_same_as_an_array_and_by_name(self):
        every = json.loads(overhear.run("protocols", "--json").out)
        self.assertEqual([one["name"] for one in every], NAMES)
        for one in every:
            self.assertEqual(json.loads(overhear.run("protocols", one["name"], "--json").out), one)
            self.assertGreater(len(one["messages"]), 5)

    def test_tables_name_every_enumeration_that_fields_refer_to(self):
        def references(fields):
            for field in fields:
                if "enumeration" in field:
                    yield field["enumeration"]
                yield from references(field.get("fields", ()))
        for one in json.loads(overhear.run("protocols", "--json").out):
            known = {enumeration["name"] for enumeration in one["enumerations"]}
            used = {name for message in one["messages"] for name in references(message["fields"])}
            self.assertLessEqual(used, known, one["name"])


class Help(CommandLine):
    def test_version(self):
        done = overhear.run("--version")
        self.assertEqual((done.status, done.err), (0, ""))
        self.assertRegex(done.out.decode(), r"^overhear \d+\.\d+\.\d+\n$")

    def test_help_shows_examples(self):
        for arguments in (["--help"], ["-h"], ["read", "--help"], ["live", "--help"], ["proxy", "--help"],
                          ["ca", "--help"], ["ca", "export", "--help"], ["check", "--help"], ["stats", "--help"],
                          ["protocols", "--help"]):
            done = overhear.run(*arguments)
            self.assertEqual((done.status, done.err), (0, ""))
            self.assertIn("Examples:", done.out.decode())
            self.assertLessEqual(max(map(len, done.out.decode().splitlines())), 80)

    def test_help_tells_the_exit_statuses(self):
        self.assertIn("Exit status: 0 done, 1 a check failed, 2 wrong usage, 3", overhear.run("--help").out.decode())


if __name__ == "__main__":
    unittest.main()
