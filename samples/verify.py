#!/usr/bin/python3
"""Checks captures against what the applications said: ./verify.py [CAPTURE.pcapng...], all of them by default.

Every connection must be there from SYN to FIN without a hole or a reset, and the messages that this program takes out
of its bytes must be those of NAME.said.jsonl. It shares no code with overhear or with the peers; tshark gives it the
TCP segments, the rest is here.
"""

import base64
import collections
import itertools
import json
import pathlib
import re
import subprocess
import sys
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FIN, SYN, RST = 1, 2, 4
FIELDS = ("tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.seq_raw", "tcp.payload")
# RFC 3526, 2, as in "2^1536 - 2^1472 - 1 + 2^64 * { [2^1406 pi] + 741804 }".
MODP5 = int("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A"
            "431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F241"
            "17C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9E"
            "D529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF", 16)


class Wrong(Exception):
    pass


# TCP

def connections(capture):
    """(client address, server port, {"client": bytes, "server": bytes}) of each connection in the capture."""
    fields = itertools.chain.from_iterable(("-e", field) for field in FIELDS)
    command = ["tshark", "-r", capture, "-T", "fields", "-E", "occurrence=f", *fields, "-Y", "tcp"]
    rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    streams = collections.defaultdict(list)
    for row in rows:
        stream, *rest = row.split("\t")
        streams[stream].append(rest)
    for stream, packets in streams.items():
        v4, v6, client_port, server_port = packets[0][:4]
        halves = {"client": [], "server": []}
        for _, _, port, _, *segment in packets:
            halves["client" if port == client_port else "server"].append(segment)
        address = f"{v4}:{client_port}" if v4 else f"[{v6}]:{client_port}"
        halves = {side: stream_bytes(address, half) for side, half in halves.items()}
        yield address, int(server_port), opened(capture, stream, int(server_port), halves)


def opened(capture, stream, server_port, halves):
    """What TLS carried on a connection, as tshark opens it with the capture's key log; `halves` where it is no TLS."""
    if not all(data.startswith(b"\x16\x03") for data in halves.values()):
        return halves
    keylog = capture.with_suffix(".keylog")
    command = ["tshark", "-r", capture, "-o", f"tls.keylog_file:{keylog}", "-q", "-z", f"follow,tls,raw,{stream}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    opened_halves = {"client": b"", "server": b""}
    first, second = "client", "server"  # node 0 and node 1, whose lines begin with a tab
    if re.search(rf"^Node 0: .*:{server_port}$", text, re.MULTILINE):
        first, second = second, first
    for line in text.splitlines():
        if re.fullmatch(r"\t?[0-9a-f]+", line):
            opened_halves[second if line.startswith("\t") else first] += bytes.fromhex(line.strip())
    return opened_halves


def stream_bytes(address, segments):
    data, first, ended = b"", None, False
    for flags, sequence, payload in segments:
        flags, sequence, payload = int(flags, 16), int(sequence), bytes.fromhex(payload)
        if flags & RST:
            raise Wrong(f"{address} was reset")
        if flags & SYN:
            first = sequence + 1
        elif (payload or flags & FIN) and (first is None or (sequence - first) % 2**32 != len(data)):
            raise Wrong(f"{address} begins late, has a hole or came out of order")
        data += payload
        ended = ended or bool(flags & FIN)
    if not ended:
        raise Wrong(f"{address} does not end")
    return data


# Boundaries of messages

def json_objects(text):
    while text:
        _, end = json.JSONDecoder().raw_decode(text)
        yield text[:end]
        text = text[end:]


def zlib_streams(data):
    while data:
        inflater = zlib.decompressobj()
        yield inflater.decompress(data).decode()
        data = inflater.unused_data


def length_prefixed(data):
    while data:
        end = 4 + int.from_bytes(data[:4], "big")
        yield data[4:end].decode()
        data = data[end:]


def websocket(data, deflated):
    """RFC 6455, 5.2 and RFC 7692, 7.2.2, with context takeover."""
    data = data.split(b"\r\n\r\n", 1)[1]
    inflater, message, compressed = zlib.decompressobj(-15), b"", False
    while data:
        first, length, at = data[0], data[1] & 0x7F, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length, at = int.from_bytes(data[2:2 + size], "big"), 2 + size
        mask = bytes(4)
        if data[1] & 0x80:
            mask, at = data[at:at + 4], at + 4
        payload = bytes(a ^ b for a, b in zip(data[at:at + length], itertools.cycle(mask)))
        data = data[at + length:]
        if first & 0x0F >= 8:
            continue
        message += payload
        compressed = compressed or bool(first & 0x40)
        if compressed and not deflated:
            raise Wrong("a compressed frame without the extension")
        if first & 0x80:
            yield (inflater.decompress(message + b"\0\0\xff\xff") if compressed else message).decode()
            message, compressed = b"", False


# MCP

def mcp(halves, keys):
    hello = {side: next(json_objects(data.decode(errors="replace"))) for side, data in halves.items()}
    public = {side: json.loads(text)["data"] or {} for side, text in hello.items()}
    key = mcp_key(keys, *(public[side].get("publicKey", "0") for side in ("client", "server")))
    for side, data in halves.items():
        rest = data[len(hello[side].encode()):]
        yield side, [hello[side], *(mcp_lines(rest, key) if rest.startswith(b"\n") else mcp_raw(rest, key))]


def mcp_key(keys, client, server):
    for label, name, value in keys:
        if label == "MCP_DH_PRIVATE_KEY" and int(name, 16) in (int(client, 16), int(server, 16)):
            other = server if int(name, 16) == int(client, 16) else client
            return pow(int(other, 16), int(value, 16), MODP5).to_bytes(192, "big")[:32]
        if label in ("MCP_DH_SHARED_SECRET", "MCP_KEY") and int(name, 16) == int(client, 16):
            return bytes.fromhex(value)[:32]
    return None


def aes_ctr(key, data):
    if key is None:
        raise Wrong("an encrypted message has no key")
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(data)


def mcp_raw(data, key):
    while data:
        text = next(json_objects(aes_ctr(key, data).decode(errors="surrogateescape")))
        yield text
        data = data[len(text.encode()):]


def mcp_lines(data, key):
    for line in filter(None, data.split(b"\n")):
        yield (line if line.startswith(b"{") else aes_ctr(key, base64.b64decode(line))).decode().rstrip("\n")


# cchat

def check_cchat_content(said, keys):
    """The encrypted content of each connection must open with one of the keys."""
    sessions = collections.defaultdict(list)
    for line in said:
        sessions[line["session_client"]].append(line)
    for client, lines in sessions.items():
        secret = [line for line in lines if "content" in line]
        if secret and not any(opens(lines, int(value, 16)) for _, _, value in keys):
            raise Wrong(f"no key opens the content of {client}")


def opens(lines, number):
    for line in lines:
        message = json.loads(line["payload"])
        if message.get("type") == "keyxchg_1":
            result = pow(int(message["keyintrmdt"], 16), number, int(message["prime"], 16))
            number = number if message["roundleft"] else result
        if "content" in line:
            key = f"{number:x}"[:16].ljust(16, "\0").encode()
            plain = Cipher(algorithms.AES(key), modes.ECB()).decryptor().update(base64.b64decode(message["content"]))
            if plain[:-plain[-1]] != line["content"].encode():
                return False
    return True


# One capture

def messages(port, halves, keys):
    """(side, texts) for both sides of one connection."""
    if port == 3072:
        yield from mcp(halves, keys)
    elif port == 9000:
        for side, data in halves.items():
            yield side, list(json_objects(data.decode()) if data.startswith(b"{") else zlib_streams(data))
    elif port == 42015:
        for side, data in halves.items():
            yield side, list(length_prefixed(data))
    else:
        deflated = b"permessage-deflate" in halves["server"].split(b"\r\n\r\n", 1)[0]
        for side, data in halves.items():
            yield side, list(websocket(data, deflated))


def verify(capture):
    said = [json.loads(line) for line in capture.with_suffix(".said.jsonl").read_text().splitlines()]
    keylog = capture.with_suffix(".keylog")
    keys = [line.split() for line in keylog.read_text().splitlines()] if keylog.exists() else []
    expected = collections.defaultdict(list)
    for line in said:
        expected[line["session_client"], line["direction"]].append(line["payload"])
    count = 0
    for count, (address, port, halves) in enumerate(connections(capture), 1):
        for side, texts in messages(port, halves, keys):
            if texts != expected.pop((address, side), []):
                raise Wrong(f"what the {side} of {address} said is not what the capture holds")
    if expected:
        raise Wrong(f"not in the capture: {sorted(expected)}")
    if any("content" in line for line in said):
        check_cchat_content(said, keys)
    print(f"{capture.name}: {len(said)} messages in {count} connections, {capture.stat().st_size} bytes")


def main(arguments):
    captures = [pathlib.Path(argument) for argument in arguments]
    wrong = False
    for capture in captures or sorted(pathlib.Path(__file__).parent.glob("*.pcapng")):
        try:
            verify(capture)
        except (Wrong, ValueError, zlib.error) as reason:  # ValueError: no JSON, base64 or UTF-8
            print(f"{capture.name}: {reason}", file=sys.stderr)
            wrong = True
    return 1 if wrong else 0


sys.exit(main(sys.argv[1:]))
