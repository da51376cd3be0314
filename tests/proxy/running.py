"""What the tests of `overhear proxy` share: a proxy at work, and what its clients and servers need."""

import contextlib
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

import overhear  # noqa: E402

PATIENCE = 20  # seconds
IS_SANITIZED = bool(os.environ.get("OVERHEAR_SANITIZE"))  # its speed tells nothing


def free_port(address="127.0.0.1"):
    """A port that nobody has, nor gets by chance before it is used: none of those that the kernel gives out."""
    first_given_out = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    while True:
        port = random.randrange(10_000, max(first_given_out, 20_000))
        with contextlib.suppress(OSError), socket.create_server((address, port), family=family):
            return port


class Proxy:
    """`overhear proxy ARGUMENTS`, once it listens. `ports` are those of its modes, in their order."""

    def __init__(self, *arguments, modes=1, stdout=subprocess.PIPE, env=None):
        self._errors = tempfile.TemporaryFile()
        command = [overhear.BINARY, "proxy", *map(str, arguments)]
        clean = {name: value for name, value in os.environ.items() if name not in ("SSLKEYLOGFILE", "NO_COLOR")}
        self.process = subprocess.Popen(command, stdout=stdout, stderr=self._errors, env=clean | (env or {}))
        deadline = time.monotonic() + PATIENCE
        while self.err().count("listening on") < modes:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"it does not listen: {self.err()}")
            time.sleep(0.01)
        self.ports = [int(port) for port in re.findall(r"^listening on \S+:(\d+)", self.err(), re.MULTILINE)]
        self.port = self.ports[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self._errors.close()

    def err(self):
        return os.pread(self._errors.fileno(), 1 << 20, 0).decode()

    def stop(self):
        """Ctrl-C. The status, the standard output and how many seconds that took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, time.monotonic() - start

    def memory(self):
        """Bytes that the process has of its own and shares in part. 0 under sanitizers, whose quarantine is what would be seen."""
        if IS_SANITIZED:
            return 0
        rollup = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)[1]) * 1024


class Server:
    """Gives each connection to `serve`, on a thread of its own."""

    def __init__(self, serve, address="127.0.0.1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, 0), family=family, backlog=4096)
        self.port = self._listener.getsockname()[1]
        self._serve = serve
        threading.Thread(target=self._run, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _run(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._guarded, args=(connection,), daemon=True).start()

    def _guarded(self, connection):
        try:
            self._serve(connection)
        except OSError:
            pass


def echo(connection):
    with connection:
        while data := connection.recv(65536):
            connection.sendall(data)


def connect(port, address="127.0.0.1"):
    connection = socket.create_connection((address, port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def receive(connection, size):
    """So many bytes, or fewer where the stream ends."""
    out = b""
    while len(out) < size and (data := connection.recv(size - len(out))):
        out += data
    return out
