"""The programs that the samples were recorded from, with a proxy between their clients and servers: it shows what they
say, and they notice nothing."""

import base64
import collections
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from running import Proxy, free_port, overhear

PEERS = overhear.ROOT / "samples/peers"
HAS_NODE = shutil.which("node") is not None and (PEERS / "node_modules/ws").is_dir()
PYTHON = "/usr/bin/python3"  # Debian's own, which has the modules

# What is also opened on the way, and by what; the clients of these trust the proxy.
OPENED = {"mcp-session": "mcp", "mcp-javacat": "mcp", "cchat-wss": "wss", "gradagenda-wss": "wss", "scrp-tls13": "tls"}

# Each message is looked at before it goes on, and nothing else is done to it.
LOOKED_AT_FIRST = ["--intercept", 'text == "what nobody says"']

# All that changes nothing of what is said, at once: what is said late, in pieces, glued together.
BOTH_WAYS = ("upstream", "downstream")
BAD_NETWORK = {
    "seed": 1,
    "rules": [{"name": "late", "delay": {"ms": 3, "jitter": 3}}],
    "faults": [{"type": kind, "stream": stream, "attributes": attributes} for stream in BOTH_WAYS for kind, attributes in (
        ("slicer", {"at": "worst", "glue": True}), ("latency", {"latency": 5, "jitter": 5}), ("bandwidth", {"rate": 20_000}),
        ("slow_close", {"delay": 50}))],
}

# Of each protocol one more, in clear and encrypted by itself.
INLINE = ["cchat-android", "gradagenda-ws", "gradagenda-deflate", "chatmaster-zlib", "scrp-spec", "mcp-session"]

# Where a server listens, if that is another place.
ADDRESSES = {"scrp-lowercase": "[::1]"}
SECONDS = 60


def program_of(name):
    """The command of a sample's peers, without its prefix; None where it cannot run here."""
    stem = PEERS / name.replace("-", "_")
    if stem.with_suffix(".mjs").exists():
        return ["node", "--no-deprecation", stem.with_suffix(".mjs")] if HAS_NODE else None
    has_modules = all(importlib.util.find_spec(module) for module in ("websockets", "cryptography"))
    return [PYTHON, "-B", stem.with_suffix(".py")] if has_modules else None


def streams(pairs):
    """[(stream, thing)] as {stream: [thing, …]}."""
    out = collections.defaultdict(list)
    for stream, thing in pairs:
        out[stream].append(thing)
    return out


def as_said(text):
    """What can be compared: line breaks between tokens are the only thing that does not come out as it went in."""
    return text.strip("\r\n").translate(str.maketrans("\r\n\t", "   "))


def text_of(message):
    if "body_base64" in message:
        return base64.b64decode(message["body_base64"]).decode()
    if message.get("escaped"):  # control characters in it, which are sent as they are
        return re.sub(r"\\u00([89][0-9a-f]|7f)|\\u(20[0-6][0-9a-f])", lambda match: json.loads(f'"{match[0]}"'), message["body_text"])
    return message["body_text"]


def without_keys(said):
    return {stream: [re.sub(r'("publicKey": ?")[0-9A-Fa-f]+', r"\1", one) for one in things] for stream, things in said.items()}


def types(records):
    """Of each stream, in any order of the streams: which end of a session is heard first is chance."""
    said = streams(((record["session"], record["direction"]), record.get("type", "")) for record in records
                   if record["record"] == "message")
    return sorted((direction, kinds) for (_, direction), kinds in said.items())


def findings(records):
    """Codes, but for those that are about the order in time."""
    codes = [record["code"] for record in records if record["record"] == "finding"]
    codes += [one["code"] for record in records for one in record.get("findings", ())]
    return collections.Counter(codes)


class Peers(unittest.TestCase):
    maxDiff = 4000

    def talk(self, name, folder, scheme, more):
        """Runs a sample's peers with a proxy between them: what they said, and what that showed."""
        prefix, out = folder / name, folder / "out.ndjson"
        address = ADDRESSES.get(name, "127.0.0.1")
        listen = free_port(address.strip("[]"))
        key_log = prefix.with_suffix(".keylog")
        key_log.touch()
        arguments = ["--mode", f"reverse:{scheme}://{address}:{listen}", "--listen", "0", "-T", "ndjson", "-o", out,
                     "-d", f"tcp.port=={listen},{name.split('-')[0]}", "--ca-dir", folder / "ca", "--insecure"]
        # The other secrets of cchat are its clients' own.
        keys = ["--read-keylog", key_log] if scheme == "tcp" or name == "cchat-wss" else []
        if more == "bad network":
            (folder / "rules.json").write_text(json.dumps(BAD_NETWORK))
            more = ["--rules", folder / "rules.json"]
        elif more:
            more = [*more, "--control", folder / "control.sock"]
        with Proxy(*arguments, *keys, *more) as proxy:
            env = os.environ | {"SAMPLE_LISTEN_PORT": str(listen), "SAMPLE_CONNECT_PORT": str(proxy.port)}
            if scheme in ("tls", "wss"):
                env["SAMPLE_TRUSTED"] = str(folder / "ca/overhear-ca-cert.pem")
            done = subprocess.run([*program_of(name), prefix], env=env, capture_output=True, timeout=SECONDS)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            status, _, seconds = proxy.stop()
            self.assertEqual(status, 0, proxy.err())
            self.assertLess(seconds, 2)
        said = [json.loads(line) for line in prefix.with_suffix(".said.jsonl").read_text().splitlines()]
        return said, overhear.records(out.read_bytes())

    def check(self, name, scheme="tcp", more=()):
        with tempfile.TemporaryDirectory() as folder:
            said, records = self.talk(name, pathlib.Path(folder), scheme, more)
        if scheme != "tcp":
            opened = {one.get("decrypted") for one in records if one["record"] == "message"}
            self.assertEqual(opened - {None}, {"proxy"})
        expected = streams(((line["session_client"], line["direction"]), line["payload"]) for line in said)
        heard = streams(((overhear.client_of(record), record["direction"]), text_of(record)) for record in records
                        if record["record"] == "message")
        self.assertFalse([record for record in records if record.get("encrypted")])
        if scheme == "mcp":  # whose keys the client is shown are the proxy's
            heard, expected = without_keys(heard), without_keys(expected)
        # The server has the proxy for its client, so what servers say has no name in common.
        for direction in ("client", "server"):
            mine = sorted([as_said(one) for one in messages] for (_, side), messages in heard.items() if side == direction)
            theirs = sorted([as_said(one) for one in payloads] for (_, side), payloads in expected.items()
                            if side == direction)
            self.assertEqual(mine, theirs)
        if name not in ("scrp-tls12",):
            clients = {client for (client, side) in expected if side == "client"}
            self.assertEqual({client for (client, side) in heard if side == "client"}, clients)
        sample = overhear.ROOT / "samples" / f"{name}.pcapng"
        recorded = overhear.records(overhear.read(sample, "-T", "ndjson", *overhear.keys_of(sample)))
        self.assertEqual(types(records), types(recorded))
        if more != "bad network":
            # What comes out of a gate is opened: it does not show what had been sealed.
            unseen = {"mcp.clear_text"} if more and scheme == "mcp" else set()
            expected = {code: count for code, count in findings(recorded).items() if code not in unseen}
            self.assertEqual(dict(findings(records)), expected)
            return
        told = findings(records)
        self.assertGreater(told["proxy.rule"], 0)
        self.assertEqual(told["proxy.fault"] % (2 * 4), 0)


def add(name, scheme, how="", more=()):
    def test(self):
        if program_of(name) is None:
            self.skipTest("Node.js with ws, or Python's websockets and cryptography, are not installed")
        self.check(name, scheme, more)
    setattr(Peers, f"test_{name.replace('-', '_')}_by_{scheme}{how}", test)


for capture in overhear.SAMPLES:
    add(capture.stem, "tcp")
for opened_name, opened_scheme in OPENED.items():
    add(opened_name, opened_scheme)
for inline in [(name, "tcp") for name in INLINE] + list(OPENED.items()):
    add(*inline, "_looked_at_first", LOOKED_AT_FIRST)
    add(*inline, "_through_a_bad_network", "bad network")

if __name__ == "__main__":
    unittest.main()
