"""overhear intercept: what a user at a terminal, or a script, does about the messages that a proxy holds. The proxy is
the real one, but for what that never says."""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest
import unittest.mock

import overhear

sys.path.insert(0, str(overhear.ROOT / "tests/proxy"))

from running import PATIENCE, Proxy, Server, connect, receive  # noqa: E402

WIDTH = 100
SHORT = 0.3  # seconds in which nothing is to happen


def said(text, **more):
    return json.dumps({"type": "message", "data": {"message": text, **more}}, separators=(",", ":")).encode()


def login(name):
    return json.dumps({"type": "command", "data": {"command": "login", "parameters": {"username": name}}}).encode()


class Chat:
    """A server, the proxy in front of it, and clients."""

    def __init__(self, home, *arguments, filter='text contains "tea"'):
        self._stack = contextlib.ExitStack()
        self.got = {}  # what the server has got, by the client's order
        self.accepted = []
        self.server = self._stack.enter_context(Server(self._serve))
        self.proxy = self._stack.enter_context(Proxy(
            "--mode", f"reverse:tcp://127.0.0.1:{self.server.port}", "--listen", "0", "--intercept", filter, "-d",
            f"tcp.port=={self.server.port},chatmaster", "-T", "ndjson", "-o", "/dev/null", *arguments, env={"HOME": str(home)}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _serve(self, connection):
        number = len(self.accepted)
        self.accepted.append(connection)
        self.got[number] = b""
        while data := connection.recv(65536):
            self.got[number] += data

    def client(self):
        before = len(self.accepted)
        connection = self._stack.enter_context(connect(self.proxy.port))
        wait_until(lambda: len(self.accepted) > before)
        return connection

    def expect(self, data, client=0):
        wait_until(lambda: len(self.got.get(client, b"")) >= len(data))
        if self.got[client] != data:
            raise AssertionError(f"{self.got[client]} is not {data}")


def wait_until(holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError("it does not happen")
        time.sleep(0.01)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Terminal:
    """`overhear intercept` at a terminal of 100 columns."""

    def __init__(self, *arguments, env):
        self.seen = ""
        process, self._end = pty.fork()
        if process == 0:
            os.execve(overhear.BINARY, [overhear.BINARY, "intercept", *map(str, arguments)], env)
        self._process = process
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, WIDTH, 0, 0))
        self._status = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._status is None:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
        os.close(self._end)

    def expect(self, text):
        """Reads until that is there, behind what was expected before; all that came since then."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            if time.monotonic() > deadline or not self._read(0.1):
                raise AssertionError(f"{text!r} does not come: {self.seen!r}")
        end = self.seen.index(text) + len(text)
        before, self.seen = self.seen[:end], self.seen[end:]
        return before

    def _read(self, seconds):
        if select.select([self._end], [], [], seconds)[0]:
            try:
                data = os.read(self._end, 65536)
            except OSError:  # its other end is closed
                return False
            self.seen += data.decode().replace("\r\n", "\n")
            return bool(data)
        return True

    def type(self, text):
        os.write(self._end, text.encode())

    def status(self):
        """Once it has ended; the rest of what it has written is in `seen`."""
        while self._read(PATIENCE):
            pass
        self._status = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
        return self._status


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*[mK]", "", text)


class Intercept(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.temporary = self.home / "tmp"
        self.temporary.mkdir()

    def env(self, editor="false"):
        kept = {name: os.environ[name] for name in ("PATH", "LC_ALL", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        return kept | {"HOME": str(self.home), "TMPDIR": str(self.temporary), "TERM": "xterm-256color", "EDITOR": editor}

    def editor(self, script):
        """An editor that is a shell script: the file is $1."""
        path = self.home / f"editor{len(list(self.home.glob('editor*')))}.sh"
        path.write_text(script + "\n")
        return f"sh {path}"

    def script(self, *commands, editor="false", arguments=()):
        """Gives these lines to a process that is not waited for."""
        process = subprocess.Popen([overhear.BINARY, "intercept", *map(str, arguments)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.env(editor))
        self.addCleanup(self.end, process)
        process.stdin.write("".join(command + "\n" for command in commands).encode())
        process.stdin.flush()
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def result(self, process):
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out.decode(), err.decode()


class Scripts(Intercept):
    def test_each_command_waits_for_its_message(self):
        editor = self.editor("sed -i 's/tea/coffee/' \"$1\"")
        with Chat(self.home) as chat:
            client = chat.client()
            process = self.script("f", "e", "s", "d", "f", editor=editor)
            for number in range(4):
                client.sendall(said(f"tea {number}"))
            status, out, err = self.result(process)
            self.assertEqual((status, err), (0, ""))
            chat.expect(said("tea 0") + said("coffee 1") + said("tea 3"))
        for line in ("1 forwarded", "2 edited and sent", "3 dropped", "4 forwarded"):
            self.assertIn(f"\n{line}\n", out)
        self.assertNotIn("[q]uit", out)
        self.assertNotIn("\x1b", out)
        self.assertIn("\n1  1.1  client → server  chatmaster message\n"
                      "    ! chatmaster.before_login the client must log in first (ChatMaster 3000, The connection process)\n"
                      '    {\n      "type": "message",\n      "data": {\n        "message": "tea 0"\n      }\n    }\n', out)

    def test_all_are_forwarded_and_what_is_held_when_it_ends_stays(self):
        with Chat(self.home) as chat:
            client = chat.client()
            first = self.script("d 2", "q")
            client.sendall(said("tea 1") + said("tea 2"))
            status, out, _ = self.result(first)
            self.assertEqual(status, 0)
            self.assertIn("2 dropped", out)
            self.assertIn(f"still held: 1; overhear intercept {chat.proxy.port} shows it again", out)
            self.assertEqual(chat.got, {0: b""})
            client.sendall(said("tea 3"))
            second = self.script("f", "a")
            status, out, _ = self.result(second)
            self.assertEqual(status, 0)
            chat.expect(said("tea 1") + said("tea 3"))
            self.assertNotIn("still held", out)
            self.assertNotIn("somebody else", out)

    def test_what_somebody_else_does_is_told(self):
        with Chat(self.home) as chat:
            client = chat.client()
            watching = self.script()
            client.sendall(said("tea 1") + said("tea 2"))
            self.result(self.script("f", "e", "s", editor=self.editor("sed -i 's/tea/coffee/' \"$1\"")))
            client.sendall(said("tea 3"))
            self.result(self.script("d"))
            client.sendall(said("tea 4"))
            time.sleep(SHORT)
            client.shutdown(socket.SHUT_WR)  # which leaves it there
            time.sleep(SHORT)
            reset(client)
            time.sleep(SHORT)
            status, out, _ = self.result(watching)
        self.assertEqual(status, 0)
        for line in ("1 was forwarded by somebody else", "2 was edited and sent by somebody else",
                     "3 was dropped by somebody else", "4 is gone: its connection is over"):
            self.assertIn(f"\n{line}\n", out)

    def test_new_messages_go_into_an_open_session(self):
        editor = self.editor("grep . \"$1\" >> seen; sed -i 's/tea/coffee/; s/{}/[]/' \"$1\"")
        with Chat(self.home) as chat:
            client = chat.client()
            self.assertIn("no session is open", self.result(self.script("n"))[1])
            client.sendall(said("tea"))
            with contextlib.chdir(self.home):
                status, out, err = self.result(self.script("f", "n", "s", "s", "n", "c", "s", editor=editor))
            self.assertEqual((status, err), (0, ""))
            chat.expect(said("tea") + said("coffee"))
            self.assertEqual(receive(client, 2), b"[]")
            self.assertIn("\nsent to the server of session 1\n", out)
            self.assertIn("\nwarning: the message is an array, not an object\n", out)
            self.assertEqual((self.home / "seen").read_text().split("\n")[-2], "{}")

    def test_of_several_sessions_one_is_chosen(self):
        editor = self.editor("echo '{\"type\":\"quit\"}' > \"$1\"")
        with Chat(self.home, filter="text contains x") as chat:
            for name in ("ada", "bob"):
                chat.client().sendall(login(name))
                wait_until(lambda: chat.got[len(chat.accepted) - 1])
            _, out, _ = self.result(self.script("n", "9", "2", "s", "s", "n", "", editor=editor))
            chat.expect(login("bob") + b'{"type":"quit"}', 1)
            self.assertRegex(out, r"\n  1  127\.0\.0\.1:\d+ → 127\.0\.0\.1:\d+  chatmaster  ada\n  2  .* bob\n")
            self.assertIn("there is no such session", out)
            self.assertEqual(chat.got[0], login("ada"))

    def test_another_filter_holds_from_then_on(self):
        with Chat(self.home) as chat:
            client = chat.client()
            _, out, _ = self.result(self.script("/ bogus", "/", "text contains \"rum\"", "/", ""))
            self.assertIn('\nholds what matches text contains "rum"\n', out)
            self.assertRegex(out, r"\nerror: .*bogus")
            client.sendall(said("tea") + said("rum"))
            chat.expect(said("tea"))
            self.assertIn("holds nothing more", self.result(self.script("/ -", "f"))[1])
            client.sendall(said("rum again"))
            chat.expect(said("tea") + said("rum") + said("rum again"))


    def test_it_ends_when_nobody_reads_what_it_says(self):
        with Chat(self.home) as chat:
            client = chat.client()
            process = self.script("f")
            process.stdout.close()
            client.sendall(said("tea"))
            self.assertEqual(process.wait(PATIENCE), 0)
            self.assertEqual(process.stderr.read(), b"")


class Drafts(Intercept):
    def edited(self, editor, *answers, text=None, command="e"):
        """What comes of a held message, and what the server gets of it."""
        with Chat(self.home) as chat:
            client = chat.client()
            client.sendall(text or said("tea"))
            status, out, err = self.result(self.script(command, *answers, editor=editor))
            self.assertEqual(status, 0, err)
            time.sleep(SHORT)
            return out, chat.got[0]

    def test_the_file_is_private_and_goes_away(self):
        out, _ = self.edited(self.editor(f'stat -c "%a %n" "$1" "$(dirname "$1")" > {self.home}/modes; cat "$1" > {self.home}/draft'))
        modes = (self.home / "modes").read_text().split()
        self.assertEqual(modes[0::2], ["600", "700"])
        self.assertTrue(modes[1].startswith(f"{self.temporary}/overhear-"))
        self.assertTrue(modes[1].endswith("/1.json"))
        self.assertEqual(list(self.temporary.iterdir()), [])
        self.assertEqual((self.home / "draft").read_text(),
                         '{\n  "type": "message",\n  "data": {\n    "message": "tea"\n  }\n}\n')
        self.assertIn("\nunchanged\n", out)
        self.assertIn("\nstill held: 1;", out)

    def test_everything_but_white_space_stays_as_it_was_written(self):
        text = b'{ "data": {"message":"tea \\u00e9 \xe2\x98\x95","n":12345678901234567890.10,"n":1e2},  "type": "message" }'
        out, got = self.edited(self.editor("sed -i 's/tea/coffee/' \"$1\""), "s", text=text)
        self.assertEqual(got, b'{"data":{"message":"coffee \\u00e9 \xe2\x98\x95","n":12345678901234567890.10,"n":1e2},"type":"message"}')
        self.assertIn("warning: /data/n", out)

    def test_what_is_wrong_is_told_and_may_be_edited_again(self):
        editor = self.editor("if grep -q wrong \"$1\"; then sed -i s/wrong/right/ \"$1\"; else sed -i 's/\"message\": /\"wrong\": /' \"$1\"; fi")
        out, got = self.edited(editor, "e", "s")
        self.assertEqual(got, b'{"type":"message","data":{"right":"tea"}}')
        self.assertIn("\nwarning: /data/message is missing (ChatMaster 3000, Message)\n", out)
        self.assertIn("\nwarning: /data/right the specification does not name this field (ChatMaster 3000, Message)\n", out)

    def test_what_is_no_json_any_more_is_sent_as_it_stands(self):
        out, got = self.edited(self.editor("sed -i 's/\"tea\"/tea/' \"$1\""), "s")
        self.assertEqual(got, b'{\n  "type": "message",\n  "data": {\n    "message": tea\n  }\n}')
        self.assertIn("\nwarning: line 4, column 16: ", out)

    def test_it_may_be_left_as_it_was(self):
        out, got = self.edited(self.editor("echo '{}' > \"$1\""), "l")
        self.assertEqual(got, b"")
        self.assertIn("still held: 1;", out)
        out, got = self.edited(self.editor(": > \"$1\""))
        self.assertIn("\nempty: nothing is sent\n", out)
        self.assertEqual(got, b"")

    def test_an_editor_that_fails_changes_nothing(self):
        for editor, text in (("exit 3;", "the editor failed (status 3)"), ("/nowhere/editor", "no editor: set VISUAL or EDITOR"),
                             ("rm", "the editor left no file, or one over 64 MiB"), ("kill -9 $$;", "the editor failed (status 137)")):
            out, got = self.edited(editor)
            self.assertIn(f"\nerror: {text}\n", out)
            self.assertEqual(got, b"")

    def test_bytes_that_are_no_utf_8_are_sent_too(self):
        out, got = self.edited(self.editor("printf '{\"type\":\"\\377\"}' > \"$1\""), "s")
        self.assertEqual(got, b'{"type":"\xff"}')
        self.assertIn("warning: line 1, column 10: ", out)


class AtATerminal(Intercept):
    def test_a_session(self):
        editor = self.editor("sed -i 's/tea/coffee/' \"$1\"")
        with Chat(self.home, filter="direction == client") as chat:
            client = chat.client()
            with Terminal(env=self.env(editor)) as terminal:
                seen = terminal.expect("waiting: [n]ew message [/] filter [q]uit > ")
                self.assertIn(f"proxy on 127.0.0.1:{chat.proxy.port} and [::1]:{chat.proxy.port}; holds what matches", seen)
                client.sendall(json.dumps({"type": "command", "data": {"command": "login", "parameters": {
                    "username": "ada", "password": "s3cret", "tokens": ["s3cret", {"a": "s3cret"}]}}}).encode())
                seen = terminal.expect("1: [f]orward [e]dit [d]rop [n]ew message [a]ll forward [/] filter [q]uit > ")
                self.assertNotIn("s3cret", seen)
                self.assertEqual(seen.count("•••"), 3)
                self.assertIn("\x1b[1m1\x1b[0m", seen)
                self.assertIn("  1.1  client → server  chatmaster command/login  ada\n", plain(seen))
                terminal.type("f\n")
                terminal.expect("1 forwarded\n")
                client.sendall('{"type":"message","data":{"message":"tea \u009b31m \u202e \x7f'.encode() + b"x" * 500 + b'"}}')
                seen = terminal.expect("2: [f]orward")
                for unsafe in ("\u009b", "\u202e", "\x7f"):
                    self.assertNotIn(unsafe, seen)
                self.assertIn(r"tea \u009b31m \u202e \x7fxxx", seen)
                self.assertLessEqual(max(map(len, plain(seen).split("\n")[:-1])), WIDTH)
                client.sendall(said("third"))
                seen = terminal.expect("3  client → server  chatmaster message  waits behind it\n")
                terminal.expect("2: [f]orward")
                client.sendall(said("fourth"))
                seen = terminal.expect("4  client → server  chatmaster message  waits behind it\n")
                self.assertNotIn("3  client", seen)
                terminal.expect("2: [f]orward")
                terminal.type("\n")
                terminal.expect("2: [f]orward")
                terminal.type("e\n")
                terminal.expect("[s]end [e]dit again [l]eave > ")
                terminal.type("s\n")
                terminal.expect("2 edited and sent\n")
                terminal.expect("3: [f]orward")
                terminal.type("\n? 4\nf 9\nd x\n")
                terminal.expect("f [N] forward, e [N] edit")
                terminal.expect("9 is not held\n")
                terminal.expect("f [N] forward, e [N] edit")
                terminal.type("\x03")  # Ctrl-C
                terminal.expect(f"still held: 3, 4; overhear intercept {chat.proxy.port} shows them again\n")
                self.assertEqual(terminal.status(), 0)
            wait_until(lambda: b"coffee" in chat.got[0])
            self.assertNotIn(b"third", chat.got[0])

    def test_what_comes_while_the_editor_is_open_waits_in_order(self):
        os.mkfifo(self.home / "done")
        editor = self.editor(f"trap '' INT; touch {self.home}/open; read x < {self.home}/done; sed -i 's/tea/coffee/' \"$1\"")
        with Chat(self.home) as chat:
            client = chat.client()
            client.sendall(said("tea 1"))
            with Terminal(env=self.env(editor)) as terminal:
                terminal.expect("1: [f]orward")
                terminal.type("e\n")
                wait_until((self.home / "open").exists)
                for number in (2, 3, 4):
                    client.sendall(said(f"tea {number}"))
                time.sleep(SHORT)
                self.assertNotIn("waits", terminal.seen)
                terminal.type("\x03")  # is the editor's
                (self.home / "done").write_text("\n")
                terminal.expect("[s]end")
                terminal.type("s\nf\nf\nf\nq\n")
                for line in ("1 edited and sent", "3  client → server  chatmaster message  waits behind it", "2 forwarded",
                             "3 forwarded", "4 forwarded"):
                    terminal.expect(line + "\n")
                self.assertEqual(terminal.status(), 0)
            chat.expect(said("coffee 1") + b"".join(said(f"tea {number}") for number in (2, 3, 4)))

    def test_a_message_that_is_gone_is_not_sent(self):
        os.mkfifo(self.home / "done")
        editor = self.editor(f"trap '' INT; touch {self.home}/open; read x < {self.home}/done; sed -i 's/tea/coffee/' \"$1\"")
        with Chat(self.home) as chat:
            client = chat.client()
            client.sendall(said("tea 1"))
            with Terminal(env=self.env(editor)) as terminal:
                terminal.expect("1: [f]orward")
                terminal.type("e\n")
                wait_until((self.home / "open").exists)
                reset(client)
                time.sleep(SHORT)
                (self.home / "done").write_text("\n")
                terminal.expect("1 is gone: its connection is over\n")
                terminal.expect("waiting: ")
                terminal.type("\x04")  # the end of the input
                self.assertEqual(terminal.status(), 0)
            self.assertEqual(chat.got[0], b"")

    def test_a_long_body_is_cut(self):
        with Chat(self.home) as chat:
            client = chat.client()
            client.sendall(said("tea", many=list(range(1000))))
            with Terminal(env=self.env()) as terminal:
                seen = plain(terminal.expect("1: [f]orward"))
                self.assertLess(seen.count("\n"), 50)
                self.assertIn("\n    … and more: e has all of it\n", seen)
            out = self.result(self.script("f"))[1]
            self.assertGreater(out.count("\n"), 1000)

    def test_the_proxy_may_end(self):
        with Chat(self.home) as chat:
            with Terminal(env=self.env()) as terminal:
                terminal.expect("waiting: ")
                chat.proxy.stop()
                self.assertEqual(terminal.status(), 3)
                self.assertEqual(terminal.seen.count("overhear: the proxy has ended\n"), 1)


class Pages(Intercept):
    def test_the_example_of_a_program_works(self):
        program = re.search(r"```python\n(.*?)```", (overhear.ROOT / "docs/control.md").read_text(), re.DOTALL)[1]
        self.assertLess(program.count("\n"), 16)
        with Chat(self.home) as chat:
            client = chat.client()
            client.sendall(said("tea"))
            process = subprocess.Popen([sys.executable, "-c", program, str(chat.proxy.port)], env=self.env(), stderr=subprocess.PIPE)
            self.addCleanup(self.end, process)
            wait_until(lambda: chat.got[0])
            self.assertEqual(json.loads(chat.got[0]), json.loads(said("TEA")))
            client.sendall(said("more tea") + said("much tea") + said("all the tea"))  # which it may read at once
            wait_until(lambda: all(text in chat.got[0] for text in (b"MORE TEA", b"MUCH TEA", b"ALL THE TEA")))

    def test_the_page_shows_what_is_shown(self):
        page = (overhear.ROOT / "docs/intercept.md").read_text()
        example = re.search(r"\$ overhear intercept\n(.*?)```", page, re.DOTALL)[1]
        self.assertLessEqual(max(map(len, example.split("\n"))), WIDTH)
        editor = self.editor("if grep -q mesage \"$1\"; then sed -i s/mesage/message/ \"$1\"; else sed -i 's/\"message\": /\"mesage\": /; s/any tea/any coffee/' \"$1\"; fi")
        with Chat(self.home) as chat:
            client = chat.client()
            client.sendall(login("ada"))
            chat.expect(login("ada"))
            chat.accepted[0].sendall(b'{"type":"request","data":{"request":"login"}}{"type":"session","data":{"status":1}}')
            receive(client, 80)
            client.sendall(said("Is there any tea left?"))
            with Terminal(env=self.env(editor)) as terminal:
                seen = terminal.expect("[q]uit > ")
                if seen.count("\n") < 2:  # it came a moment later
                    seen += terminal.expect("[q]uit > ")
                for line, until in (("e", "[l]eave > "), ("e", "[l]eave > "), ("s", "[q]uit > ")):
                    terminal.type(line + "\n")
                    seen += terminal.expect(until)
            shown = re.sub(r"waiting: [^\n]*\x1b\[K", "", seen)
            self.assertEqual(plain(shown).replace(str(chat.proxy.port), "7000").rstrip(), example.rstrip())


class WhichProxy(Intercept):
    def refused(self, status, *arguments):
        done = overhear.run("intercept", *arguments, env={"HOME": str(self.home)})
        self.assertEqual((done.status, done.out), (status, b""), done.err)
        self.assertTrue(done.err.startswith("overhear: ") and done.err.count("\n") == 1, done.err)
        return done.err

    def greeting(self, *arguments):
        return overhear.run("intercept", *arguments, env={"HOME": str(self.home)}).out.decode()

    def test_none(self):
        self.assertIn("no proxy holds messages here; start one with overhear proxy --intercept FILTER", self.refused(3))
        self.assertIn("no proxy holds messages here", self.refused(3, "8080"))
        self.assertIn("/nowhere/x.sock: No such file", self.refused(3, "/nowhere/x.sock"))
        self.assertIn("File name too long", self.refused(3, "/" + "x" * 200))

    def test_one_of_several(self):
        control = self.home / ".overhear/control"
        with Chat(self.home) as first:
            stale = socket.socket(socket.AF_UNIX)
            stale.bind(str(control / "1.sock"))
            stale.close()
            port = first.proxy.port
            self.assertIn(f":{port} and ", self.greeting())
            with Chat(self.home) as second:
                ports = ", ".join(str(one) for one in sorted((port, second.proxy.port)))
                self.assertIn(f"several proxies hold messages: say which port, {ports}", self.refused(2))
                self.assertIn(f"there is {ports}", self.refused(3, "1"))
                self.assertIn(f":{second.proxy.port} and ", self.greeting(second.proxy.port))
                self.assertIn(f":{port} and ", self.greeting(control / f"{port}.sock"))
            self.assertIn("no proxy listens there", self.refused(3, control / "1.sock"))


class StandIn:
    """What no proxy of ours says: these lines, to whoever comes; what that answers is kept."""

    def __init__(self, path, *lines, hangs_up=False):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._listener.settimeout(PATIENCE)
        self._lines = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        self._hangs_up = hangs_up
        self.commands = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with self._listener:
            connection, _ = self._listener.accept()
        with connection, connection.makefile("r") as lines:
            connection.sendall("".join(line + "\n" for line in self._lines).encode())
            if self._hangs_up:
                return
            for line in lines:
                command = json.loads(line)
                self.commands.append(command)
                done = {"event": "done", "id": command["id"], "warnings": [7], "sessions": [7, {"session": "x"}]}
                released = {"event": "released", "hold": command.get("hold"), "how": "forwarded"}
                stray = {"event": "error", "id": 999, "error": "to somebody else's command"}
                more = [released] if command["command"] in ("forward", "edit", "drop") else []
                connection.sendall("".join(json.dumps(one) + "\n" for one in [stray, done, *more]).encode())


HELLO = {"event": "hello", "schema": "overhear-control/1", "filter": "", "listening": []}


class WithStandIn(Intercept):
    def talk(self, *lines, commands="", editor="false", hangs_up=False):
        path = self.home / "stand-in.sock"
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        server = StandIn(path, *lines, hangs_up=hangs_up)
        done = overhear.run("intercept", path, stdin=commands.encode(), env=self.env(editor))
        return done, server.commands

    def test_what_is_no_control_socket_is_refused(self):
        for lines, text in ((("SSH-2.0",), "is no control socket"), (([1],), "is no control socket"),
                            (({"event": "done"},), "is no control socket"), ((), "is no control socket"),
                            ((HELLO | {"schema": "overhear-control/2"},), "speaks another version than overhear-control/1")):
            done, _ = self.talk(*lines, hangs_up=True)
            self.assertEqual((done.status, done.out), (3, b""))
            self.assertIn(text, done.err)

    def test_text_that_is_no_json_is_edited_as_text(self):
        held = {"event": "held", "hold": 5, "session": 1, "from": "server", "protocol": "", "type": "", "text": "two\nlines\x1b[31m",
                "message": {}}
        done, commands = self.talk(HELLO, held, commands="e\ns\n", editor="sed -i s/two/three/")
        self.assertEqual([(one["command"], one.get("text")) for one in commands],
                         [("check", "three\nlines\x1b[31m"), ("edit", "three\nlines\x1b[31m")])
        self.assertIn("5  server → client  data\n    two\n    lines\\x1b[31m\n", done.out.decode())

    def test_bytes_are_forwarded_or_dropped(self):
        held = {"event": "held", "hold": 5, "session": 1, "from": "client", "protocol": "mcp", "type": "", "base64": "/w==",
                "message": {"size": 1}}
        done, commands = self.talk(HELLO, held, commands="e\nd\n", editor="sed -i s/a/b/")
        self.assertIn("    1 bytes that are no text\n5 is no text: forward or drop it\n5 dropped\n", done.out.decode())
        self.assertEqual([one["command"] for one in commands], ["drop"])

    def test_what_it_does_not_know_is_passed_over(self):
        odd = [{"event": "weather", "rain": True}, {"no": "event"}, {"event": "released", "hold": 99, "how": "forwarded"},
               {"event": "held"}, {"event": "released"}, {"event": 7}, {"event": "held", "hold": "x", "message": [7], "text": 7},
               {"event": "held", "hold": 5, "message": {"findings": [7, {}], "user": 7}, "text": "x"}]
        done, commands = self.talk(HELLO, *odd, commands="f\nd 5\nn\n7\n\nq\n")
        self.assertEqual((done.status, done.err), (0, ""))
        self.assertEqual([one["command"] for one in commands], ["forward", "drop", "sessions"])

    def test_it_is_ascii_where_the_locale_is(self):
        held = {"event": "held", "hold": 5, "session": 1, "from": "client", "protocol": "mcp", "type": "Room.Join",
                "text": '{"password":"où"}', "message": {"number": 3, "user": "Zoë", "room": "☕"}}
        with unittest.mock.patch.dict(os.environ, {"LC_ALL": "C"}):
            done, _ = self.talk(HELLO, held, commands="q\n")
        self.assertTrue(done.out.isascii(), done.out)
        self.assertIn("client > server", done.out.decode())

    def test_findings_are_shown_as_on_the_timeline(self):
        finding = {"severity": "warning", "code": "app.schema", "field": "/data/room", "spec": "MCP 2.1.0, Room.Join",
                   "text": "room is a string, not an integer"}
        held = {"event": "held", "hold": 5, "session": 1, "from": "client", "protocol": "mcp", "type": "Room.Join", "text": "{}",
                "message": {"number": 3, "user": "ada", "room": "\x1b[2J", "findings": [finding, finding | {"severity": "note"}]}}
        done, _ = self.talk(HELLO, held, commands="q\n")
        self.assertIn("5  1.3  client → server  mcp Room.Join  ada, room \\x1b[2J\n"
                      "    ! app.schema /data/room is a string, not an integer (MCP 2.1.0, Room.Join)\n    {}\n",
                      done.out.decode())


if __name__ == "__main__":
    unittest.main()
