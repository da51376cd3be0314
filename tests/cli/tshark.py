"""What tshark takes out of a capture's TLS with the same key log."""

import collections
import re
import subprocess

SEPARATOR = "\x1e"  # in no JSON text


def _run(capture, key_log, *arguments):
    command = ["tshark", "-r", capture, "-o", f"tls.keylog_file:{key_log}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def tls_content(capture, key_log, is_server_port):
    """{(stream, side): bytes} that TLS carried, of every stream."""
    streams = sorted(set(map(int, _run(capture, key_log, "-T", "fields", "-e", "tcp.stream").split())))
    follow = [word for stream in streams for word in ("-z", f"follow,tls,raw,{stream}")]
    out = {}
    # One after the other, the last first.
    for part in _run(capture, key_log, "-q", *follow).split("Follow: tls,raw")[1:]:
        stream = int(re.search(r"^Filter: tcp\.stream eq (\d+)$", part, re.MULTILINE)[1])
        is_server_first = is_server_port(int(re.search(r"^Node 0: .*:(\d+)$", part, re.MULTILINE)[1]))
        for line in part.splitlines():
            if re.fullmatch(r"\t?[0-9a-f]+", line):
                side = "server" if line.startswith("\t") != is_server_first else "client"
                out[stream, side] = out.get((stream, side), b"") + bytes.fromhex(line.strip())
    return out


def websocket_texts(capture, key_log, is_server_port):
    """{(stream, side): [text]} of the WebSocket messages inside TLS."""
    fields = [word for field in ("tcp.stream", "tcp.srcport", "websocket.payload.text") for word in ("-e", field)]
    rows = _run(capture, key_log, "-Y", "tls && websocket.payload.text", "-T", "fields", "-E", "occurrence=a", "-E",
                f"aggregator={SEPARATOR}", *fields)
    out = collections.defaultdict(list)
    for row in rows.splitlines():
        stream, port, texts = row.split("\t")
        side = "server" if is_server_port(int(port)) else "client"
        out[int(stream.split(SEPARATOR)[0]), side] += texts.split(SEPARATOR)
    return dict(out)
