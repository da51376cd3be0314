"""scrp-tls12: SCRP between `openssl s_client` and `openssl s_server`: TLS 1.2 with AES-CBC and encrypt-then-MAC. The
second connection resumes the session of the first. Usage: scrp_tls12.py PREFIX"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from certificate import NAME, Certificate
from notes import Notes, connect_port, listen_port
from scrp_peer import PORT

# Told beforehand, since s_client does not tell them. With a proxy in between others, which the run before does not hold.
CLIENT_PORTS = (50042, 50043) if connect_port(PORT) == PORT else random.sample(range(10_000, 30_000), 2)


class Openssl:
    """A program whose standard input goes into a TLS connection."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(["openssl", *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)  # to listen, or to shake hands

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()
        time.sleep(0.1)


class Side:
    def __init__(self, program, client, name, notes):
        self._program, self._client, self._name, self._notes = program, client, name, notes

    def say(self, **message):
        text = json.dumps(message, separators=(",", ":"))
        self._notes.said(self._client, self._name, text)
        self._program.write(len(text).to_bytes(4, "big") + text.encode())


def main(prefix):
    notes, certificate = Notes(prefix), Certificate()
    server = Openssl("s_server", "-quiet", "-accept", f"127.0.0.1:{listen_port(PORT)}", "-naccept", len(CLIENT_PORTS),
                     "-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256", "-cert", certificate.chain, "-key", certificate.key,
                     "-keylogfile", f"{prefix}.keylog")
    with tempfile.TemporaryDirectory() as folder:
        session = pathlib.Path(folder) / "session.pem"
        for number, port in enumerate(CLIENT_PORTS):
            client = Openssl("s_client", "-nocommands", "-no_ign_eof", "-connect", f"127.0.0.1:{connect_port(PORT)}",
                             "-bind", f"127.0.0.1:{port}", "-servername", NAME, "-sess_in" if number else "-sess_out", session)
            asks = Side(client, f"127.0.0.1:{port}", "client", notes)
            answers = Side(server, f"127.0.0.1:{port}", "server", notes)
            asks.say(req_id=1, method="LOG_IN", user_id="grace", user_password="cobol1959")
            answers.say(resp_id=1, err=900)
            asks.say(req_id=2, method="GET_TIME")
            answers.say(resp_id=2, time=int(time.time()), err=900)
            answers.say(method="NEW_PRIVATE_MESSAGE", time=int(time.time()), user_id="howard", content=f"run {number + 1}")
            client.process.stdin.close()
            client.process.wait()
            time.sleep(0.3)
    server.process.wait()


main(sys.argv[1])
