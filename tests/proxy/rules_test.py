"""overhear proxy --rules: what a file says is done to messages, on real sockets, the same for the same seed, and from the
moment on in which the file is saved."""

import contextlib
import json
import os
import pathlib
import re
import socket
import struct
import threading
import time
import unittest
import zlib

from control import Control
from running import PATIENCE, Proxy, Server, connect, echo, overhear, receive
from stopping import Stopping, said

try:
    from mcp_peer import VARIANTS
    from mcp_proxy_test import ACCEPTED, LOGIN, Met
except ImportError:
    VARIANTS = None
try:
    import jsonschema
    SCHEMA = jsonschema.Draft202012Validator(json.loads((overhear.ROOT / "docs/rules-file.schema.json").read_text()))
except ImportError:
    SCHEMA = None


FROM_CLIENT = "direction == client"
UPGRADE = (b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
UPGRADED = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")


class Rules(Stopping):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "rules.json"

    def write(self, *rules, **more):
        self.file.write_text(json.dumps({"seed": 7, "rules": rules} | more, ensure_ascii=False))
        if SCHEMA:
            SCHEMA.validate(json.loads(self.file.read_text()))

    def proxy(self, port, *arguments, scheme="tcp"):
        return Proxy("--mode", f"reverse:{scheme}://127.0.0.1:{port}", "--listen", "0", "--rules", self.file, "-T", "ndjson",
                     "-o", self.out, *arguments)

    def talk(self, *rules, say=("a", "b", "c"), get=b"", **more):
        """What comes back of what is said, through these rules."""
        self.write(*rules, **more)
        with Server(echo) as server, self.proxy(server.port) as proxy:
            with connect(proxy.port) as client:
                for text in say:
                    client.sendall(said(text))
                self.expect(client, get)
                self.assertSilent(client)
            return self.records(proxy, "finding")


class Each(Rules):
    def test_drop(self):
        found = self.talk({"name": "no b", "match": f'{FROM_CLIENT} && text == "b"', "drop": True}, get=said("a") + said("c"))
        told = [one["text"] for one in found if one["code"] == "proxy.rule"]
        self.assertEqual(told, ["no b: message is dropped"])

    def test_duplicate(self):
        self.talk({"match": f'{FROM_CLIENT} && text == "b"', "duplicate": 2},
                  get=said("a") + said("b") * 3 + said("c"))

    def test_reorder(self):
        self.talk({"match": f'{FROM_CLIENT} && text == "a"', "reorder": 1}, get=said("b") + said("a") + said("c"))

    def test_what_nobody_overtakes_goes_on_by_itself(self):
        begin = time.monotonic()
        self.talk({"match": f'{FROM_CLIENT} && text == "c"', "reorder": 2}, get=said("a") + said("b") + said("c"))
        self.assertGreater(time.monotonic() - begin, 1)

    def test_delay(self):
        self.write({"match": f'{FROM_CLIENT} && text == "a"', "delay": 400})
        with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
            begin = time.monotonic()
            client.sendall(said("a") + said("b"))
            self.expect(client, said("a") + said("b"))
            self.assertGreater(time.monotonic() - begin, 0.39)
            self.assertLess(time.monotonic() - begin, 1.5)

    def test_replace(self):
        rule = {"match": f'{FROM_CLIENT} && text == "b"', "replace": {"/data/message": [1, {"x": None}], "/data/new~1one": 1.50}}
        self.talk(rule, get=said("a") + b'{"type": "message", "data": {"message": [1, {"x": null}],"new/one":1.5}}' + said("c"))

    def test_respond(self):
        rule = {"match": f'{FROM_CLIENT} && text == "b"',
                "respond": {"body": {"type": "answer", "to": ""}, "copy": {"/to": "/data/message", "/none": "/absent"}}}
        self.talk(rule, say=["b"], get=b'{"type": "answer", "to": "b"}')

    def test_inject_after_a_message_on_connect_and_again_and_again(self):
        self.talk({"match": f'{FROM_CLIENT} && text == "b"', "inject": {"to": "client", "text": '{"type":"x"}'}},
                  say=["b"], get=b'{"type":"x"}' + said("b"))
        self.talk({"inject": {"to": "server", "on": "connect", "body": {"type": "hello"}}}, say=["a"],
                  get=said("a") + b'{"type": "hello"}')
        self.write({"inject": {"to": "client", "every": 0.2, "text": "{}"}, "times": 3})
        with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
            client.sendall(said("a"))
            begin = time.monotonic()
            self.expect(client, said("a") + b"{}{}{}")
            self.assertGreater(time.monotonic() - begin, 0.55)
            self.assertSilent(client)

    def test_who_does_not_read_does_not_fill_the_memory(self):
        long = "x" * 100_000
        for rule in ({"inject": {"to": "client", "every": 0.001, "body": long}},
                     {"match": FROM_CLIENT, "respond": {"body": long}}):
            with self.subTest(rule):
                self.write(rule)
                with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
                    client.sendall(said("a"))
                    time.sleep(0.5)
                    before = proxy.memory()
                    client.settimeout(2)
                    with contextlib.suppress(TimeoutError):
                        for _ in range(50):
                            client.sendall(20 * said("a"))
                            time.sleep(0.05)
                    self.assertLess(proxy.memory() - before, 48 << 20)

    def test_nothing_is_said_behind_the_end(self):
        def serve(connection):
            with connection:
                receive(connection, len(said("a")))
                connection.sendall(said("end"))
                connection.shutdown(socket.SHUT_WR)
                heard.append(receive(connection, 1000))
                is_over.set()

        for faults in ([], [{"type": "latency", "attributes": {"latency": 20}}]):
            heard, is_over = [], threading.Event()
            self.write({"inject": {"to": "client", "every": 0.05, "text": "{}"}}, faults=faults)
            with Server(serve) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
                client.sendall(said("a"))
                self.assertIn(said("end"), receive(client, 1000))
                time.sleep(0.3)
                client.sendall(said("b"))
                time.sleep(0.3)
                client.sendall(said("c"))
                client.shutdown(socket.SHUT_WR)
                self.assertTrue(is_over.wait(PATIENCE))
                self.assertEqual(heard, [said("b") + said("c")])
                self.assertNotIn("tcp.reset", [one["code"] for one in self.records(proxy, "finding")])

    def test_corrupt(self):
        self.write({"match": f'{FROM_CLIENT} && text == "a"', "corrupt": 1})
        with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
            client.sendall(said("a"))
            got = receive(client, len(said("a")))
            self.assertEqual(sum((a ^ b).bit_count() for a, b in zip(got, said("a"))), 1)

    def test_close(self):
        for how in ("fin", "reset"):
            with self.subTest(how):
                self.write({"match": f'{FROM_CLIENT} && text == "b"', "close": how})
                with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
                    client.sendall(said("a"))
                    self.expect(client, said("a"))
                    client.sendall(said("b"))
                    if how == "fin":
                        self.assertEqual(client.recv(1), b"")
                    else:
                        with self.assertRaises(ConnectionResetError):
                            client.recv(1)

    def test_what_is_said_behind_the_end_goes_nowhere_and_what_was_said_before_it_arrives(self):
        for how in ("fin", "reset"):
            with self.subTest(how):
                got = []
                is_over = threading.Event()

                def serve(connection):
                    try:
                        while data := connection.recv(65536):
                            got.append(data)
                    except ConnectionResetError:
                        got.append(b"reset")
                    is_over.set()

                self.write({"match": 'text == "b"', "close": how})
                with Server(serve) as server, self.proxy(server.port, "-w", self.folder / "kept.pcapng") as proxy:
                    with connect(proxy.port) as client:
                        client.sendall(said("a") + said("b") + said("c"))
                        self.assertTrue(is_over.wait(PATIENCE))
                    self.assertEqual(b"".join(got), said("a") + said("b") + (b"reset" if how == "reset" else b""))
                    self.assertEqual([one["text"] for one in self.records(proxy)], ["a", "b"])

    def test_who_resets_while_answers_wait_is_noticed(self):
        self.write({"match": FROM_CLIENT, "respond": {"body": "x" * 100_000}})
        ended = threading.Event()

        def serve(connection):
            with contextlib.suppress(OSError):
                connection.recv(1)
            ended.set()

        with Server(serve) as server, self.proxy(server.port) as proxy:
            with connect(proxy.port) as client:
                client.sendall(said("a") * 200)
                time.sleep(0.5)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.assertTrue(ended.wait(5))
            closed = [one for one in self.records(proxy, "finding") if one["code"] == "tcp.reset"]
            self.assertEqual(len(closed), 1)

    def test_several_rules_and_how_often_they_apply(self):
        self.talk({"match": FROM_CLIENT, "skip": 1, "times": 1, "replace": {"/data/message": "second"}},
                  {"match": f'{FROM_CLIENT} && text == "c"', "drop": True},
                  {"match": FROM_CLIENT, "replace": {"/x": True}, "times": 1},
                  get=b'{"type": "message", "data": {"message": "a"},"x":true}' + said("second"))

    def test_what_is_held_may_be_changed_by_a_rule_first(self):
        self.write({"match": FROM_CLIENT, "replace": {"/data/message": "ruled"}})
        path = self.folder / "control.sock"
        with Server(echo) as server, self.proxy(server.port, "--intercept", FROM_CLIENT, "--control", path) as proxy:
            with Control(path) as control, connect(proxy.port) as client:
                client.sendall(said("a"))
                held = control.next("held")
                self.assertEqual(held["text"].encode(), said("ruled"))
                control.do("forward", hold=held["hold"])
                self.expect(client, said("ruled"))


class Chance(Rules):
    def run_once(self, seed):
        self.write({"match": FROM_CLIENT, "probability": 0.5, "drop": True}, seed=seed)
        got = []
        with Server(echo) as server, self.proxy(server.port) as proxy:
            for number in range(2):
                with connect(proxy.port) as client:
                    client.sendall(b"".join(said(f"{number}.{each}") for each in range(40)) + said("end"))
                    client.shutdown(socket.SHUT_WR)
                    data = b""
                    while more := client.recv(65536):
                        data += more
                    got.append(data)
            return got, proxy.err()

    def test_the_same_seed_gives_the_same_run(self):
        one, err = self.run_once(5)
        self.assertIn("rules: seed 5\n", err)
        again, _ = self.run_once(5)
        other, _ = self.run_once(6)
        self.assertEqual(one, again)
        self.assertNotEqual(one, other)
        self.assertNotEqual(one[0], one[1])
        for data in one:
            self.assertTrue(8 < data.count(b"message\"") / 2 < 33, data)

    def test_without_one_the_seed_is_told(self):
        self.file.write_text('{"rules":[]}')
        with Server(echo) as server, self.proxy(server.port) as proxy:
            self.assertRegex(proxy.err(), r"rules: seed \d+\n")


class File(Rules):
    def test_it_holds_from_when_it_is_saved_also_for_open_connections(self):
        self.write()
        with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
            client.sendall(said("a"))
            self.expect(client, said("a"))

            def until(code, count):
                deadline = time.monotonic() + PATIENCE
                while self.out.read_text().count(code) < count and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertEqual(self.out.read_text().count(code), count)
            # Who is connected already is not greeted again.
            self.write({"match": FROM_CLIENT, "replace": {"/data/message": "new"}},
                       {"inject": {"to": "client", "on": "connect", "text": "hello"}})
            until("proxy.rules_changed", 1)
            client.sendall(said("a"))
            self.expect(client, said("new"))
            self.file.write_text('{"rules":[{"match":"protocl == mcp","drop":true}]}')
            until("proxy.rules_invalid", 1)
            client.sendall(said("a"))
            self.expect(client, said("new"))
            replaced = self.folder / "other.json"
            replaced.write_text("{}")
            replaced.rename(self.file)  # as editors save
            until("proxy.rules_changed", 2)
            client.sendall(said("a"))
            self.expect(client, said("a"))
            wrong = [one for one in self.records(proxy, "finding") if one["code"] == "proxy.rules_invalid"]
            self.assertIn("line 1, /rules/0/match: at character 1", wrong[0]["text"])
            self.assertIn("did you mean protocol?", wrong[0]["text"])

    def test_what_is_sent_again_and_again_begins_and_ends_when_it_is_saved(self):
        self.write()
        with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
            client.sendall(said("a"))
            self.expect(client, said("a"))
            self.write({"inject": {"to": "client", "every": 0.1, "text": "{}"}})
            self.expect(client, b"{}{}")
            self.write()
            time.sleep(0.5)
            before = self.processor_time(proxy)
            time.sleep(1)
            self.assertLess(self.processor_time(proxy) - before, 0.3)

    def processor_time(self, proxy):
        """Seconds."""
        fields = pathlib.Path(f"/proc/{proxy.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_what_the_documentation_shows_is_read(self):
        page = "".join((overhear.ROOT / "docs" / name).read_text() for name in ("rules-file.md", "faults.md"))
        shown = re.findall(r"```json\n(.*?)```", page, re.DOTALL) + re.findall(r"<<'TEXT'\n(.*?)TEXT", page, re.DOTALL)
        self.assertGreater(len(shown), 2)
        for text in shown:
            with self.subTest(text):
                one = json.loads(text)
                if "rules" not in one and "faults" not in one:
                    one = {"rules": [one]}
                self.write(**one) if "faults" in one else self.write(*one["rules"])
                with Server(echo) as server, self.proxy(server.port):
                    pass

    def test_what_is_no_file_stops_nobody(self):
        os.mkfifo(self.file)
        done = overhear.run("proxy", "--mode", "reverse:tcp://127.0.0.1:1", "--listen", "0", "--rules", self.file)
        self.assertEqual(done.status, 3)
        self.assertIn("rules.json: it is no file of text", done.err)
        self.file.unlink()
        self.write({"match": 'text == "a"', "duplicate": 1})
        with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
            self.file.unlink()
            os.mkfifo(self.file)
            time.sleep(0.3)
            client.sendall(said("a"))
            self.expect(client, 2 * said("a"))
            self.assertIn("proxy.rules_invalid", [one["code"] for one in self.records(proxy, "finding")])

    def test_what_is_wrong_with_it_is_said_with_line_and_place(self):
        wrong = {
            "": "line 1: the text ends inside a value",
            '{\n"rules": [\n{"drop": tru}]}': "line 3",
            "[]": "an object stands here",
            '{"ruls": []}': 'line 1, /ruls: there is no such setting; did you mean "rules"?',
            '{"rules": [{"match": "type == x"}]}': "line 1, /rules/0: it does nothing",
            '{"rules": [\n{"drop": 1}]}': "line 2, /rules/0/drop: true or false stands here",
            '{"rules": [{"drop": true, "probability": 1.5}]}': "/rules/0/probability: a number from 0 to 1 stands here",
            '{"rules": [{"close": "rest"}]}': '/rules/0/close: is "rest"; did you mean "reset"?',
            '{"rules": [{"replace": {"data": 1}}]}': "/rules/0/replace/data: the name is a JSON pointer",
            '{"rules": [{"inject": {"text": "x"}}]}': "/rules/0/inject: to is missing",
            '{"rules": [{"inject": {"to": "client"}}]}': "/rules/0/inject: either body or text",
            '{"rules": [{"respond": {"body": 1, "text": "x"}}]}': "/rules/0/respond: either body or text",
            '{"rules": {}}': "/rules: a list stands here",
            '{"seed": -1}': "/seed: an integer from 0",
        }
        for text, error in wrong.items():
            with self.subTest(text):
                self.file.write_text(text)
                done = overhear.run("proxy", "--mode", "reverse:tcp://127.0.0.1:1", "--listen", "0", "--rules", self.file)
                self.assertEqual(done.status, 3)
                self.assertIn(f"{self.file}: ", done.err)
                self.assertIn(error, done.err)
                if SCHEMA and "/" in error:
                    self.assertFalse(SCHEMA.is_valid(json.loads(text)))
        done = overhear.run("proxy", "--mode", "reverse:tcp://127.0.0.1:1", "--listen", "0", "--rules", self.folder / "absent")
        self.assertEqual(done.status, 3)
        self.assertIn("No such file", done.err)


class Faults(Rules):
    """What the file says of the network; the faults themselves have tests of their own."""

    def test_latency_both_ways_and_what_is_told_of_it(self):
        self.write(faults=[{"type": "latency", "stream": each, "attributes": {"latency": 150}} for each in ("upstream", "downstream")])
        with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
            begin = time.monotonic()
            client.sendall(said("a"))
            self.expect(client, said("a"))
            self.assertGreater(time.monotonic() - begin, 0.3)
            client.shutdown(socket.SHUT_WR)
            self.assertEqual(client.recv(1), b"")
            told = [one["text"] for one in self.records(proxy, "finding") if one["code"] == "proxy.fault"]
            self.assertEqual(sorted(told), ["latency 150 ms, client to server", "latency 150 ms, server to client"])

    def test_they_come_behind_the_rules(self):
        self.write({"match": FROM_CLIENT, "replace": {"/data/message": "é" * 4}},
                   faults=[{"type": "slicer", "stream": "upstream", "attributes": {"at": "worst", "delay": 30000}}])
        pieces = []

        def serve(connection):
            while piece := connection.recv(1000):
                pieces.append(piece)
            connection.close()

        with Server(serve) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
            client.sendall(json.dumps({"type": "message", "data": {"message": "a"}}, ensure_ascii=False).encode())
            client.shutdown(socket.SHUT_WR)
            self.assertEqual(client.recv(1), b"")
            whole = b"".join(pieces)
            self.assertEqual(json.loads(whole)["data"]["message"], "é" * 4)
            self.assertGreater(len(pieces), 1)
            self.assertTrue(any(piece[0] & 0xC0 == 0x80 for piece in pieces), pieces)  # inside a character
            self.assertEqual(pieces[-1], b"}")

    def test_new_ones_hold_for_new_connections(self):
        self.write()
        with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as old:
            old.sendall(said("a"))
            self.expect(old, said("a"))
            self.write(faults=[{"type": "limit_data", "attributes": {"bytes": 10}}])
            deadline = time.monotonic() + PATIENCE
            while "proxy.rules_changed" not in self.out.read_text() and time.monotonic() < deadline:
                time.sleep(0.05)
            old.sendall(said("a"))
            self.expect(old, said("a"))
            with connect(proxy.port) as new:
                new.sendall(said("a"))
                self.assertEqual(receive(new, 1000), said("a")[:10])

    def test_what_is_wrong_is_said(self):
        for fault, error in (({"type": "latenzy"}, '/faults/0/type: is "latenzy"; did you mean "latency"?'),
                             ({"type": "latency"}, "/faults/0"),
                             ({"type": "bandwidth", "attributes": {"rate": 0}}, "/faults/0/attributes/rate: an integer from 1"),
                             ({"type": "slicer", "attributes": {"avarage_size": 1}}, "did you mean \"average_size\"?"),
                             ({"type": "timeout", "stream": "up"}, "/faults/0/stream")):
            with self.subTest(fault):
                self.file.write_text(json.dumps({"faults": [fault]}))
                done = overhear.run("proxy", "--mode", "reverse:tcp://127.0.0.1:1", "--listen", "0", "--rules", self.file)
                self.assertEqual(done.status, 3)
                self.assertIn(error, done.err)
                if SCHEMA:
                    self.assertFalse(SCHEMA.is_valid({"faults": [fault]}))


class Framings(Rules):
    def test_scrp(self):
        def package(body):
            text = json.dumps(body).encode()
            return struct.pack(">I", len(text)) + text
        self.write({"match": "type == GET_TIME", "respond": {"body": {"method": "GET_TIME", "resp_id": 0, "ok": 1},
                                                             "copy": {"/resp_id": "/req_id"}}})
        with Server(echo) as server, self.proxy(server.port) as proxy, connect(proxy.port) as client:
            client.sendall(package({"method": "GET_TIME", "req_id": 77}))
            self.expect(client, package({"method": "GET_TIME", "resp_id": 77, "ok": 1}))

    def test_a_websocket_whose_messages_refer_to_those_before_them(self):
        """Twice, or in another order, they would refer to something else (RFC 7692, 7.2)."""
        texts = [said(f"{name}: the same in all of them, as far as it goes") for name in "abcd"]
        for rule, order in (({"duplicate": 1}, "abbcd"), ({"reorder": 1}, "acbd")):
            with self.subTest(order), Server(self.upgraded_echo) as server:
                self.write({"match": f'{FROM_CLIENT} && text contains "b:"'} | rule)
                with self.proxy(server.port) as proxy, connect(proxy.port) as client:
                    client.sendall(UPGRADE)
                    self.expect(client, UPGRADED)
                    deflater, inflater = zlib.compressobj(9, zlib.DEFLATED, -15), zlib.decompressobj(-15)
                    for text in texts:
                        payload = (deflater.compress(text) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]
                        client.sendall(struct.pack(">BBI", 0xC1, 0x80 | len(payload), 0) + payload)
                    got = [inflater.decompress(self.payload(client) + b"\0\0\xff\xff") for _ in order]
                    self.assertEqual(got, [texts["abcd".index(name)] for name in order])

    def upgraded_echo(self, connection):
        receive(connection, len(UPGRADE))
        connection.sendall(UPGRADED)
        while header := receive(connection, 2):
            mask = receive(connection, 4)
            masked = receive(connection, header[1] & 0x7F)
            payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(masked))
            connection.sendall(bytes([header[0], len(payload)]) + payload)

    def payload(self, connection):
        return receive(connection, receive(connection, 2)[1])

    @unittest.skipUnless(VARIANTS, "Python's cryptography is not installed")
    def test_mcp_encrypted(self):
        say = b'{"type":"Message.CreateTextMessage.3","data":{"text":"a"},"room":1}'
        self.write({"match": "type == Message.CreateTextMessage", "replace": {"/data/text": "b, and more"}, "duplicate": 1,
                    "delay": 100})
        with socket.create_server(("127.0.0.1", 0)) as listener:
            for variant in ("raw", "base64-line-continuous", "raw-sha256-continuous"):
                with self.subTest(variant), self.proxy(listener.getsockname()[1], scheme="mcp") as proxy:
                    with Met(proxy, listener, variant) as met:
                        met.greet()
                        self.assertEqual(met.say(met.client, met.server, [LOGIN]), [LOGIN])
                        met.client.connection.sendall(met.client.seal(say))
                        changed = say.replace(b'"a"', b'"b, and more"')
                        for _ in range(2):
                            self.assertEqual(met.server.sealed(len(changed)), changed)
                        self.assertEqual(met.say(met.server, met.client, [ACCEPTED]), [ACCEPTED])


if __name__ == "__main__":
    unittest.main()
