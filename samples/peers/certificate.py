"""A key and a certificate for chat.example, made by openssl and gone with the program."""

import pathlib
import subprocess
import tempfile

NAME = "chat.example"


class Certificate:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self._folder.name)
        self.key, self.chain = folder / "key.pem", folder / "chain.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        f"/O=overhear samples/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
                        "-keyout", self.key, "-out", self.chain], check=True, capture_output=True)
