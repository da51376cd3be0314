"""A client of the control socket: commands, and what the proxy tells."""

import json
import socket

from running import PATIENCE


class Control:
    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self.events = []  # that came while an answer was waited for
        self.hello = self.next()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._lines.close()
        self._socket.close()

    def send_line(self, line):
        self._socket.sendall(line.encode() + b"\n")

    def _read(self):
        line = self._lines.readline()
        if not line:
            raise EOFError("the proxy has hung up")
        return json.loads(line)

    def next(self, event=None):
        """The next event (of that name; others in front of it are left out)."""
        while True:
            one = self.events.pop(0) if self.events else self._read()
            if event in (None, one["event"]):
                return one

    def run(self, command, **more):
        """The answer to a command."""
        self.send_line(json.dumps({"command": command, **more}))
        while (one := self._read())["event"] not in ("done", "error"):
            self.events.append(one)
        return one

    def do(self, command, **more):
        answer = self.run(command, **more)
        if answer["event"] != "done":
            raise AssertionError(answer)
        return answer
