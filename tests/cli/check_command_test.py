"""overhear check -- COMMAND: real programs that talk over the loopback interface, and how they end."""

import json
import os
import pathlib
import pty
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import overhear

if overhear.run("live", "-i", "lo", "-a", "duration:0.01").status != 0:
    print("no permission to capture from lo")
    sys.exit(77)

# A ChatMaster server and its client in one program; the client says each argument and nobody answers.
TALK = """
import json, socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for said in sys.argv[2:]:
    client.sendall(said.encode())
    server.recv(65536)
client.close()
server.close()
"""
GOOD = '{"type":"message","data":{"message":"hello"}}'
BAD = '{"type":"message","data":{"message":7}}'
PYTHON = sys.executable


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Commands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port = free_port()
        self.options = ["-f", f"tcp port {self.port}", "-d", f"tcp.port=={self.port},chatmaster", "--ignore", "chatmaster.*"]

    def check(self, *command, options=(), **more):
        return overhear.run("check", *self.options, *options, "--", *command, **more)

    def talk(self, *said, options=(), **more):
        return self.check(PYTHON, "-c", TALK, self.port, *said, options=options, **more)

    def start(self, *command, options=(), **more):
        arguments = [overhear.BINARY, "check", *self.options, *options, "--", *map(str, command)]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def test_what_a_command_says_is_checked_from_its_first_to_its_last_byte(self):
        for said, status in ([GOOD], 0), ([BAD], 1), ([GOOD, GOOD, BAD], 1), ([GOOD] * 200, 0):
            for _ in range(3):
                done = self.talk(*said, options=["--format", "json"])
                self.assertEqual((done.status, done.err), (status, ""))
                report = json.loads(done.out)
                self.assertEqual((report["messages"], report["sessions"]), (len(said), 1))
                self.assertEqual(report["command"]["status"], 0)

    def test_the_packets_are_kept(self):
        file = self.folder / "chat.pcapng"
        done = self.talk(BAD, GOOD, options=["-w", file])
        self.assertEqual(done.status, 1)
        self.assertEqual(overhear.run("check", file, *self.options[2:]).out, done.out)
        # To the end of the connection, though the command ended with it.
        events = overhear.records(overhear.read(file, "-T", "ndjson", "--events", *self.options[2:4]))
        self.assertEqual([one["reason"] for one in events if one.get("event") == "closed"], ["fin"])

    def test_a_command_that_fails_gives_its_own_status(self):
        for script, status in ("exit 0", 0), ("exit 1", 1), ("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137):
            done = self.check("sh", "-c", script)
            self.assertEqual((done.status, done.err), (status, ""))
        failing = self.check("sh", "-c", 'exec "$@"; exit 9', "sh", PYTHON, "-c", TALK + "sys.exit(3)", self.port, BAD)
        self.assertEqual(failing.status, 3)
        self.assertIn("app.schema", failing.out.decode())
        self.assertRegex(failing.out.decode().splitlines()[-1], "in 1 message of 1 session: failed, and the command with status 3$")
        fine = self.check("sh", "-c", "exit 7")
        self.assertRegex(fine.out.decode().splitlines()[-1], "sessions: the command failed with status 7$")
        self.assertNotIn("passed", fine.out.decode())

    def test_a_command_that_cannot_be_run_is_127_or_126(self):
        done = self.check("no-such-command-anywhere")
        self.assertEqual((done.status, done.out), (127, b""))
        self.assertRegex(done.err, "^overhear: cannot run no-such-command-anywhere: No such file or directory\n$")
        plain = self.folder / "plain"
        plain.write_text("no program")
        self.assertEqual(self.check(plain).status, 126)

    def test_nothing_is_run_where_nothing_can_be_checked(self):
        trace = self.folder / "ran"
        for options, status in ((["-i", "nosuch0"], 3), (["-f", "no filter"], 2), (["-o", "/no/such/folder/x"], 4),
                                (["-w", "/no/such/folder/x"], 4), (["-w", "-"], 2), (["-Y", "nosuch"], 2), (["--ignore", "nosuch"], 2)):
            done = overhear.run("check", *options, "--", "touch", trace)
            self.assertEqual((done.status, done.out), (status, b""), (options, done.err))
        self.assertFalse(trace.exists())

    def test_its_streams_are_its_own_and_the_report_comes_behind(self):
        done = self.check("sh", "-c", "cat; echo said; echo grumbled >&2", stdin=b"given\n")
        self.assertTrue(done.out.startswith(b"given\nsaid\n"), done.out)
        self.assertEqual(done.err, "grumbled\n")
        report = self.folder / "report"
        done = self.check("echo", "said", options=["-o", report])
        self.assertEqual(done.out, b"said\n")
        self.assertIn("passed", report.read_text())

    def test_it_runs_as_from_a_shell(self):
        command = ["sh", "-c", "grep -E '^(Cap|NoNewPrivs|SigBlk|SigIgn)' /proc/self/status; ls /proc/self/fd | wc -l"]
        inside = self.check(*command).out.decode().splitlines()
        outside = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, stderr=subprocess.PIPE).stdout
        self.assertEqual(inside[:len(outside.decode().splitlines())], outside.decode().splitlines())
        self.assertIn("NoNewPrivs:\t0", inside)
        done = self.check("printf", "%s;", "--", "-i", "a b", "--help")
        self.assertTrue(done.out.startswith(b"--;-i;a b;--help;"), done.out)

    def test_a_key_log_that_the_command_writes_opens_what_it_said(self):
        keys = self.folder / "made-later.keylog"
        peers = [PYTHON, str(pathlib.Path(__file__).with_name("tls_talk.py")), str(self.port), str(self.folder)]
        options = ["-f", f"tcp port {self.port}", "--format", "json", "--ignore", "chatmaster.*"]
        for environment, arguments in ({}, ["--keylog", keys]), ({"SSLKEYLOGFILE": str(keys)}, []):
            keys.unlink(missing_ok=True)
            done = overhear.run("check", *options, *arguments, "--", "env", f"SSLKEYLOGFILE={keys}", *peers, env=environment)
            self.assertEqual(done.err, "")
            report = json.loads(done.out)
            self.assertEqual([one["code"] for one in report["findings"] if one["code"].startswith("tls.no_key")], [])
            self.assertGreaterEqual(report["messages"], 2)
            self.assertEqual(done.status, 0, report)

    def test_ctrl_c_reaches_the_command_and_the_check_still_reports(self):
        pid, terminal = pty.fork()
        script = (f"n=0; trap 'n=$((n+1))' INT; {PYTHON} -c '{TALK}' {self.port} '{BAD}'; echo ready; "
                  "while [ $n -eq 0 ]; do sleep 0.05; done; sleep 0.3; exit $((4 + n))")
        if pid == 0:
            os.execv(overhear.BINARY, [overhear.BINARY, "check", *self.options, "--", "sh", "-c", script])
        out = b""
        while b"ready" not in out:
            out += os.read(terminal, 4096)
        os.write(terminal, b"\x03")
        try:
            while chunk := os.read(terminal, 4096):
                out += chunk
        except OSError:
            pass
        _, status = os.waitpid(pid, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 5)
        self.assertIn("app.schema", out.decode())
        self.assertIn("failed", out.decode().splitlines()[-1])

    def test_a_signal_to_it_alone_is_handed_on(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.start("sh", "-c", "trap 'echo told; exit 6' TERM INT; echo ready; while :; do sleep 0.05; done")
            self.assertEqual(process.stdout.readline(), b"ready\n")
            process.send_signal(number)
            out, err = process.communicate(timeout=20)
            self.assertEqual((process.returncode, err), (6, b""))
            self.assertTrue(out.startswith(b"told\n"), out)
            self.assertIn(b"the command failed with status 6", out)

    def test_it_waits_for_the_command_where_the_interface_vanishes(self):
        name = f"oc{os.getpid() % 10000}"
        if subprocess.run(["ip", "link", "add", name, "type", "veth", "peer", "name", name + "p"],
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no interface can be made here")
        try:
            subprocess.run(["ip", "link", "set", name, "up"], check=True)
            done = overhear.run("check", "-i", name, "--", "sh", "-c", f"ip link del {name}; sleep 0.5; echo done")
        finally:
            subprocess.run(["ip", "link", "del", name], stderr=subprocess.DEVNULL)
        self.assertEqual(done.status, 3)
        self.assertTrue(done.out.startswith(b"done\n"), done.out)
        self.assertIn(f"lost the interface {name}", done.err)

    def test_without_rights_it_says_how_to_get_them_and_runs_nothing(self):
        trace = self.folder / "ran"
        os.chmod(self.folder, 0o777)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
                   overhear.BINARY, "check", "--", "touch", str(trace)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
        if done.returncode == 126 or b"setpriv" in done.stderr:
            self.skipTest("the program cannot be run by others here")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"setcap cap_net_raw", done.stderr)
        self.assertFalse(trace.exists())


if __name__ == "__main__":
    unittest.main()
