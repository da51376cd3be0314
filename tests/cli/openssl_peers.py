"""`openssl s_server` and `s_client` talking on the loopback interface, what was typed into them, and a capture of it."""

import collections
import contextlib
import json
import os
import select
import signal
import subprocess
import time

SECONDS = 8  # that anything may take
FIRST_PORT = 23100  # below those that clients get

# `clients` has the arguments of each connection's s_client, one after the other. `talk` is what is typed, turn by turn:
# "client" or "server" for a message, with a word behind it for one of the program's commands. "@" is the folder of files.
Case = collections.namedtuple("Case", "name server clients talk", defaults=[[[]], ["client", "server"] * 2])


@contextlib.contextmanager
def captured(capture, ports):
    """What goes over the loopback interface to and from these ports meanwhile, by tcpdump."""
    dump = subprocess.Popen(["tcpdump", "-i", "lo", "-U", "--immediate-mode", "-B", "16384", "-Z", "root", "-w", capture,
                             f"tcp portrange {ports[0]}-{ports[-1]}"], stderr=subprocess.PIPE)
    try:
        while b"listening on" not in dump.stderr.readline():
            pass
        yield
        time.sleep(0.5)  # the last FIN and its ACK
    finally:
        dump.send_signal(signal.SIGINT)
        dump.communicate()


class Program:
    """openssl, with something to type into, and what it prints."""

    def __init__(self, *arguments):
        self.arguments = list(map(str, arguments))
        self._process = subprocess.Popen(["openssl", *self.arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT)
        self.printed = b""

    def type(self, text):
        self._process.stdin.write(text.encode() + b"\n")
        self._process.stdin.flush()

    def wait_for(self, text, begin=0):
        deadline = time.time() + SECONDS
        while text.encode() not in self.printed[begin:]:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0, deadline - time.time()))
            more = os.read(self._process.stdout.fileno(), 65536) if ready else b""
            if not more:
                raise AssertionError(f"{self.arguments} did not print {text!r} but\n{self.printed[-900:].decode(errors='replace')}")
            self.printed += more

    def end(self):
        """s_client closes the connection when its input ends."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.communicate(timeout=2)
        self.kill()

    def kill(self):
        self._process.kill()
        self._process.communicate()


def message(text):
    return json.dumps({"type": "message", "data": {"message": text}}, separators=(",", ":"))


def make_files(folder):
    """Certificates of three kinds, PEM, with their keys; something to say early."""
    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
    openssl("genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048", "-out", folder / "rsa.key")
    openssl("genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", folder / "ec.key")
    openssl("dsaparam", "-genkey", "-noout", "-out", folder / "dsa.key", "1024")
    for kind in ("rsa", "ec", "dsa"):
        openssl("req", "-x509", "-new", "-key", folder / f"{kind}.key", "-days", "2", "-subj", f"/O=peers/CN={kind}.example",
                "-out", folder / f"{kind}.pem")
    (folder / "early").write_text(message("early") + "\n")


class Recording:
    """The cases one after the other. `said` is {(case, connection, side): [text]}, `cases` is {server's port: case}."""

    def __init__(self, folder, cases):
        self.folder, self.capture, self.key_log = folder, folder / "peers.pcap", folder / "keys.txt"
        self.said = collections.defaultdict(list)
        self.cases = dict(enumerate(cases, FIRST_PORT))
        make_files(folder)
        with captured(self.capture, list(self.cases)):
            for port, case in self.cases.items():
                self._play(port, case)

    def _files(self, arguments):
        return [f"{self.folder}/{one[1:]}" if one.startswith("@") else one for one in arguments]

    def _play(self, port, case):
        server = Program("s_server", "-accept", f"127.0.0.1:{port}", "-keylogfile", self.key_log, "-legacy_renegotiation",
                         *self._files(case.server))
        try:
            server.wait_for("ACCEPT")
            for number, arguments in enumerate(case.clients):
                client = Program("s_client", "-connect", f"127.0.0.1:{port}", "-servername", "chat.example",
                                 "-no_ign_eof", *self._files(arguments))
                begin = len(server.printed)
                try:
                    if "-early_data" in arguments:
                        self.said[case.name, number, "client"].append(message("early"))
                    self._talk(case, number, {"client": client, "server": server})
                finally:
                    client.end()
                server.wait_for("DONE", begin)
        except AssertionError as wrong:
            raise AssertionError(f"{case.name}: {wrong}") from None
        finally:
            server.kill()

    def _talk(self, case, number, programs):
        for turn, step in enumerate(case.talk):
            who, _, command = step.partition(" ")
            if command:
                programs[who].type(command)
                time.sleep(0.3)  # for the handshake that it begins
                continue
            listener = programs["server" if who == "client" else "client"]
            begin = len(listener.printed)
            text = message(f"{case.name}, {number}.{turn}")
            self.said[case.name, number, who].append(text)
            programs[who].type(text)
            listener.wait_for(text, begin)
