"""overhear proxy between real TLS clients and servers, which have to notice nothing but whose certificates they are."""

import http.server
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import textwrap
import threading
import time
import unittest

from running import PATIENCE, Proxy, Server, connect, echo, overhear, receive

PEERS = overhear.ROOT / "samples/peers"
HAS_NODE = shutil.which("node") is not None
ASKED = b'{"method":"GET_TIME","req_id":1}\n'


def setUpModule():
    global FOLDER, CA_DIRECTORY, CA, UPSTREAM_CA, SERVER_SIDE, _folder
    _folder = tempfile.TemporaryDirectory()
    FOLDER = pathlib.Path(_folder.name)
    CA_DIRECTORY = FOLDER / "ca"
    CA = CA_DIRECTORY / "overhear-ca-cert.pem"
    UPSTREAM_CA = FOLDER / "server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", FOLDER / "key.pem",
                    "-out", UPSTREAM_CA], check=True, capture_output=True)
    SERVER_SIDE = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    SERVER_SIDE.load_cert_chain(UPSTREAM_CA, FOLDER / "key.pem")
    with Proxy("--mode", "socks5@0", "--ca-dir", CA_DIRECTORY):  # which makes its authority
        pass


def tearDownModule():
    _folder.cleanup()


def over_tls(serve):
    def run(connection):
        with SERVER_SIDE.wrap_socket(connection, server_side=True) as secured:
            serve(secured)
    return run


def polite_echo(connection):
    while data := connection.recv(65536):
        connection.sendall(data)
    connection.unwrap()


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"page!\n")

    def log_message(self, *_):
        pass


def run(*command, **options):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60, **options)


class TlsProxy(unittest.TestCase):
    def proxy(self, mode, *more):
        return Proxy("--mode", mode, "--listen", "0", "--ca-dir", CA_DIRECTORY, "--upstream-ca", UPSTREAM_CA,
                     "-T", "ndjson", *more)

    def records(self, proxy):
        time.sleep(0.2)
        status, out, seconds = proxy.stop()
        self.assertEqual(status, 0, proxy.err())
        self.assertLess(seconds, 2)
        return overhear.records(out)

    def messages(self, proxy):
        messages = [one for one in self.records(proxy) if one["record"] == "message"]
        for one in messages:
            self.assertEqual(one["decrypted"], "proxy")
        return messages

    def finding(self, proxy, code):
        found = [one for one in self.records(proxy) if one["record"] == "finding"]
        self.assertEqual([one["code"] for one in found], [code], found)
        return found[0]["text"]


class Clients(TlsProxy):
    def check_echo(self, proxy):
        messages = self.messages(proxy)
        self.assertEqual([(one["direction"], one["body_text"]) for one in messages],
                         [(side, ASKED.decode().strip()) for side in ("client", "server")])

    def python_talk(self, connection, context, name="localhost"):
        with context.wrap_socket(connection, server_hostname=name) as secured:
            secured.sendall(ASKED)
            self.assertEqual(receive(secured, len(ASKED)), ASKED)
            secured.unwrap()

    def test_python(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for name in ("localhost", "127.0.0.1"):
                with Server(over_tls(polite_echo)) as server, self.proxy(f"reverse:tls://localhost:{server.port}") as proxy:
                    context = ssl.create_default_context(cafile=CA)
                    context.minimum_version = context.maximum_version = version
                    self.python_talk(connect(proxy.port), context, name)
                    self.check_echo(proxy)

    def test_a_server_that_says_something_and_leaves(self):
        def greet(connection):
            connection.sendall(ASKED)
            connection.unwrap()
        with Server(over_tls(greet)) as server, self.proxy(f"reverse:tls://localhost:{server.port}") as proxy:
            context = ssl.create_default_context(cafile=CA)
            for _ in range(5):
                with context.wrap_socket(connect(proxy.port), server_hostname="localhost") as secured:
                    self.assertEqual(receive(secured, 1000), ASKED)
            self.assertEqual(len(self.messages(proxy)), 5)

    def test_who_cuts_the_connection_off_is_not_made_to_finish_it(self):
        def cut(connection):
            connection.sendall(ASKED)
            time.sleep(0.2)
        with Server(over_tls(cut)) as server, self.proxy(f"reverse:tls://localhost:{server.port}") as proxy:
            context = ssl.create_default_context(cafile=CA)
            context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
            with context.wrap_socket(connect(proxy.port), server_hostname="localhost", suppress_ragged_eofs=False) as secured:
                self.assertEqual(receive(secured, len(ASKED)), ASKED)
                self.assertRaisesRegex(ssl.SSLError, "(?i)unexpected.eof", secured.recv, 1)

    def test_a_client_that_distrusts_is_told_of(self):
        with Server(over_tls(polite_echo)) as server, self.proxy(f"reverse:tls://localhost:{server.port}") as proxy:
            with self.assertRaises(ssl.SSLCertVerificationError):
                self.python_talk(connect(proxy.port), ssl.create_default_context())
            self.assertIn("overhear ca install-help", self.finding(proxy, "proxy.client_tls"))

    def test_a_server_that_cannot_be_verified_is_told_of(self):
        with Server(over_tls(polite_echo)) as server:
            mode = f"reverse:tls://localhost:{server.port}"
            with Proxy("--mode", mode, "--listen", "0", "--ca-dir", CA_DIRECTORY, "-T", "ndjson") as proxy:
                with self.assertRaises(ssl.SSLError):
                    self.python_talk(connect(proxy.port), ssl.create_default_context(cafile=CA))
                self.assertIn("self-signed certificate; --upstream-ca", self.finding(proxy, "proxy.upstream_tls"))
            with Proxy("--mode", mode, "--listen", "0", "--ca-dir", CA_DIRECTORY, "--insecure", "-T", "ndjson") as proxy:
                self.python_talk(connect(proxy.port), ssl.create_default_context(cafile=CA))
                self.check_echo(proxy)

    def test_a_server_that_is_left_alone_is_itself(self):
        with Server(over_tls(polite_echo)) as server:
            with self.proxy(f"reverse:tls://localhost:{server.port}", "--tls-passthrough", "local*") as proxy:
                self.python_talk(connect(proxy.port), ssl.create_default_context(cafile=UPSTREAM_CA))
                self.assertFalse([one for one in self.records(proxy) if one.get("decrypted")])

    @unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
    def test_openssl(self):
        server = subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", "-naccept", "1", "-cert",
                                   UPSTREAM_CA, "-key", FOLDER / "key.pem"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = next(line for line in server.stdout if line.startswith("ACCEPT"))
        with self.proxy(f"reverse:tls://localhost:{line.rsplit(':', 1)[1].strip()}") as proxy:
            done = run("openssl", "s_client", "-connect", f"127.0.0.1:{proxy.port}", "-servername", "localhost", "-CAfile", CA,
                       "-verify_return_error", "-quiet", "-no_ign_eof", input='}1:"di_per","EMIT_TEG":"dohtem"{\n')
            server.communicate(timeout=PATIENCE)
            self.assertIn("verify return:1", done.stderr)
            self.assertEqual(self.records(proxy)[0]["record"], "capture")
            self.assertNotIn("error", done.stderr)

    @unittest.skipUnless(HAS_NODE, "Node.js is not installed")
    def test_node(self):
        script = """
            const socket = require('tls').connect({ port: +process.argv[1], host: 'localhost', servername: 'localhost' });
            socket.write(process.argv[2]);
            socket.on('data', (data) => { process.stdout.write(data); socket.end(); });
            socket.on('error', (error) => { console.error(error.code); process.exitCode = 1; });"""
        with Server(over_tls(polite_echo)) as server, self.proxy(f"reverse:tls://localhost:{server.port}") as proxy:
            command = ["node", "-e", script, proxy.port, ASKED.decode()]
            done = run(*command, env=os.environ | {"NODE_EXTRA_CA_CERTS": str(CA)})
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, ASKED.decode(), ""))
            self.check_echo(proxy)
        with Server(over_tls(polite_echo)) as server, self.proxy(f"reverse:tls://localhost:{server.port}") as proxy:
            done = run(*command[:3], proxy.port, ASKED.decode())
            self.assertEqual((done.returncode, done.stderr), (1, "SELF_SIGNED_CERT_IN_CHAIN\n"))

    @unittest.skipUnless(shutil.which("java"), "Java is not installed")
    def test_java(self):
        source = FOLDER / "Ask.java"
        source.write_text(textwrap.dedent("""
            import javax.net.ssl.*;
            public class Ask {
              public static void main(String[] given) throws Exception {
                var socket = (SSLSocket) SSLSocketFactory.getDefault().createSocket("localhost", Integer.parseInt(given[0]));
                socket.getOutputStream().write(given[1].getBytes());
                System.out.write(socket.getInputStream().readNBytes(given[1].length()));
                System.out.flush();
                socket.close();
              }
            }"""))
        store = FOLDER / "trust.p12"
        self.assertEqual(run("keytool", "-importcert", "-noprompt", "-file", CA, "-keystore", store, "-storepass", "changeit").returncode, 0)
        with Server(over_tls(polite_echo)) as server, self.proxy(f"reverse:tls://localhost:{server.port}") as proxy:
            trust = [f"-Djavax.net.ssl.trustStore={store}", "-Djavax.net.ssl.trustStorePassword=changeit"]
            done = run("java", *trust, source, proxy.port, ASKED.decode())
            self.assertEqual((done.returncode, done.stdout), (0, ASKED.decode()), done.stderr)
            self.check_echo(proxy)

    @unittest.skipUnless(HAS_NODE and (PEERS / "node_modules/ws").is_dir(), "Node.js with ws is not installed")
    def test_websocket(self):
        server_script = """
            const { readFileSync } = require('fs');
            const https = require('https').createServer({ cert: readFileSync(process.argv[1]), key: readFileSync(process.argv[2]) });
            new (require('ws').WebSocketServer)({ server: https }).on('connection', (peer) => {
              peer.on('message', (data) => peer.send(data.toString()));
              peer.on('close', () => process.exit());
            });
            https.listen(0, '127.0.0.1', () => console.log(https.address().port));"""
        client_script = """
            const peer = new (require('ws'))(`wss://localhost:${process.argv[1]}/chat`);
            peer.on('open', () => peer.send(process.argv[2]));
            peer.on('message', (data) => { console.log(data.toString()); peer.close(); });"""
        server = subprocess.Popen(["node", "-e", server_script, UPSTREAM_CA, FOLDER / "key.pem"], cwd=PEERS,
                                  stdout=subprocess.PIPE, text=True)
        port = int(server.stdout.readline())
        with self.proxy(f"reverse:wss://localhost:{port}") as proxy:
            text = ASKED.decode().strip()
            done = run("node", "-e", client_script, proxy.port, text, cwd=PEERS, env=os.environ | {"NODE_EXTRA_CA_CERTS": str(CA)})
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, text + "\n", ""))
            server.communicate(timeout=PATIENCE)
            self.check_echo(proxy)


@unittest.skipUnless(shutil.which("curl"), "curl is not installed")
class Curl(TlsProxy):
    def ways(self, proxy, kind):
        at = f"127.0.0.1:{proxy.port}"
        return {"regular": ["-x", f"http://{at}"], "socks5": ["--socks5-hostname", at]}[kind]

    def fetch(self, proxy, kind, url, *more):
        return run("curl", "-sS", "--max-time", "20", "--noproxy", "", "--cacert", CA, *self.ways(proxy, kind), *more, url)

    def test_https(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        server.socket = SERVER_SIDE.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        for kind in ("regular", "socks5"):
            with self.subTest(kind), self.proxy(kind, "--events") as proxy:
                for host in ("localhost", "127.0.0.1"):
                    done = self.fetch(proxy, kind, f"https://{host}:{server.server_port}/")
                    self.assertEqual((done.returncode, done.stdout), (0, "page!\n"), done.stderr)
                records = self.records(proxy)
                self.assertFalse([one for one in records if one["record"] == "finding" and one["code"].startswith("proxy.")])

    @unittest.skipUnless(HAS_NODE, "Node.js is not installed")
    def test_http_2(self):
        script = """
            const { readFileSync } = require('fs');
            const server = require('http2').createSecureServer({ cert: readFileSync(process.argv[1]), key: readFileSync(process.argv[2]) });
            server.on('stream', (stream) => { stream.respond({ ':status': 200 }); stream.end('two\\n'); });
            server.listen(0, '127.0.0.1', () => console.log(server.address().port));"""
        server = subprocess.Popen(["node", "-e", script, UPSTREAM_CA, FOLDER / "key.pem"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.wait)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.kill)
        port = int(server.stdout.readline())
        with self.proxy("regular") as proxy:
            done = self.fetch(proxy, "regular", f"https://localhost:{port}/", "--http2", "-w", "%{http_version}")
            self.assertEqual((done.returncode, done.stdout), (0, "two\n2"), done.stderr)
            self.assertTrue([one for one in self.records(proxy) if one["record"] == "message"])

    def test_what_is_not_tls_passes(self):
        def speak_first(connection):
            with connection:
                connection.sendall(b"hello")
                echo(connection)
        for serve, first in ((echo, b""), (speak_first, b"hello")):
            with Server(serve) as server, self.proxy("socks5") as proxy, connect(proxy.port) as client:
                client.sendall(b"\x05\x01\x00")
                self.assertEqual(receive(client, 2), b"\x05\x00")
                client.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01" + server.port.to_bytes(2, "big"))
                self.assertEqual(receive(client, 10)[:2], b"\x05\x00")
                self.assertEqual(receive(client, len(first)), first)
                for data in (b"\x16", ASKED):
                    client.sendall(data)
                    time.sleep(0.05)
                self.assertEqual(receive(client, 1 + len(ASKED)), b"\x16" + ASKED)
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(client.recv(1), b"")
                self.assertFalse([one for one in self.records(proxy) if one.get("code", "").startswith("proxy.")])


if __name__ == "__main__":
    unittest.main()
