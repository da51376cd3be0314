"""What the tests of the command line share: running overhear and knowing the samples."""

import collections
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("OVERHEAR", str(ROOT / "build/bin/overhear"))
SAMPLES = sorted((ROOT / "samples").glob("*.pcapng"))

# What is drawn must not depend on who runs the tests.
os.environ["LC_ALL"] = "C.UTF-8"

Result = collections.namedtuple("Result", "status out err")


def run(*arguments, stdin=None, env=None, stdout=subprocess.PIPE, cwd=None):
    """Runs overhear; `stdin` is bytes. Colour and terminal settings of the caller do not reach it."""
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "COLUMNS", "SSLKEYLOGFILE")}
    command = [BINARY, *map(str, arguments)]
    done = subprocess.run(command, input=stdin if stdin is not None else b"", stdout=stdout, stderr=subprocess.PIPE,
                          env=clean | (env or {}), timeout=280, cwd=cwd)
    return Result(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def keys_of(capture):
    """The --keylog arguments that go with a sample."""
    keylog = capture.with_suffix(".keylog")
    return ["--keylog", keylog] if keylog.exists() else []


def read(capture, *arguments, **options):
    """The standard output of `overhear read`, which must succeed without a word on standard error."""
    done = run("read", capture, *arguments, **options)
    if done.status != 0 or done.err:
        raise AssertionError(f"overhear read {capture}: status {done.status}, {done.err}")
    return done.out


def records(ndjson):
    """The records of an NDJSON output. "\\n" is the only line end there is; a message keeps its body's text."""
    out = []
    for line in ndjson.decode("utf-8").split("\n")[:-1]:
        record = json.loads(line)
        # Our own keys come first and the body last, and no string can hold this sequence unescaped.
        at = line.find(',"body":') if record["record"] == "message" else -1
        if at >= 0:
            record["body_text"] = line[at + len(',"body":'):-1]
        out.append(record)
    return out


def client_of(message):
    """The client's end of the connection that a message came over."""
    return message["src"] if message["direction"] == "client" else message["dst"]


def server_of(message):
    """The server's end of it."""
    return message["dst"] if message["direction"] == "client" else message["src"]
