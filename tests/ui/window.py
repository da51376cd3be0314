"""What the tests of the viewer's window share: a display of their own (Xvfb), the program on it, and pictures."""

import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import time
import zlib

PROGRAM = os.environ["OVERHEAR_VIEW"]
SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "samples"
IS_SANITIZED = bool(os.environ.get("OVERHEAR_SANITIZE"))
PATIENCE = 60 if IS_SANITIZED else 20  # seconds


class Display:
    def __enter__(self):
        read, write = os.pipe()
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
                                        pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.name = ":" + number.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Picture:
    """A PNG of 8 bits RGB, as rows of bytes."""

    def __init__(self, path):
        data = pathlib.Path(path).read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n"), "it is no PNG"
        at, packed = 8, b""
        while at < len(data):
            length, kind = struct.unpack(">I4s", data[at : at + 8])
            body = data[at + 8 : at + 8 + length]
            if kind == b"IHDR":
                self.width, self.height, depth, color = struct.unpack(">IIBB", body[:10])
                assert (depth, color) == (8, 2)
            packed += body if kind == b"IDAT" else b""
            at += length + 12
        self.rows = self._unfilter(zlib.decompress(packed))

    def _unfilter(self, raw):
        line, rows = self.width * 3, []
        above = bytearray(line)
        for number in range(self.height):
            start = number * (line + 1)
            row = bytearray(raw[start + 1 : start + 1 + line])
            kind = raw[start]
            for i in range(line):
                left = row[i - 3] if i >= 3 else 0
                corner = above[i - 3] if i >= 3 else 0
                row[i] = (row[i] + (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[kind]) & 255
            rows.append(row)
            above = row
        return rows

    def count(self, color, tolerance=4):
        """How many pixels are of about this color, 0xRRGGBB."""
        wanted = color.to_bytes(3, "big")
        return sum(all(abs(row[x + c] - wanted[c]) <= tolerance for c in range(3))
                   for row in self.rows for x in range(0, len(row), 3))


def _paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


class Viewer:
    """`overhear-view ARGUMENTS` on a display, in a folder of its own, with habits of its own."""

    def __init__(self, display, *arguments, stdin=subprocess.DEVNULL):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self.env = {**os.environ, "DISPLAY": display, "XDG_CONFIG_HOME": str(self.folder / "config"),
                    "ASAN_OPTIONS": "detect_leaks=0"}  # Mesa's
        self.process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder, env=self.env, stdin=stdin,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self._folder.cleanup()

    def end(self):
        """Its status and what it complained about."""
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors

    def _xdotool(self, *arguments):
        return subprocess.run(["xdotool", *arguments], env=self.env, capture_output=True, text=True, timeout=PATIENCE).stdout

    def titles(self):
        found = self._xdotool("search", "--class", "overhear").split()
        return [self._xdotool("getwindowname", window).strip() for window in found]

    def wait_for(self, is_so, what):
        end = time.monotonic() + PATIENCE
        while not is_so():
            if self.process.poll() is not None:
                raise AssertionError(f"it ended: {self.process.stderr.read()}")
            if time.monotonic() > end:
                raise AssertionError(f"{what} did not come; titles: {self.titles()}")
            time.sleep(0.05)

    def wait_for_title(self, start):
        self.wait_for(lambda: any(title.startswith(start) for title in self.titles()), f"the title {start}")

    def keys(self, *keys):
        window = self._xdotool("search", "--class", "overhear").split()[0]
        self._xdotool("windowfocus", "--sync", window)
        for key in keys:
            self._xdotool("key", "--clearmodifiers", key)
            time.sleep(0.1)

    def type(self, text):
        self._xdotool("type", "--delay", "20", text)
        time.sleep(0.1)

    def picture(self):
        before = set(self.folder.glob("*.png"))
        self.keys("F12")
        self.wait_for(lambda: set(self.folder.glob("*.png")) != before, "a picture")
        time.sleep(0.3)
        return Picture((set(self.folder.glob("*.png")) - before).pop())

    def seconds(self):
        """Of the processor's time that it has used."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_possible():
    import shutil
    return all(shutil.which(program) for program in ("Xvfb", "xdotool"))
