"""overhear proxy under load and in bad company: what goes through it does not wait for who looks at it, memory has a
bound, and it always ends."""

import hashlib
import json
import os
import resource
import socket
import struct
import subprocess
import threading
import time
import unittest

from running import IS_SANITIZED, Proxy, Server, connect, echo, free_port, overhear, receive

MIB = 1 << 20
IDLE = 2000  # connections


def said(number):
    return json.dumps({"type": "message", "data": {"message": f"said {number}"}}).encode()


class Held(list):
    """Connections that are kept as they are."""

    def close(self):
        for connection in self:
            connection.close()


def drain(connection):
    with connection:
        while connection.recv(MIB):
            pass


class Endurance(unittest.TestCase):
    def test_ctrl_c_ends_it_whatever_is_open_and_tells_all_that_was_said(self):
        with Server(echo) as server, Proxy("--mode", f"reverse:tcp://127.0.0.1:{server.port}@0", "-T", "ndjson",
                                           "-d", f"tcp.port=={server.port},chatmaster") as proxy:
            clients = [connect(proxy.port) for _ in range(50)]
            for number, client in enumerate(clients):
                client.sendall(said(number))
                self.assertEqual(receive(client, len(said(number))), said(number))
            status, out, seconds = proxy.stop()
            self.assertEqual(status, 0)
            self.assertLess(seconds, 2)
            self.assertIn("50 clients; 100 messages in 50 sessions", proxy.err())
            for client in clients:
                client.close()
        messages = [one for one in overhear.records(out) if one["record"] == "message"]
        self.assertEqual(len(messages), 100)

    def test_a_reader_that_goes_away_ends_it(self):
        with Server(echo) as server:
            command = f"{overhear.BINARY} proxy -q --mode reverse:tcp://127.0.0.1:{server.port}@{(port := free_port())} -T ndjson"
            process = subprocess.Popen(["bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}"], stdout=subprocess.PIPE)
            deadline = time.monotonic() + 20
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    with connect(port) as client:
                        client.sendall(said(1))
                        receive(client, 1)
                except OSError:
                    pass
                time.sleep(0.05)
            out, _ = process.communicate(timeout=5)
            self.assertEqual(process.returncode, 0)
            self.assertEqual(out.count(b"\n"), 1)

    def test_nobody_waits_for_who_reads_the_output(self):
        reader, writer = os.pipe()
        with Server(drain) as server, Proxy("--mode", f"reverse:tcp://127.0.0.1:{server.port}@0", "-T", "ndjson",
                                            stdout=writer) as proxy:
            os.close(writer)
            block = os.urandom(MIB)
            start = time.monotonic()
            with connect(proxy.port) as client:
                for _ in range(600):  # more than the pipe and the queue hold
                    client.sendall(block)
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(client.recv(1), b"")
            self.assertLess(time.monotonic() - start, 60)
            self.assertLess(proxy.memory(), 450 * MIB)
            # Then it is told what was not looked at.
            seen = []
            threading.Thread(target=lambda: seen.append(self.read_all(reader)), daemon=True).start()
            deadline = time.monotonic() + 60
            status, _, _ = proxy.stop()
            self.assertEqual(status, 0)
        while not seen and time.monotonic() < deadline:
            time.sleep(0.05)
        findings = [one for one in overhear.records(seen[0]) if one["record"] == "finding"]
        missing = sum(one["bytes"] for one in findings if one["code"] == "proxy.not_analysed")
        told = sum(one["size"] for one in overhear.records(seen[0]) if one["record"] == "message")
        self.assertGreater(missing, 0)
        self.assertEqual(missing + told, 600 * MIB)

    @staticmethod
    def read_all(descriptor):
        with open(descriptor, "rb") as file:
            return file.read()

    def test_an_output_that_nobody_reads_does_not_keep_it_from_ending(self):
        reader, writer = os.pipe()
        with Server(echo) as server, Proxy("--mode", f"reverse:tcp://127.0.0.1:{server.port}@0", "-T", "ndjson",
                                           stdout=writer) as proxy:
            os.close(writer)
            with connect(proxy.port) as client:
                for number in range(3000):
                    client.sendall(said(number) * 10)
                    receive(client, len(said(number)) * 10)
            proxy.process.send_signal(2)
            time.sleep(2.1)
            self.assertIsNone(proxy.process.poll())
            proxy.process.send_signal(2)
            self.assertEqual(proxy.process.wait(timeout=5), 4)
            self.assertIn("the output is cut", proxy.err())
        os.close(reader)

    def test_idle_connections_cost_little(self):
        limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if most < 3 * IDLE:
            self.skipTest("too few file descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (limit, most))
        held = Held()
        self.addCleanup(held.close)
        with Server(held.append) as server, Proxy("--mode", f"reverse:tcp://127.0.0.1:{server.port}@0") as proxy:
            before = proxy.memory()
            clients = Held(connect(proxy.port) for _ in range(IDLE))
            self.addCleanup(clients.close)
            for client in clients:
                client.sendall(b"x")
            deadline = time.monotonic() + 20
            while len(held) < IDLE and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertEqual(len(held), IDLE)
            time.sleep(0.5)
            each = (proxy.memory() - before) / IDLE
            print(f"an idle connection takes {each / 1024:.1f} KiB")
            self.assertLess(each, 16 * 1024)
            status, _, seconds = proxy.stop()
            self.assertEqual(status, 0)
            self.assertLess(seconds, 10 if IS_SANITIZED else 3)

    def test_memory_has_a_bound_whatever_is_said(self):
        with Server(drain) as server, Proxy("--mode", f"reverse:tcp://127.0.0.1:{server.port}@0",
                                            stdout=subprocess.DEVNULL) as proxy:
            before = proxy.memory()
            block = b'{"type":"' + b"x" * (MIB - 9)
            with connect(proxy.port) as client:
                for number in range(128 if IS_SANITIZED else 1024):
                    client.sendall(block if number == 0 else b"x" * MIB)
                self.assertLess(proxy.memory() - before, 400 * MIB)
            self.assertEqual(proxy.stop()[0], 0)

    def test_garbage_and_silence_are_passed_on(self):
        with Server(echo) as server, Proxy("--mode", f"reverse:tcp://127.0.0.1:{server.port}@0") as proxy:
            connect(proxy.port).close()
            for size in (1, 17, 4096, 1_000_000):
                garbage = os.urandom(size)
                with connect(proxy.port) as client:
                    threading.Thread(target=client.sendall, args=(garbage,), daemon=True).start()
                    got = receive(client, size)
                self.assertEqual(hashlib.sha256(got).digest(), hashlib.sha256(garbage).digest())
            status, out, _ = proxy.stop()
            self.assertEqual(status, 0)
            self.assertTrue(all(32 <= byte or byte == 10 for byte in out))

    def test_what_a_client_names_cannot_act_on_the_terminal(self):
        with Proxy("--mode", "socks5@0") as proxy:
            with connect(proxy.port) as client:
                name = b"\x1b[31m\xff\xe2\x80\xae\nx"
                client.sendall(b"\5\1\0" + b"\5\1\0\3" + bytes([len(name)]) + name + b"\0\x50")
                self.assertEqual(receive(client, 12)[2:4], b"\5\4")
            time.sleep(0.2)
            _, out, _ = proxy.stop()
        self.assertIn(b"proxy.upstream_failed", out)
        self.assertNotIn(b"\x1b", out)
        self.assertNotIn("\u202e", out.decode())

    def test_a_client_of_socks_that_says_nothing_is_sent_away(self):
        with Proxy("--mode", "socks5@0", "--timeout", "greeting=0.3", "-T", "ndjson") as proxy:
            start = time.monotonic()
            with connect(proxy.port) as client:
                self.assertEqual(client.recv(1), b"")
            self.assertLess(time.monotonic() - start, 2)
            time.sleep(0.2)
            _, out, _ = proxy.stop()
        codes = [one["code"] for one in overhear.records(out) if one["record"] == "finding"]
        self.assertEqual(codes, ["proxy.timeout"])

    def test_thousands_come_and_go(self):
        with Server(echo) as server, Proxy("--mode", f"reverse:tcp://127.0.0.1:{server.port}@0",
                                           stdout=subprocess.DEVNULL) as proxy:
            for number in range(3000):
                with connect(proxy.port) as client:
                    client.sendall(b"x")
                    self.assertEqual(client.recv(1), b"x")
                    if number % 2:
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if number == 1000:
                    before = proxy.memory()
            self.assertLess(proxy.memory() - before, 8 * MIB)
            self.assertEqual(proxy.stop()[0], 0)
            self.assertIn("3000 clients; 6000 messages in 3000 sessions", proxy.err())


if __name__ == "__main__":
    unittest.main()
