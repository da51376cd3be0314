"""overhear proxy between MCP peers on real sockets: in every way of encrypting that is known, and with what goes wrong."""

import base64
import json
import socket
import time
import unittest

from running import PATIENCE, Proxy, connect, overhear, receive

try:
    from mcp_peer import VARIANTS, McpPeer
except ImportError:
    McpPeer = None

LOGIN = b'{"type":"Authentication.Login.2","data":{"username":"ada","password":"x"}}'
SAY = '{"type":"Message.CreateTextMessage.3","data":{"text":"où? ☕ %d"},"room":1}'
ACCEPTED = b'{"type":"Authentication.Accepted.2","data":{"rooms":[],"heartbeatRate":30000}}'
REFUSED = b'{"type":"Error.PacketDataIncorrect","data":null}'
TEXTS = [LOGIN] + [(SAY % number).encode() for number in range(3)]


class Met:
    """A client and a server that know each other through a proxy, without a thread: one says, the other hears."""

    def __init__(self, proxy, listener, client_variant, server_variant=None, **more):
        self.client = McpPeer(connect(proxy.port), client_variant, server_variant, **more)
        accepted, _ = listener.accept()
        accepted.settimeout(PATIENCE)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server = McpPeer(accepted, server_variant or client_variant, client_variant, **more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.connection.close()
        self.server.connection.close()

    def greet(self, read_key=lambda text: int(text, 16)):
        for one, another in ((self.client, self.server), (self.server, self.client)):
            one.connection.sendall(one.handshake())
            key = json.loads(another.clear())["data"]["publicKey"]
            another.agree(key, read_key)
            if key == one.public_text:
                raise AssertionError("it is the peer's own key")

    def say(self, one, another, texts, step=None, pause=0.0):
        """Sends all, in parts of `step` bytes, and has them heard."""
        sealed = b"".join(map(one.seal, texts))
        for at in range(0, len(sealed), step or len(sealed)):
            one.connection.sendall(sealed[at:at + (step or len(sealed))])
            time.sleep(pause)
        return [another.sealed(len(text)) for text in texts]


@unittest.skipUnless(McpPeer, "Python's cryptography is not installed")
class Mcp(unittest.TestCase):
    def setUp(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.listener.settimeout(PATIENCE)
        self.addCleanup(self.listener.close)

    def proxy(self, *more, scheme="mcp"):
        port = self.listener.getsockname()[1]
        return Proxy("--mode", f"reverse:{scheme}://127.0.0.1:{port}", "--listen", "0", "-T", "ndjson", *more)

    def records(self, proxy):
        time.sleep(0.2)
        status, out, _ = proxy.stop()
        self.assertEqual(status, 0, proxy.err())
        return overhear.records(out)

    def check(self, proxy, *said):
        """What is shown of the client and the server, both behind their handshakes."""
        records = self.records(proxy)
        self.assertEqual([one for one in records if one["record"] == "finding" and one["code"][:4] in ("mcp.", "prox")], [])
        for side, texts in zip(("client", "server"), said):
            heard = [one for one in records if one["record"] == "message" and one["direction"] == side]
            sealed = [one for one in heard if "Handshake" not in one["type"] and "Error" not in one["type"]]
            self.assertEqual([one["body_text"].encode() for one in sealed], texts)
            self.assertEqual([one.get("decrypted") for one in sealed], ["proxy"] * len(texts))

    def test_every_variant(self):
        for variant in VARIANTS:
            with self.subTest(variant), self.proxy() as proxy, Met(proxy, self.listener, variant) as met:
                met.greet()
                self.assertEqual(met.say(met.client, met.server, TEXTS[:1]), TEXTS[:1])
                self.assertEqual(met.say(met.server, met.client, [ACCEPTED]), [ACCEPTED])
                self.assertEqual(met.say(met.client, met.server, TEXTS[1:]), TEXTS[1:])  # in one segment
                self.assertEqual(met.say(met.server, met.client, TEXTS[1:]), TEXTS[1:])
                self.check(proxy, TEXTS, [ACCEPTED] + TEXTS[1:])

    def test_single_bytes_with_pauses(self):
        for variant in ("raw", "base64-line-continuous"):
            with self.proxy() as proxy, Met(proxy, self.listener, variant) as met:
                met.greet()
                self.assertEqual(met.say(met.client, met.server, TEXTS[:2], 1, 0.005), TEXTS[:2])
                self.assertEqual(met.say(met.server, met.client, [ACCEPTED], 20, 0.4), [ACCEPTED])
                self.check(proxy, TEXTS[:2], [ACCEPTED])

    def test_sides_that_do_not_understand_each_other(self):
        with self.proxy() as proxy, Met(proxy, self.listener, "raw-aes192", "raw") as met:
            met.greet()
            for _ in range(2):
                self.assertEqual(met.say(met.client, met.server, TEXTS[:1]), TEXTS[:1])
                met.server.connection.sendall(REFUSED)
                self.assertEqual(met.client.clear(), REFUSED)
            self.check(proxy, TEXTS[:1] * 2, [])

    def test_a_timeout_in_clear(self):
        with self.proxy() as proxy, Met(proxy, self.listener, "base64-line") as met:
            met.greet()
            self.assertEqual(met.say(met.server, met.client, [ACCEPTED]), [ACCEPTED])
            timeout = b'{"type":"Error.HeartbeatTimeout","data":null}\n\n'
            met.server.connection.sendall(timeout)
            self.assertEqual(receive(met.client.connection, len(timeout)), timeout)
            met.server.connection.close()
            self.assertEqual(met.client.connection.recv(1), b"")
            self.check(proxy, [], [ACCEPTED])

    def test_each_way_to_write_a_key(self):
        def base64_text(number):
            return base64.b64encode(number.to_bytes(192, "big")).decode()

        def java_text(number):
            return number.to_bytes(number.bit_length() // 8 + 1, "big").hex().upper()

        rows = [
            (base64_text, lambda text: int.from_bytes(base64.b64decode(text, validate=True), "big")),
            (java_text, lambda text: int(text, 16)),
            (str, int),
        ]
        for write, read in rows:
            for _ in range(3):
                with self.proxy() as proxy, Met(proxy, self.listener, "raw", write_key=write) as met:
                    met.greet(read)
                    self.assertEqual(met.say(met.client, met.server, TEXTS), TEXTS)
                    self.check(proxy, TEXTS, [])

    def test_garbage_and_silence(self):
        for first in (b"", b"hello\n", bytes(range(1, 256)), b'{"type":"Handshake.Hand'):
            with self.subTest(first), self.proxy() as proxy, Met(proxy, self.listener, "raw") as met:
                met.client.connection.sendall(first)
                time.sleep(0.1)
                met.client.connection.shutdown(socket.SHUT_WR)
                self.assertEqual(receive(met.server.connection, 1000), first)
                met.server.connection.close()
                self.assertEqual(met.client.connection.recv(1), b"")
                self.records(proxy)

    def test_what_cannot_be_opened(self):
        garbage = b"\x01\x02 no package \xff\xfe" * 10
        with self.proxy() as proxy, Met(proxy, self.listener, "raw") as met:
            met.greet()
            met.client.connection.sendall(garbage)
            self.assertEqual(receive(met.server.connection, len(garbage)), garbage)
            codes = [one["code"] for one in self.records(proxy) if one["record"] == "finding"]
            self.assertEqual(codes.count("proxy.not_rekeyed"), 1)
        with self.proxy("--fail-closed") as proxy, Met(proxy, self.listener, "raw") as met:
            met.greet()
            self.assertEqual(met.say(met.client, met.server, TEXTS), TEXTS)
            met.client.connection.sendall(garbage)
            for peer in (met.server, met.client):
                try:
                    self.assertEqual(peer.connection.recv(1000), b"")
                except ConnectionResetError:
                    pass
            codes = [one["code"] for one in self.records(proxy) if one["record"] == "finding"]
            self.assertEqual(codes.count("proxy.not_rekeyed"), 1)

    def test_who_only_relays_it_says_how_to_open_it(self):
        with self.proxy(scheme="tcp") as proxy, Met(proxy, self.listener, "raw") as met:
            for one, another in ((met.client, met.server), (met.server, met.client)):
                one.connection.sendall(one.handshake())
                another.agree(json.loads(another.clear())["data"]["publicKey"])
            self.assertEqual(met.say(met.client, met.server, TEXTS), TEXTS)
            self.assertEqual(met.say(met.server, met.client, [ACCEPTED]), [ACCEPTED])
            found = [one for one in self.records(proxy) if one["record"] == "finding" and one["code"] == "mcp.no_key"]
            self.assertEqual(len(found), 1, found)
            self.assertIn("--mode reverse:mcp://", found[0]["text"])

    def test_sessions_that_are_over_are_forgotten(self):
        with self.proxy("-o", "/dev/null") as proxy:
            def sessions(count):
                for _ in range(count):
                    with Met(proxy, self.listener, "raw") as met:
                        met.greet()
                        self.assertEqual(met.say(met.client, met.server, TEXTS[:1]), TEXTS[:1])
                time.sleep(0.5)
                return proxy.memory()
            sessions(300)
            before = sessions(300)
            after = sessions(1400)
            self.assertLess(after - before, 3 << 20)
            self.assertEqual(proxy.stop()[0], 0)


if __name__ == "__main__":
    unittest.main()
