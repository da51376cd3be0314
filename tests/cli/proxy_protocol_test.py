"""HAProxy before a chat server: who the client is, of either version of the PROXY protocol, in clear and before TLS."""

import contextlib
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import overhear
from openssl_peers import captured, make_files

FIRST = 23400  # the server's ports; HAProxy's are 20 above
# HAProxy's address, and what its line says about the server.
CASES = [("127.0.0.1", "send-proxy"), ("127.0.0.1", "send-proxy-v2"), ("::1", "send-proxy"), ("::1", "send-proxy-v2"),
         ("127.0.0.1", "send-proxy-v2 proxy-v2-options unique-id,crc32c"),
         ("127.0.0.1", "send-proxy ssl verify none"), ("127.0.0.1", "send-proxy-v2 ssl verify none")]
LOGIN = json.dumps({"type": "request", "data": {"request": "login"}})
HELLO = json.dumps({"type": "message", "data": {"message": "hello"}})

CONFIGURATION = """
defaults
  mode tcp
  unique-id-format %[uuid()]
  timeout connect 5s
  timeout client 20s
  timeout server 20s
"""
PROXY = """
listen {port}
  bind {address}:{front}
  server chat 127.0.0.1:{port} {words}
"""


def read_proxy_header(connection):
    """So that TLS may begin behind it."""
    head = connection.recv(1)
    if head == b"P":
        while not head.endswith(b"\r\n"):
            head += connection.recv(1)
    else:
        head += connection.recv(15, socket.MSG_WAITALL)
        connection.recv(int.from_bytes(head[14:], "big"), socket.MSG_WAITALL)


def serve(listener, tls):
    connection, _ = listener.accept()
    connection.settimeout(20)
    read_proxy_header(connection)
    if tls:
        connection = tls.wrap_socket(connection, server_side=True)
    with connection:
        connection.sendall(LOGIN.encode())
        connection.recv(4096)


def connect(address, port):
    for _ in range(100):  # it begins to listen soon
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection((address, port), timeout=20)
        time.sleep(0.1)
    raise AssertionError("HAProxy does not listen")


def talk(address, port):
    """As a client of HAProxy; what its end of the connection is."""
    with connect(address, port) as connection:
        connection.recv(4096)
        connection.sendall(HELLO.encode())
        connection.recv(4096)  # the end
        host, own = connection.getsockname()[:2]
        return f"[{host}]:{own}" if ":" in host else f"{host}:{own}"


class HaProxy(unittest.TestCase):
    def test_tells_who_the_client_is(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            capture, key_log = folder / "proxied.pcap", folder / "keys"
            clients = self.record(folder, capture, key_log)
            out = overhear.records(overhear.read(capture, "-T", "ndjson", "--keylog", key_log))
        for number, (client, case) in enumerate(zip(clients, CASES), 1):
            with self.subTest(case):
                of_session = [record for record in out if record.get("session") == number]
                proxied = [record["text"] for record in of_session if record.get("code") == "tcp.proxied"]
                self.assertEqual(len(proxied), 1)
                self.assertIn(f"is {client}, which connected to", proxied[0])
                said = [(one["direction"], one["body_text"]) for one in of_session if one["record"] == "message"]
                self.assertEqual(said, [("server", LOGIN), ("client", HELLO)])

    def record(self, folder, capture, key_log):
        make_files(folder)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(folder / "ec.pem", folder / "ec.key")
        tls.keylog_filename = key_log
        configuration, clients = CONFIGURATION, []
        for port, (address, words) in enumerate(CASES, FIRST):
            configuration += PROXY.format(port=port, address=address, front=port + 20, words=words)
        (folder / "haproxy.cfg").write_text(configuration)
        proxy = subprocess.Popen(["haproxy", "-db", "-q", "-f", folder / "haproxy.cfg"], stdout=subprocess.DEVNULL)
        try:
            with captured(capture, range(FIRST, FIRST + len(CASES))):
                for port, (address, words) in enumerate(CASES, FIRST):
                    with socket.create_server(("127.0.0.1", port)) as listener:
                        server = threading.Thread(target=serve, args=(listener, tls if " ssl" in words else None))
                        server.start()
                        clients.append(talk(address, port + 20))
                        server.join()
        finally:
            proxy.kill()
            proxy.wait()
        return clients


if __name__ == "__main__":
    if not all(map(shutil.which, ("haproxy", "tcpdump"))) or overhear.run("live", "-i", "lo", "-a", "duration:0.01").status:
        print("no haproxy, no tcpdump, or no permission to capture from lo")
        sys.exit(77)
    unittest.main()
