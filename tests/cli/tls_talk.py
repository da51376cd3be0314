"""tls_talk.py PORT FOLDER: a ChatMaster server and its client in one program, over TLS on the loopback interface. Both
write their keys where SSLKEYLOGFILE says; FOLDER is for the certificate."""

import os
import pathlib
import socket
import ssl
import subprocess
import sys
import threading

SAID = b'{"type":"message","data":{"username":"ada","message":"hello"}}'

port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
key, certificate = folder / "key.pem", folder / "certificate.pem"
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                "-out", certificate, "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)

for_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
for_server.load_cert_chain(certificate, key)
for_client = ssl.create_default_context(cafile=certificate)
for_client.keylog_filename = os.environ["SSLKEYLOGFILE"]
listener = socket.create_server(("127.0.0.1", port))


def serve():
    connection, _ = listener.accept()
    with for_server.wrap_socket(connection, server_side=True) as server:
        server.recv(65536)
        server.sendall(SAID)
        server.recv(65536)  # its close_notify
        server.unwrap()


thread = threading.Thread(target=serve)
thread.start()
with for_client.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") as client:
    client.sendall(SAID)
    client.recv(65536)
    client.unwrap()
thread.join()
