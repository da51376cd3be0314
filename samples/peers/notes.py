"""What is kept beside the packets of one capture: every message as an application gave it to its connection,
before framing, compression and encryption, and the keys. notes.mjs does the same for Node."""

import json
import os
import pathlib


class Notes:
    def __init__(self, prefix):
        """Starts PREFIX.said.jsonl; PREFIX.keylog begins with the first key."""
        self._said = pathlib.Path(f"{prefix}.said.jsonl")
        self._keylog = pathlib.Path(f"{prefix}.keylog")
        self._said.write_text("")

    def said(self, client, direction, payload):
        """`client` is the address of the connection's client end, as client_address() gives it."""
        line = {"session_client": client, "direction": direction, "payload": payload}
        with self._said.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")

    def key(self, label, name, value):
        with self._keylog.open("a", encoding="ascii") as out:
            out.write(f"{label} {name} {value}\n")


def listen_port(usual):
    """Where a server listens: elsewhere if something is to stand between it and its clients."""
    return int(os.environ.get("SAMPLE_LISTEN_PORT", usual))


def connect_port(usual):
    """Where its clients look for it."""
    return int(os.environ.get("SAMPLE_CONNECT_PORT", usual))


def trusted(usual):
    """The file of whom the clients trust: their server's certificate, or whoever stands in between."""
    return os.environ.get("SAMPLE_TRUSTED", usual)


def client_address(transport, side):
    """The client's address of an asyncio transport or stream writer, seen from the `side` that holds it."""
    host, port = transport.get_extra_info("sockname" if side == "client" else "peername")[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
