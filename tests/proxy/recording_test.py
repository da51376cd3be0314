"""What `overhear proxy -w` keeps is what was relayed: overhear and tshark read it back, with the keys inside it."""

import collections
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import time
import unittest
import unittest.mock

from running import PATIENCE, Proxy, Server, connect, echo, free_port, overhear, receive
from peers_test import SECONDS, program_of

HAS_TSHARK = shutil.which("tshark") is not None


def tshark(capture, *arguments):
    return subprocess.run(["tshark", "-r", capture, *arguments], check=True, capture_output=True, text=True).stdout


def package(text):
    return json.dumps({"type": "message", "data": {"message": text}}).encode()


def told(records):
    """Of each client and direction, what was said in it: type, text, packets."""
    out = collections.defaultdict(list)
    for record in records:
        if record["record"] == "message":
            out[overhear.client_of(record), record["direction"]].append(
                (record.get("type"), record.get("body_text"), record["packets"]))
    return dict(out)


class Recording(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.capture = self.folder / "kept.pcapng"
        self.out = self.folder / "out.ndjson"

    def arguments(self, mode):
        return ["--mode", mode, "--listen", "0", "-w", self.capture, "-T", "ndjson", "-o", self.out]

    def end(self, proxy):
        status, _, _ = proxy.stop()
        self.assertEqual(status, 0, proxy.err())

    def read(self, *arguments):
        return overhear.records(overhear.read(self.capture, "-T", "ndjson", "--events", *arguments))

    def compare(self, *decode):
        """What the proxy told is what the client's side of the recording says, in the same packets."""
        shown = told(overhear.records(self.out.read_bytes()))
        kept = told(self.read(*decode))
        self.assertTrue(shown)
        clients = {client for client, _ in shown}
        self.assertEqual({key: value for key, value in kept.items() if key[0] in clients}, shown)
        # And the server's side says it too, from the proxy's ports.
        # Handshakes differ: each side of MCP has a key of the proxy's.
        def texts(some):
            return sorted((side, [re.sub("[0-9A-Fa-f]{200,}", "KEY", text) for _, text, _ in said])
                          for (_, side), said in some.items())
        self.assertEqual(texts({key: value for key, value in kept.items() if key[0] not in clients}), texts(shown))

    def check_with_tshark(self):
        """Nothing that TCP could complain about."""
        if not HAS_TSHARK:
            return
        checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
        bad = tshark(self.capture, *checks, "-Y", "tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0")
        self.assertEqual(bad, "")
        names = tshark(self.capture, "-T", "fields", "-e", "frame.interface_name").split("\n")
        self.assertEqual(set(names) - {""}, {"client side", "server side"})

    def test_what_passes_as_it_is_stands_on_both_sides(self):
        def answer(connection):
            with connection:
                while data := connection.recv(65536):
                    connection.sendall(data)
                connection.sendall(package("behind your end"))
        with Server(answer) as server, Proxy(*self.arguments(f"reverse:tcp://127.0.0.1:{server.port}")) as proxy:
            with connect(proxy.port) as client:
                for text in ("first", "x" * 100_000, "Grüße"):
                    client.sendall(package(text))
                    self.assertEqual(receive(client, len(package(text))), package(text))
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(receive(client, 1000), package("behind your end"))
            self.end(proxy)
        decode = ["-d", f"tcp.port=={server.port},chatmaster", "-d", f"tcp.port=={proxy.port},chatmaster"]
        self.compare(*decode)
        self.check_with_tshark()
        self.assertEqual({record["reason"] for record in self.read(*decode) if record.get("reason")} - {None}, {"fin"})

    def test_a_reset_comes_from_who_made_it(self):
        with Server(echo) as server, Proxy(*self.arguments(f"reverse:tcp://127.0.0.1:{server.port}")) as proxy:
            client = connect(proxy.port)
            client.sendall(package("going"))
            receive(client, len(package("going")))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            name = client.getsockname()[1]
            client.close()
            time.sleep(0.5)
            self.end(proxy)
        if not HAS_TSHARK:
            self.skipTest("tshark is not installed")
        resets = tshark(self.capture, "-Y", "tcp.flags.reset == 1", "-T", "fields", "-e", "frame.interface_id", "-e", "tcp.srcport", "-e",
                        "tcp.dstport").splitlines()
        self.assertEqual(len(resets), 2, resets)
        self.assertIn(f"0\t{name}\t{proxy.port}", resets)
        self.assertEqual([line for line in resets if line.startswith("1\t") and line.endswith(f"\t{server.port}")], resets[1:])

    def check_tls(self, version):
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        inside.load_cert_chain(certificate, key)
        inside.minimum_version = inside.maximum_version = version

        def serve(connection):
            with inside.wrap_socket(connection, server_side=True) as wrapped:
                echo(wrapped)
        keys = self.folder / "made.keys"
        arguments = [*self.arguments("reverse:tls://localhost:{}"), "--keylog", keys, "--upstream-ca", certificate,
                     "--ca-dir", self.folder / "ca"]
        with Server(serve) as server:
            arguments[1] = arguments[1].format(server.port)
            with Proxy(*arguments) as proxy:
                context = ssl.create_default_context()
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
                context.minimum_version = context.maximum_version = version
                try:
                    client = context.wrap_socket(connect(proxy.port), server_hostname="localhost")
                except OSError as error:
                    proxy.stop()
                    raise AssertionError(f"{error}: {self.out.read_text()} {proxy.err()}") from error
                with client:
                    for text in ("sealed", "y" * 100_000, "again"):
                        client.sendall(package(text))
                        self.assertEqual(receive(client, len(package(text))), package(text))
                self.end(proxy)
        decode = ["-d", f"tcp.port=={server.port},chatmaster", "-d", f"tcp.port=={proxy.port},chatmaster"]
        shown = told(overhear.records(self.out.read_bytes()))
        kept = told(self.read(*decode))
        for key, said in shown.items():
            self.assertEqual([one[:2] for one in kept[key]], [one[:2] for one in said])
            # It ends in the packet that the proxy named.
            self.assertEqual([one[2][-1] for one in kept[key]], [one[2][-1] for one in said])
        self.assertEqual(len(kept), 2 * len(shown))
        self.assertEqual(os.stat(keys).st_mode & 0o777, 0o600)
        self.assertTrue(keys.read_bytes().endswith(b"\n"))
        self.check_with_tshark()
        if HAS_TSHARK:
            opened = tshark(self.capture, "-Y", "tls.app_data && data", "-T", "fields", "-e", "frame.interface_id").split()
            self.assertEqual(set(opened), {"0", "1"})

    def test_tls_1_3_is_kept_sealed_with_its_keys(self):
        self.check_tls(ssl.TLSVersion.TLSv1_3)

    def test_tls_1_2_is_kept_sealed_with_its_keys(self):
        self.check_tls(ssl.TLSVersion.TLSv1_2)

    def check_mcp(self, name):
        if program_of(name) is None:
            self.skipTest("the sample's programs cannot run here")
        listen = free_port()
        keys = self.folder / "made.keys"
        with Proxy(*self.arguments(f"reverse:mcp://127.0.0.1:{listen}"), "--keylog", keys,
                   "-d", f"tcp.port=={listen},mcp") as proxy:
            env = os.environ | {"SAMPLE_LISTEN_PORT": str(listen), "SAMPLE_CONNECT_PORT": str(proxy.port)}
            done = subprocess.run([*program_of(name), self.folder / name], env=env, capture_output=True, timeout=SECONDS)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.end(proxy)
        self.compare()
        self.assertFalse([record for record in self.read() if record.get("encrypted")])
        self.check_with_tshark()
        lines = keys.read_text().splitlines()
        self.assertTrue(all(re.fullmatch(r"MCP_DH_SHARED_SECRET [0-9a-f]+ [0-9a-f]{384}", line) for line in lines), lines)
        self.assertEqual(len(lines), len(set(lines)))
        self.assertEqual(len(lines) % 2, 0)

    def test_mcp_is_kept_sealed_with_its_keys(self):
        self.check_mcp("mcp-session")

    def test_mcp_of_java_is_kept_sealed_with_its_keys(self):
        self.check_mcp("mcp-javacat")

    def test_after_a_kill_everything_but_the_last_moment_is_there(self):
        with Server(echo) as server, Proxy(*self.arguments(f"reverse:tcp://127.0.0.1:{server.port}")) as proxy:
            with connect(proxy.port) as client:
                for number in range(50):
                    client.sendall(package(f"said {number}"))
                    receive(client, len(package(f"said {number}")))
                time.sleep(0.5)
                proxy.process.kill()
                proxy.process.wait()
        kept = told(self.read("-d", f"tcp.port=={proxy.port},chatmaster", "-d", f"tcp.port=={server.port},chatmaster"))
        self.assertEqual([len(said) for said in kept.values()], [50] * 4)

    def test_a_full_disk_is_one_error_and_ends_it_in_order(self):
        arguments = self.arguments("reverse:tcp://127.0.0.1:{}")
        arguments[arguments.index("-w") + 1] = "/dev/full"
        arguments[1] = arguments[1].format(free_port())
        done = overhear.run("proxy", *arguments)
        self.assertEqual((done.status, done.err.count("No space left")), (4, 1), done.err)

    def test_a_file_that_may_not_grow_is_one_error_and_ends_it_in_order(self):
        limited = self.folder / "limited"
        limited.write_text(f"#!/bin/sh\ntrap '' XFSZ\nulimit -f 64\nexec {overhear.BINARY} \"$@\"\n")
        limited.chmod(0o700)
        arguments = self.arguments("reverse:tcp://127.0.0.1:{}")
        arguments[arguments.index("-o") + 1] = "/dev/null"
        with Server(echo) as server, unittest.mock.patch.object(overhear, "BINARY", str(limited)):
            arguments[1] = arguments[1].format(server.port)
            with Proxy(*arguments) as proxy, connect(proxy.port) as client:
                try:
                    while True:
                        client.sendall(package("w" * 10_000))
                        if not receive(client, len(package("w" * 10_000))):
                            break
                except OSError:
                    pass
                self.assertEqual(proxy.process.wait(PATIENCE), 4)
                self.assertEqual(proxy.err().count("File too large"), 1, proxy.err())
        self.assertTrue(told(self.read("-d", f"tcp.port=={proxy.port},chatmaster")))

    def test_it_goes_to_standard_output_too(self):
        arguments = self.arguments("reverse:tcp://127.0.0.1:{}")
        arguments[arguments.index("-w") + 1] = "-"
        with Server(echo) as server:
            arguments[1] = arguments[1].format(server.port)
            with Proxy(*arguments) as proxy:
                with connect(proxy.port) as client:
                    client.sendall(package("piped"))
                    receive(client, len(package("piped")))
                status, out, _ = proxy.stop()
                self.assertEqual(status, 0, proxy.err())
        self.capture.write_bytes(out)
        self.compare("-d", f"tcp.port=={proxy.port},chatmaster", "-d", f"tcp.port=={server.port},chatmaster")

    def test_files_that_would_overwrite_each_other_are_refused(self):
        mode = ["--mode", f"reverse:tcp://127.0.0.1:{free_port()}", "--listen", "0"]
        same = self.folder / "same"
        for arguments in (["-w", "-"], ["-w", same, "-o", same], ["--keylog", same, "-o", same], ["--keylog", same, "-w", same],
                          ["-w", same, "--read-keylog", same]):
            same.touch()
            done = overhear.run("proxy", *mode, *arguments)
            self.assertEqual(done.status, 2, done.err)

    def test_memory_does_not_grow_with_what_is_relayed(self):
        block = package("z" * 1000) * 60
        with Server(echo) as server, Proxy(*self.arguments(f"reverse:tcp://127.0.0.1:{server.port}")) as proxy:
            with connect(proxy.port) as client:
                sizes = []
                for _ in range(3):  # the first time the queue between the threads takes what it once needs
                    for _ in range(200):
                        client.sendall(block)
                        self.assertEqual(len(receive(client, len(block))), len(block))
                    deadline = time.monotonic() + PATIENCE
                    while time.monotonic() < deadline and self.out.read_bytes().count(b'"record":"message"') < 24_000 * (len(sizes) + 1):
                        time.sleep(0.1)
                    sizes.append(proxy.memory())
            self.end(proxy)
        self.assertLess(sizes[2] - sizes[1], 12 << 20)
        self.assertGreater(self.capture.stat().st_size, 4 * 600 * len(block))


if __name__ == "__main__":
    unittest.main()
