"""Captures whose peers mean harm: nothing they send may act on a terminal, break a line or end the program."""

import csv
import io
import json
import pathlib
import random
import tempfile
import unittest
import zlib

import captures
import overhear

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31m\r\b\x00\x7f\x85\x9b31m\u202e\u2066\u200f\u2028"
PORTS = {"cchat": 8888, "mcp": 3072, "chatmaster": 9000, "scrp": 42015, "gradagenda": 8080}
# Embeddings, overrides and isolates reorder what is around them; the marks and separators are only text.
BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_unsafe(character):
    code = ord(character)
    return code < 0x20 or 0x7F <= code < 0xA0 or character in BIDI


def raw(text):
    """JSON text whose strings hold what JSON allows unescaped, and escapes for the rest."""
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")


def hostile_messages():
    """Per protocol: messages with ESCAPES as every string, as keys, as types and as ids."""
    for name, port in PORTS.items():
        tables = json.loads(overhear.run("protocols", name, "--json").out)
        messages = []
        for message in tables["messages"]:
            body = {field["name"]: fill(field) for field in message["fields"]}
            body[ESCAPES] = ESCAPES
            for key in ("type", "method", "command"):
                if key in body:
                    body[key] = message["name"].rsplit("/")[-1]
            body.setdefault("type", message["name"])
            messages.append(body)
        messages += [{"type": ESCAPES, "id": ESCAPES}, {"type": f"Room.{ESCAPES}.{ESCAPES}", "data": ESCAPES},
                     {"ver": 1, "type": "join", "user": ESCAPES, "room": ESCAPES},
                     {"req_id": ESCAPES, "method": ESCAPES, "parameters": {"user_id": ESCAPES}},
                     {"type": "command", "data": {"command": ESCAPES}},
                     {"cdid": ESCAPES, "type": ESCAPES, "actions": [{"type": ESCAPES, "cdid": ESCAPES}]}]
        yield name, port, messages


def fill(field):
    if "object" in field["types"] or field.get("fields") and "array" not in field["types"]:
        return {inner["name"]: fill(inner) for inner in field.get("fields", ())} | {ESCAPES: ESCAPES}
    if "array" in field["types"]:
        inner = {one["name"]: fill(one) for one in field.get("fields", ())}
        return [inner or ESCAPES, ESCAPES]
    return ESCAPES


def text_frame(payload):
    size = len(payload)
    length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    return b"\x81" + length + payload


def hostile_captures():
    upgrade = (b"GET /%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
    answer = (b"HTTP/1.1 101 %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
    for number, harm in enumerate((b"\x1b[2J", b"\xc2\x9b2J", b"\x9b2J", b"\xe2\x80\xae", b"\x07\x08\x7f")):
        yield f"head-{number}", captures.capture(("client", upgrade % (harm, harm)), ("server", answer % harm))
    for name, port, messages in hostile_messages():
        lines = []
        for number, message in enumerate(messages):
            text = raw(message)
            escaped = json.dumps(message).encode()
            for payload in (text, escaped):
                if name == "scrp":
                    payload = len(payload).to_bytes(4, "big") + payload
                elif name in ("cchat", "gradagenda"):
                    payload = text_frame(payload)
                lines.append((("client", "server")[number % 2], payload))
        start = []
        if name in ("cchat", "gradagenda"):
            start = [("client", upgrade % (b"chat", b"here")), ("server", answer % b"red")]
            lines += [("server", b"\x89\x08\x1b[2J\x9b\x85\r\n"), ("client", b"\x88\x0a\x03\xe8\x1b]0;x\x07\x1b\\")]
        yield name, captures.capture(*start, *lines, server=("10.0.0.2", port))
        yield name + "-bytes", captures.capture(("client", ESCAPES.encode() * 30), ("server", b"\xff\xfe\x9b\x1b" * 30),
                                                server=("10.0.0.2", port))
    yield "zlib", captures.capture(("server", zlib.compress(raw({"type": "message", "data": {"message": ESCAPES}}))))
    yield "deep", captures.capture(("client", b'{"type":"message","data":' + b"[" * 10**6))
    yield "deep-closed", captures.capture(("client", b'{"type":"message","data":' + b"[" * 10**5 + b"]" * 10**5 + b"}"))
    yield "digits", captures.capture(("client", b'{"type":"message","data":' + b"7" * 10**6 + b"}"))
    yield "keys", captures.capture(("client", raw({"type": "message"} | {f"k{n}": n for n in range(10**5)})))
    yield "blank", captures.capture(("client", b" \r\n\t" * 10**5), ("client", b'{"type":"message"}'))


csv.field_size_limit(1 << 30)


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.files = []
        for name, data in hostile_captures():
            path = pathlib.Path(cls.folder.name) / f"{name}.pcap"
            path.write_bytes(data)
            cls.files.append(path)

    def check(self, text, name, allowed=""):
        for line in text.split("\n"):
            bad = [character for character in line if is_unsafe(character) and character not in allowed]
            self.assertFalse(bad, f"{name}: {line[:200]!r}")

    def test_text_has_no_control_characters(self):
        for path in self.files:
            with self.subTest(path.stem):
                self.check(overhear.read(path, "--events", "--show-secrets").decode(), path.stem)
                self.check(overhear.read(path).decode(), path.stem)
                self.check(overhear.run("read", path, "-T", "transcript").out.decode(), path.stem)
                self.check(overhear.read(path, "-T", "ladder", "--events", env={"LC_ALL": "C.UTF-8"}).decode(), path.stem)
                self.assertTrue(overhear.read(path, "-T", "ladder", "--events", env={"LC_ALL": "C"}).isascii())

    def test_in_colour_only_our_own_colours_are_escapes(self):
        for path in self.files:
            with self.subTest(path.stem):
                out = overhear.read(path, "--events", "--color", "always").decode()
                for ours in (f"\x1b[{code}m" for code in (0, 1, 2, 31, 32, 33, 34, 35, 36)):
                    out = out.replace(ours, "")
                self.check(out, path.stem)

    def test_exports_are_json_a_record_a_line_without_control_characters(self):
        for path in self.files:
            with self.subTest(path.stem):
                lines = overhear.read(path, "-T", "ndjson", "--events").decode()
                self.check(lines, path.stem)
                for line in lines.split("\n")[:-1]:
                    json.loads(line)
                document = overhear.read(path, "-T", "json", "--events").decode()
                self.check(document, path.stem)
                json.loads(document)

    def test_tables_have_no_control_characters_and_csv_is_csv(self):
        columns = [part for name in ("type", "user", "room", "text", "body", "finding.text", "body.type") for part in ("-e", name)]
        for path in self.files:
            with self.subTest(path.stem):
                fields = overhear.read(path, "-T", "fields", "--events", "--show-secrets", *columns).decode()
                self.check(fields, path.stem, allowed="\t")
                self.assertEqual({line.count("\t") for line in fields.split("\n")[:-1]}, {6})
                rows = overhear.read(path, "-T", "csv", "--events", *columns).decode()
                self.check(rows.replace("\r\n", "\n"), path.stem, allowed="\t")
                self.assertEqual({len(row) for row in csv.reader(io.StringIO(rows, newline=""))}, {7})

    def test_every_protocol_was_heard(self):
        heard = set()
        for path in self.files:
            for record in overhear.records(overhear.read(path, "-T", "ndjson")):
                if record["record"] == "message" and "body_text" in record:
                    heard.add(record["protocol"])
        self.assertLessEqual(set(PORTS), heard)

    def test_damaged_samples_are_read_to_their_end(self):
        chance = random.Random(7)
        path = pathlib.Path(self.folder.name) / "damaged.pcapng"
        for capture in overhear.SAMPLES:
            whole = capture.read_bytes()
            for _ in range(8):
                damaged = bytearray(whole)
                for _ in range(chance.choice((1, 10, 100, 1000))):
                    damaged[chance.randrange(200, len(damaged))] = chance.randrange(256)
                path.write_bytes(damaged)
                done = overhear.run("read", path, "--events", *overhear.keys_of(capture))
                self.assertEqual((done.status, done.err), (0, ""), capture.stem)
                self.check(done.out.decode(), capture.stem)


if __name__ == "__main__":
    unittest.main()
