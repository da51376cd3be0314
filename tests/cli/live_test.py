"""overhear live and read --follow, on the loopback interface and on one that vanishes."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import captures
import overhear

if overhear.run("live", "-i", "lo", "-a", "duration:0.01").status != 0:
    print("no permission to capture from lo")
    sys.exit(77)


@contextlib.contextmanager
def live(*arguments, interface="lo"):
    """`overhear live`, once it captures; ended like a person does it, unless it has ended before."""
    command = [overhear.BINARY, "live", "-i", interface, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        deadline = time.time() + 20
        while time.time() < deadline and process.poll() is None and not captures_already(process.pid):
            time.sleep(0.01)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def captures_already(pid):
    """Whether the process has its packet socket and has given up its rights."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return "CapEff:\t0000000000000000" in status
    except OSError:
        return False


class Chat:
    """One ChatMaster connection over the loopback interface, server and client in one."""

    def __init__(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self._client = socket.create_connection(("127.0.0.1", self.port))
        self._server, _ = listener.accept()
        listener.close()
        self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def say(self, text):
        self._client.sendall(json.dumps({"type": "message", "data": {"message": text}}).encode())
        self._server.recv(65536)

    def close(self):
        self._client.close()
        self._server.close()


def said(ndjson):
    return [record["body"]["data"]["message"] for record in overhear.records(ndjson) if record["record"] == "message"]


class Live(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = pathlib.Path(self.folder.name) / "chat.pcapng"
        self.chat = Chat()
        self.addCleanup(self.chat.close)
        self.arguments = ["-f", f"tcp port {self.chat.port}", "-d", f"tcp.port=={self.chat.port},chatmaster"]

    def test_messages_come_within_milliseconds_and_ctrl_c_ends_in_order(self):
        with live(*self.arguments, "-T", "ndjson", "-w", self.file) as process:
            waits = []
            process.stdout.readline()  # of the capture
            for number in range(20):
                start = time.monotonic()
                self.chat.say(f"said {number}")
                while b'"record":"message"' not in process.stdout.readline():
                    pass
                waits.append(time.monotonic() - start)
            process.send_signal(signal.SIGINT)
            rest, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0, err)
        self.assertLess(sorted(waits)[len(waits) // 2], 0.1)
        self.assertRegex(err.decode(), r"^\d+ packets seen, 0 dropped by the kernel, 0 by the interface; "
                                       r"20 messages in 1 session, \d+ findings?\n$")
        self.assertEqual(said(overhear.read(self.file, "-T", "ndjson", *self.arguments[2:])),
                         [f"said {number}" for number in range(20)])

    def test_the_file_goes_on_while_nobody_reads_the_messages(self):
        with live(*self.arguments, "-T", "ndjson", "-w", self.file) as process:
            text = "a line that nobody reads " * 40
            for _ in range(300):  # more than a pipe takes
                self.chat.say(text)
            kept = []
            deadline = time.time() + 20
            while len(kept) < 300 and time.time() < deadline:
                time.sleep(0.1)
                kept = said(overhear.read(self.file, "-T", "ndjson", *self.arguments[2:]))
            self.assertIsNone(process.poll())
        self.assertEqual(kept, [text] * 300)

    def test_the_file_is_whole_after_a_kill(self):
        with live(*self.arguments, "-w", self.file) as process:
            for number in range(50):
                self.chat.say(f"said {number}")
            time.sleep(0.3)
            process.kill()
            process.wait()
        records = overhear.records(overhear.read(self.file, "-T", "ndjson", *self.arguments[2:]))
        self.assertEqual(sum(record["record"] == "message" for record in records), 50)
        codes = [record["code"] for record in records if record["record"] == "finding"]
        self.assertFalse([code for code in codes if code.startswith("file.")], codes)

    def test_keys_go_into_the_file(self):
        sample = overhear.ROOT / "samples/mcp-session.pcapng"
        keys = sample.with_suffix(".keylog")
        copy = pathlib.Path(self.folder.name) / "copy.pcapng"
        shown = overhear.read(sample, "--keylog", keys, "-w", copy, "--embed-keys")
        self.assertEqual(overhear.read(copy), shown)
        self.assertNotIn(b"PRIVATE", copy.read_bytes())
        with live(*self.arguments, "-w", self.file, "--embed-keys", "--keylog", keys, "-q") as process:
            self.chat.say("nothing to open")
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=20), 0)
        overhear.read(self.file)

    def test_it_ends_by_itself(self):
        with live(*self.arguments, "-a", "duration:0.3", "-q") as process:
            self.assertEqual(process.wait(timeout=20), 0)
        with live(*self.arguments, "-c", "5", "-T", "ndjson") as process:
            for number in range(20):
                self.chat.say(f"said {number}")
            _, err = process.communicate(timeout=20)
            self.assertTrue(err.startswith(b"5 packets seen"), err)
        with live(*self.arguments, "-w", self.file, "-a", "filesize:5") as process:
            for number in range(200):
                self.chat.say("z" * 100)
            self.assertEqual(process.wait(timeout=20), 0)
        self.assertGreaterEqual(self.file.stat().st_size, 5000)
        self.assertLess(self.file.stat().st_size, 100_000)

    def test_a_ring_keeps_its_last_files(self):
        with live(*self.arguments, "-w", self.file, "-b", "packets:10", "-b", "files:3") as process:
            for number in range(60):
                self.chat.say(f"said {number}")
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=20), 0)
        files = sorted(pathlib.Path(self.folder.name).iterdir())
        self.assertEqual(len(files), 3)
        for file in files:
            self.assertRegex(file.name, r"^chat_\d{5}_\d{14}\.pcapng$")
        heard = [text for file in files for text in said(overhear.read(file, "-T", "ndjson", *self.arguments[2:]))]
        self.assertEqual(heard, [f"said {number}" for number in range(60)][-len(heard):])
        self.assertGreater(len(heard), 8)

    def test_a_key_log_that_grows_opens_what_waits(self):
        sample = overhear.ROOT / "samples/mcp-session.pcapng"
        keys = pathlib.Path(self.folder.name) / "grows.keylog"
        growing = pathlib.Path(self.folder.name) / "grows.pcapng"
        growing.write_bytes(sample.read_bytes())
        command = [overhear.BINARY, "read", "--follow", growing, "--keylog", keys, "-T", "ndjson"]
        keys.write_text("# none yet\n")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.5)
        keys.write_text(sample.with_suffix(".keylog").read_text())
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        self.assertEqual((process.returncode, err), (0, b""))
        bodies = [record.get("body") for record in overhear.records(out) if record["record"] == "message"]
        whole = overhear.records(overhear.read(sample, "--keylog", sample.with_suffix(".keylog"), "-T", "ndjson"))
        self.assertCountEqual(map(json.dumps, bodies),
                              [json.dumps(record["body"]) for record in whole if record["record"] == "message"])

    def test_what_was_captured_is_kept_where_the_interface_vanishes(self):
        name = f"oh{os.getpid() % 10000}"
        if subprocess.run(["ip", "link", "add", name, "type", "veth", "peer", "name", name + "p"],
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no interface can be made here")
        try:
            subprocess.run(["ip", "link", "set", name, "up"], check=True)
            with live("-w", self.file, interface=name) as process:
                time.sleep(0.2)
                subprocess.run(["ip", "link", "del", name], check=True)
                _, err = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 3, err)
            self.assertIn(f"lost the interface {name}".encode(), err)
            overhear.read(self.file)
        finally:
            subprocess.run(["ip", "link", "del", name], stderr=subprocess.DEVNULL)

    def test_without_rights_it_says_how_to_get_them(self):
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all",
                   "--inh-caps=-all", overhear.BINARY, "live", "-i", "lo"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
        if done.returncode == 126 or b"setpriv" in done.stderr:
            self.skipTest("the program cannot be run by others here")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"setcap cap_net_raw", done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1)


class Follow(unittest.TestCase):
    def test_a_file_that_grows_is_read_as_it_does(self):
        talk = captures.Talk()
        with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
            file.write(captures.header() + talk.open())
            file.flush()
            process = subprocess.Popen([overhear.BINARY, "read", "--follow", file.name, "-T", "ndjson"],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdout.readline()
            for number in range(5):
                data = talk.say("client", b'{"type":"message","data":{"message":"said %d"}}' % number)
                file.write(data[:20])  # half a record, too
                file.flush()
                time.sleep(0.1)
                file.write(data[20:])
                file.flush()
                self.assertEqual(said(process.stdout.readline()), [f"said {number}"])
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
            self.assertEqual((process.returncode, err), (0, b""))

    def test_standard_input_is_refused(self):
        self.assertEqual(overhear.run("read", "--follow", "-").status, 2)


if __name__ == "__main__":
    unittest.main()
