"""overhear proxy --intercept: messages are held, changed, left out and sent anew, and both peers, real ones, take what
they get for what the other has said."""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import textwrap
import threading
import time
import unittest
import zlib

from control import Control
from running import PATIENCE, Proxy, Server, connect, echo, overhear, receive
from stopping import Stopping, said

try:
    import websockets
except ImportError:
    websockets = None
try:
    from mcp_peer import VARIANTS
    from mcp_proxy_test import LOGIN, ACCEPTED, Met
except ImportError:
    VARIANTS = None

PEERS = overhear.ROOT / "samples/peers"
HAS_NODE = shutil.which("node") is not None and (PEERS / "node_modules/ws").is_dir()


class Intercept(Stopping):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "control.sock"

    def proxy(self, port, *arguments, scheme="tcp", filter='text contains "stop"'):
        return Proxy("--mode", f"reverse:{scheme}://127.0.0.1:{port}", "--listen", "0", "--intercept", filter, "--control",
                     self.path, "-T", "ndjson", "-o", self.out, *arguments)


class Plain(Intercept):
    def test_what_matches_waits_and_what_its_side_says_behind_it_waits_too(self):
        with Server(echo) as server, self.proxy(server.port) as proxy, Control(self.path) as control:
            self.assertEqual(control.hello["schema"], "overhear-control/1")
            self.assertEqual(control.hello["filter"], 'text contains "stop"')
            self.assertIn(f"127.0.0.1:{proxy.port}", control.hello["listening"])
            with connect(proxy.port) as client:
                client.sendall(said("first") + said("stop") + said("second"))
                self.expect(client, said("first"))
                held = control.next("held")
                self.assertEqual((held["session"], held["from"], held["protocol"], held["type"]),
                                 (1, "client", "chatmaster", "message"))
                self.assertEqual(held["text"], said("stop").decode())
                self.assertEqual(held["message"]["text"], "stop")
                self.assertSilent(client)
                control.do("forward", hold=held["hold"])
                self.assertEqual(control.next("released"), {"event": "released", "hold": 1, "how": "forwarded"})
                # The echo of it is the server's message, and matches as well.
                self.assertEqual(control.next("held")["from"], "server")
                control.do("forward", hold="all")
                self.expect(client, said("stop") + said("second"))

    def test_a_message_that_is_changed_or_left_out(self):
        with Server(echo) as server, self.proxy(server.port) as proxy, Control(self.path) as control:
            with connect(proxy.port) as client:
                client.sendall(said("stop 1") + said("stop 2") + said("end"))
                one, another = control.next("held"), control.next("held")
                control.do("drop", hold=another["hold"])  # in any order
                answer = control.do("edit", hold=one["hold"], text='{"type":"message","data":{"message":7}}', id=[1])
                self.assertEqual(answer["id"], [1])
                self.assertTrue(any("/data/message is an integer" in each for each in answer["warnings"]), answer)
                self.expect(client, b'{"type":"message","data":{"message":7}}' + said("end"))
                self.assertEqual(control.next("released")["how"], "dropped")
                self.assertEqual(control.next("released")["how"], "edited")
            found = {one["code"]: one for one in self.records(proxy, "finding")}
            self.assertIn("stop 1", found["proxy.edited"]["text"])
            self.assertIn("stop 2", found["proxy.dropped"]["text"])
            texts = [one["body"]["data"]["message"] for one in self.records(proxy) if one["direction"] == "client"]
            self.assertEqual(texts, [7, "end"])  # what the server has got

    def test_new_messages_either_way(self):
        with Server(echo) as server, self.proxy(server.port) as proxy, Control(self.path) as control:
            with connect(proxy.port) as client:
                client.sendall(said("hello"))
                self.expect(client, said("hello"))
                sessions = control.do("sessions")["sessions"]
                self.assertEqual([(one["session"], one["protocol"]) for one in sessions], [(1, "chatmaster")])
                control.do("send", session=1, to="server", body={"type": "message", "data": {"message": "stop new"}})
                held = control.next("held")  # its echo
                self.assertEqual(held["from"], "server")
                control.do("send", session=1, to="client", text='{"type":"notice"}')
                self.expect(client, b'{"type":"notice"}')  # it does not wait behind what is held
                control.do("forward", hold=held["hold"])
                self.expect(client, said("stop new"))
            self.assertEqual(sum(one["code"] == "proxy.sent" for one in self.records(proxy, "finding")), 2)

    def test_an_end_waits_for_what_is_held(self):
        got = []
        done = threading.Event()

        def serve(connection):
            while data := connection.recv(65536):
                got.append(data)
            got.append("end")
            connection.close()
            done.set()

        with Server(serve) as server, self.proxy(server.port) as proxy, Control(self.path) as control:
            with connect(proxy.port) as client:
                client.sendall(said("stop"))
                client.shutdown(socket.SHUT_WR)
                held = control.next("held")
                self.assertFalse(done.wait(0.4))
                control.do("forward", hold=held["hold"])
                self.assertTrue(done.wait(PATIENCE))
                self.assertEqual(b"".join(got[:-1]), said("stop"))
                self.assertEqual(client.recv(1), b"")

    def test_an_end_of_the_other_side_does_not_take_it_away(self):
        got = []
        done = threading.Event()

        def serve(connection):
            time.sleep(0.4)  # the client has finished by now
            connection.shutdown(socket.SHUT_WR)
            while data := connection.recv(65536):
                got.append(data)
            connection.close()
            done.set()

        with Server(serve) as server, self.proxy(server.port) as proxy, Control(self.path) as control:
            with connect(proxy.port) as client:
                client.sendall(said("stop"))
                client.shutdown(socket.SHUT_WR)
                held = control.next("held")
                self.assertEqual(client.recv(1), b"")
                time.sleep(0.3)
                control.do("forward", hold=held["hold"])
                self.assertTrue(done.wait(PATIENCE))
                self.assertEqual(b"".join(got), said("stop"))

    def test_who_leaves_takes_what_is_held_along(self):
        with Server(echo) as server, self.proxy(server.port) as proxy, Control(self.path) as control:
            client = connect(proxy.port)
            client.sendall(said("stop"))
            held = control.next("held")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            self.assertEqual(control.next("released"), {"event": "released", "hold": held["hold"], "how": "gone"})
            self.assertEqual(control.run("forward", hold=held["hold"])["event"], "error")
            self.assertEqual(control.do("sessions")["sessions"], [])

    def test_who_leaves_with_more_than_may_wait_takes_it_along_too(self):
        with Server(echo) as server, self.proxy(server.port) as proxy, Control(self.path) as control:
            with connect(proxy.port) as client:
                client.sendall(said("stop") + said("x" * (5 << 20)))
                control.next("held")
                time.sleep(0.3)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.assertEqual(control.next("released")["how"], "gone")
            self.assertEqual(control.do("sessions")["sessions"], [])

    def test_a_message_may_come_in_pieces(self):
        with Server(echo) as server, self.proxy(server.port) as proxy, Control(self.path) as control:
            with connect(proxy.port) as client:
                client.sendall(said("first"))
                self.expect(client, said("first"))
                text = said("stop slowly")
                for at in range(0, len(text), 7):
                    client.sendall(text[at:at + 7])
                    time.sleep(0.12)
                control.do("edit", hold=control.next("held")["hold"], text='{"type":"quick"}')
                self.expect(client, b'{"type":"quick"}')

    def test_what_is_no_chat_of_ours_is_not_kept_waiting(self):
        turns = [b"220 smtp.example.com\r\n", b"EHLO me\r\n", b"250 ok\r\n", b"\x16\x03\x01 no tls", b'{"half', b"{"]

        def serve(connection):
            for mine, theirs in zip(turns[::2], turns[1::2]):
                connection.sendall(mine)
                receive(connection, len(theirs))
            connection.close()

        with Server(serve) as server, self.proxy(server.port) as proxy:
            begin = time.monotonic()
            with connect(proxy.port) as client:
                for theirs, mine in zip(turns[::2], turns[1::2]):
                    self.expect(client, theirs)
                    client.sendall(mine)
                self.assertEqual(client.recv(1), b"")
            self.assertLess(time.monotonic() - begin, 3)

    def test_scrp_gets_its_length_anew(self):
        def package(body):
            text = json.dumps(body).encode()
            return struct.pack(">I", len(text)) + text

        with Server(echo) as server, self.proxy(server.port, filter="type == LOG_IN && direction == client") as proxy:
            with Control(self.path) as control, connect(proxy.port) as client:
                ask = {"method": "LOG_IN", "req_id": 1, "id": "ada", "pw": "x" * 500}
                client.sendall(package({"method": "GET_TIME", "req_id": 0}) + package(ask))
                self.expect(client, package({"method": "GET_TIME", "req_id": 0}))
                held = control.next("held")
                self.assertEqual(json.loads(held["text"]), ask)
                control.do("edit", hold=held["hold"], body={"method": "LOG_IN", "req_id": 1})
                self.expect(client, package({"method": "LOG_IN", "req_id": 1}))
                control.do("send", session=1, to="server", body={"method": "GET_TIME", "req_id": 2})
                self.expect(client, package({"method": "GET_TIME", "req_id": 2}))

    def test_a_compressed_package_is_compressed_anew(self):
        with Server(echo) as server, self.proxy(server.port, filter="text == stop && direction == client") as proxy:
            with Control(self.path) as control, connect(proxy.port) as client:
                client.sendall(zlib.compress(said("first")) + zlib.compress(said("stop")))
                self.expect(client, zlib.compress(said("first")))
                held = control.next("held")
                self.assertEqual(held["text"].encode(), said("stop"))
                control.do("edit", hold=held["hold"], text=said("changed").decode())
                opener, got = zlib.decompressobj(), b""
                while not opener.eof:
                    got += opener.decompress(client.recv(1000))
                self.assertEqual((got, opener.unused_data), (said("changed"), b""))

    def test_behind_a_socks_greeting_with_or_without_tls(self):
        with Server(echo) as server:
            proxy = Proxy("--mode", "socks5@0", "--ca-dir", self.folder / "ca", "--intercept", 'text contains "stop"',
                          "--control", self.path, "-o", "/dev/null")
            with proxy, Control(self.path) as control, connect(proxy.port) as client:
                client.sendall(b"\x05\x01\x00")
                self.expect(client, b"\x05\x00")
                client.sendall(b"\x05\x01\x00\x01" + socket.inet_aton("127.0.0.1") + struct.pack(">H", server.port))
                self.assertEqual(receive(client, 10)[:2], b"\x05\x00")
                client.sendall(said("one") + said("stop"))
                self.expect(client, said("one"))
                control.do("edit", hold=control.next("held")["hold"], text="{}")
                self.expect(client, b"{}")
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(client.recv(1), b"")

    def test_an_end_behind_what_may_have_been_tls(self):
        with Server(echo) as server:
            proxy = Proxy("--mode", "socks5@0", "--ca-dir", self.folder / "ca", "--control", self.path, "-o", "/dev/null")
            with proxy, connect(proxy.port) as client:
                client.sendall(b"\x05\x01\x00")
                self.expect(client, b"\x05\x00")
                client.sendall(b"\x05\x01\x00\x01" + socket.inet_aton("127.0.0.1") + struct.pack(">H", server.port))
                receive(client, 10)
                client.sendall(b"\x16\x03")
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(receive(client, 3), b"\x16\x03")

    def test_the_recording_has_what_each_leg_carried(self):
        capture = self.folder / "capture.pcapng"
        with Server(echo) as server, self.proxy(server.port, "-w", capture) as proxy, Control(self.path) as control:
            with connect(proxy.port) as client:
                client.sendall(said("stop"))
                control.do("edit", hold=control.next("held")["hold"], text='{"type":"other"}')
                self.expect(client, b'{"type":"other"}')
            self.records(proxy)
        records = overhear.records(overhear.read(capture, "-T", "ndjson"))
        bodies = [(one["session"], one["direction"], one["body"]["type"]) for one in records if one["record"] == "message"]
        self.assertEqual(sorted(bodies), [(1, "client", "message"), (1, "server", "other"), (2, "client", "other"),
                                          (2, "server", "other")])


class Socket(Intercept):
    def test_it_is_its_owners_alone_and_goes_with_the_proxy(self):
        with Server(echo) as server, self.proxy(server.port) as proxy:
            self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o600)
            self.records(proxy)
            self.assertFalse(self.path.exists())

    def test_where_it_is_without_being_told(self):
        with Server(echo) as server, Proxy("--mode", f"reverse:tcp://127.0.0.1:{server.port}", "--listen", "0",
                                           "--intercept", "text", env={"HOME": str(self.folder)}) as proxy:
            path = self.folder / ".overhear/control" / f"{proxy.port}.sock"
            self.assertIn(str(path), proxy.err())
            self.assertEqual(os.stat(path.parent).st_mode & 0o777, 0o700)
            with Control(path) as control:
                self.assertEqual(control.hello["filter"], "text")

    def test_what_a_dead_proxy_left_is_replaced_and_nothing_else_is(self):
        with Server(echo) as server:
            with self.proxy(server.port) as proxy:
                done = overhear.run("proxy", "--mode", f"reverse:tcp://127.0.0.1:{server.port}", "--listen", "0",
                                    "--control", self.path)
                self.assertEqual(done.status, 4)
                self.assertIn("another proxy listens there", done.err)
                proxy.process.kill()
                proxy.process.wait()
            self.assertTrue(self.path.exists())
            with self.proxy(server.port) as proxy, Control(self.path):
                self.records(proxy)
            self.path.write_text("precious")
            done = overhear.run("proxy", "--mode", f"reverse:tcp://127.0.0.1:{server.port}", "--control", self.path)
            self.assertEqual(done.status, 4)
            self.assertEqual(self.path.read_text(), "precious")

    def test_wrong_commands_are_answered(self):
        wrong = ["nonsense", "[]", "{}", '{"command":"jump"}', '{"command":"forward"}', '{"command":"forward","hold":9}',
                 '{"command":"drop","hold":-1}', '{"command":"drop","hold":"all"}', '{"command":"edit","hold":1}',
                 '{"command":"send","to":"server","text":"x"}', '{"command":"send","session":9,"to":"server","text":"x"}',
                 '{"command":"filter"}', '{"command":"filter","filter":"type =="}', '{"command":"check","hold":1e3}',
                 "[" * 5000, '"\\ud800"', "\x00", '{"command":"forward","hold":18446744073709551616}']
        with Server(echo) as server, self.proxy(server.port) as proxy, Control(self.path) as control:
            for line in wrong:
                control.send_line(line)
                answer = control.next()
                self.assertEqual(answer["event"], "error", line)
                self.assertTrue(answer["error"], line)
            control.send_line('{"command":"jump","id":{"a":1.50}}')
            self.assertEqual(control.next()["id"], {"a": 1.5})
            self.assertIn("character", control.run("filter", filter="text ==")["error"])
            self.assertIsNone(proxy.process.poll())

    def test_all_learn_what_happens_and_late_ones_what_is_held(self):
        with Server(echo) as server, self.proxy(server.port) as proxy, Control(self.path) as first:
            with connect(proxy.port) as client:
                client.sendall(said("stop"))
                hold = first.next("held")["hold"]
                with Control(self.path) as second:
                    self.assertEqual(second.next("held")["hold"], hold)
                    second.do("filter", filter=" \t")
                    self.assertEqual(first.next("filter")["filter"], "")
                    second.do("forward", hold=hold)
                    self.assertEqual(first.next("released")["how"], "forwarded")
                self.expect(client, said("stop"))  # nothing is held any more

    def test_who_comes_late_may_have_more_to_hear_than_may_wait(self):
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(Server(echo))
            proxy = stack.enter_context(self.proxy(server.port))
            early = stack.enter_context(Control(self.path))
            clients = [stack.enter_context(connect(proxy.port)) for _ in range(12)]
            for client in clients:
                client.sendall(said("stop" + "x" * (3 << 20)))
                early.next("held")
            with Control(self.path) as late:
                self.assertEqual([late.next("held")["hold"] for _ in clients], list(range(1, 13)))
                late.do("drop", hold=12)
                self.assertEqual(late.next("released"), {"event": "released", "hold": 12, "how": "dropped"})
                clients[11].sendall(said("stop"))
                self.assertEqual(late.next("held")["hold"], 13)

    def test_without_an_intercept_messages_can_still_be_sent(self):
        with Server(echo) as server, Proxy("--mode", f"reverse:tcp://127.0.0.1:{server.port}", "--listen", "0", "--control",
                                           self.path, "-o", "/dev/null") as proxy, Control(self.path) as control:
            self.assertEqual(control.hello["filter"], "")
            with connect(proxy.port) as client:
                self.assertEqual(control.do("sessions")["sessions"], [])
                client.sendall(said("hello"))
                self.expect(client, said("hello"))
                control.do("send", session=1, to="client", text="{}")
                self.expect(client, b"{}")

    def test_a_wrong_filter_is_pointed_at(self):
        done = overhear.run("proxy", "--mode", "reverse:tcp://127.0.0.1:1", "--intercept", "protocl == mcp")
        self.assertEqual(done.status, 2)
        self.assertIn("--intercept: protocl == mcp", done.err)
        self.assertIn("did you mean protocol?", done.err)


def note(number, text="nothing new"):
    return json.dumps({"type": "note", "number": number, "say": text, "padding": "the same, over and over " * 60})


@unittest.skipUnless(websockets, "Python's websockets is not installed")
class Web(Intercept):
    """Real stacks at both ends, which compress with a context that goes on from message to message."""

    FILTER = 'body.say == "stop" && direction == client'

    def decide(self, control, count):
        """Changes, drops and forwards what is held, in turns; what was changed says its number."""
        for turn in range(count):
            hold = control.next("held")
            number = json.loads(hold["text"])["number"]
            if turn % 3 == 0:
                control.do("edit", hold=hold["hold"], text=note(number, "changed"))
            else:
                control.do("drop" if turn % 3 == 1 else "forward", hold=hold["hold"])

    async def talk(self, url, count, **how):
        async with websockets.connect(url, open_timeout=PATIENCE, max_size=None, **how) as client:
            for number in range(count):
                await client.send(note(number, "stop" if number % 4 == 1 else "nothing new"))
                if number % 5 == 0:
                    await client.ping()
            await client.send(["in ", "three ", "parts"])
            got = []
            while not got or got[-1] != "in three parts":
                got.append(await asyncio.wait_for(client.recv(), PATIENCE))
            return got

    def expected(self, count):
        turns = {number: turn % 3 for turn, number in enumerate(range(1, count, 4))}
        texts = {0: "changed", 1: None, 2: "stop"}
        out = []
        for number in range(count):
            text = texts[turns[number]] if number in turns else "nothing new"
            if text is not None:
                out.append(note(number, text))
        return out + ["in three parts"]

    def check(self, port, count=30, scheme="tcp", url="ws://127.0.0.1:{}", arguments=(), **how):
        with self.proxy(port, *arguments, scheme=scheme, filter=self.FILTER) as proxy, Control(self.path) as control:
            decider = threading.Thread(target=self.decide, args=(control, len(range(1, count, 4))))
            decider.start()
            got = asyncio.run(self.talk(url.format(proxy.port), count, **how))
            decider.join(PATIENCE)
            self.assertEqual(got, self.expected(count))
            return self.records(proxy)

    def echo_server(self, **how):
        """A server on a thread with a loop of its own; its port."""
        ready, loop = threading.Event(), asyncio.new_event_loop()

        async def answer(connection, *_):
            async for message in connection:
                await connection.send(message)

        async def run():
            async with websockets.serve(answer, "127.0.0.1", 0, max_size=None, **how) as server:
                self.port = server.sockets[0].getsockname()[1]
                ready.set()
                await over
        over = loop.create_future()

        def stop():
            loop.call_soon_threadsafe(over.set_result, None)
            thread.join(PATIENCE)
        thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
        thread.start()
        self.addCleanup(stop)
        self.assertTrue(ready.wait(PATIENCE))
        return self.port

    def test_python_compressed_and_not(self):
        for compression in ("deflate", None):
            with self.subTest(compression):
                records = self.check(self.echo_server(compression=compression), compression=compression)
                self.assertEqual(sum(one["direction"] == "client" for one in records), len(self.expected(30)))

    def test_what_the_server_says_is_changed_too(self):
        self.FILTER = self.FILTER.replace("client", "server")
        self.check(self.echo_server())

    @unittest.skipUnless(HAS_NODE, "Node.js with ws is not installed")
    def test_nodes_server(self):
        script = textwrap.dedent("""
            import {WebSocketServer} from 'ws';
            const server = new WebSocketServer({host: '127.0.0.1', port: 0, perMessageDeflate: {threshold: 0}},
                                               () => console.log(server.address().port));
            server.on('connection', (one) => one.on('message', (data, binary) => one.send(data, {binary})));
            """)
        server = subprocess.Popen(["node", "--input-type=module", "-e", script], cwd=PEERS, stdout=subprocess.PIPE)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.check(int(server.stdout.readline()))

    @unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
    def test_inside_tls(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.folder / "key.pem",
                        "-out", self.folder / "server.pem"], check=True, capture_output=True)
        side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        side.load_cert_chain(self.folder / "server.pem", self.folder / "key.pem")
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        port = self.echo_server(ssl=side)
        arguments = ["--upstream-ca", self.folder / "server.pem", "--ca-dir", self.folder / "ca"]
        records = self.check(port, scheme="wss", url="wss://127.0.0.1:{}", arguments=arguments, ssl=trusting)
        self.assertEqual({one["decrypted"] for one in records}, {"proxy"})


@unittest.skipUnless(VARIANTS, "Python's cryptography is not installed")
class Mcp(Intercept):
    SAY = b'{"type":"Message.CreateTextMessage.3","data":{"text":"stop"},"room":1}'
    NEW = b'{"type":"Message.CreateTextMessage.3","data":{"text":"changed, and longer than it was"},"room":1}'

    def test_in_every_way_of_encrypting(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            for variant in VARIANTS:
                with self.subTest(variant), self.proxy(listener.getsockname()[1], scheme="mcp") as proxy:
                    with Control(self.path) as control, Met(proxy, listener, variant) as met:
                        met.greet()
                        self.assertEqual(met.say(met.client, met.server, [LOGIN]), [LOGIN])
                        self.assertEqual(met.say(met.server, met.client, [ACCEPTED]), [ACCEPTED])
                        met.client.connection.sendall(b"".join(map(met.client.seal, [self.SAY, LOGIN, self.SAY])))
                        one, another = control.next("held"), control.next("held")
                        self.assertEqual(one["text"].encode(), self.SAY)
                        control.do("send", session=1, to="client", text=ACCEPTED.decode())
                        self.assertEqual(met.client.sealed(len(ACCEPTED)), ACCEPTED)
                        control.do("edit", hold=one["hold"], text=self.NEW.decode())
                        control.do("drop", hold=another["hold"])
                        self.assertEqual(met.server.sealed(len(self.NEW)), self.NEW)
                        self.assertEqual(met.server.sealed(len(LOGIN)), LOGIN)
                        self.assertEqual(met.say(met.client, met.server, [LOGIN]), [LOGIN])
                        control.do("send", session=1, to="server", text="{}")
                        self.assertEqual(met.server.sealed(2), b"{}")
                        self.assertEqual(met.say(met.server, met.client, [ACCEPTED]), [ACCEPTED])
                    records = self.records(proxy)
                    self.assertEqual([one["type"].split(".")[1] for one in records[2:5]], ["Login", "Accepted", "Accepted"])
                    codes = [one["code"] for one in self.records(proxy, "finding")]
                    self.assertNotIn("mcp.clear_text", codes)


if __name__ == "__main__":
    unittest.main()
