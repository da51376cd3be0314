"""One end of an MCP 2.0.0 connection in the line form of javacat: a package per line, types without an id.

A package in clear is `json LF LF`: its text ends in a line feed already and println adds another. An encrypted one
is `base64(AES-256-CTR(json LF)) LF`, from a zero IV each time. The key is the first 32 bytes of the shared secret.
"""

import base64
import json
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from notes import client_address

# RFC 3526, 2: the 1536-bit group, generator 2.
MODP5 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF", 16)
SECRET_BYTES = 192


class KeyPair:
    """A modp5 key pair whose public key's text begins with 00 or not, as asked: Java writes a sign byte where the
    top bit is set."""

    def __init__(self, sign_byte):
        self._private = secrets.randbits(256)
        number = pow(2, self._private, MODP5)
        while (number.bit_length() == 1536) != sign_byte:
            self._private = secrets.randbits(256)
            number = pow(2, self._private, MODP5)
        self.public_text = number.to_bytes(number.bit_length() // 8 + 1, "big").hex().upper()

    def secret(self, peer_text):
        return pow(int(peer_text, 16), self._private, MODP5).to_bytes(SECRET_BYTES, "big")


class LinePeer:
    def __init__(self, reader, writer, side, notes):
        self._reader, self._writer, self._side, self._notes = reader, writer, side, notes
        self.address = client_address(writer, side)
        self.key = None

    def _crypt(self, data):
        return Cipher(algorithms.AES(self.key), modes.CTR(bytes(16))).encryptor().update(data)

    def line(self, kind, data=None, room=None, clear=False):
        """The bytes of one package, which counts as said from here on: write them next and in this order."""
        package = {"type": kind, "data": data}
        if room is not None:
            package["room"] = room
        text = json.dumps(package, ensure_ascii=False, separators=(",", ":"))
        self._notes.said(self.address, self._side, text)
        body = text.encode() + b"\n"
        return (body if clear or self.key is None else base64.b64encode(self._crypt(body))) + b"\n"

    async def write(self, data):
        self._writer.write(data)
        await self._writer.drain()

    async def send(self, kind, data=None, room=None, clear=False):
        await self.write(self.line(kind, data, room, clear))

    async def receive(self):
        """The next package, or None after the last."""
        while line := await self._reader.readline():
            if line.startswith(b"{"):
                return json.loads(line)
            if line.strip():
                return json.loads(self._crypt(base64.b64decode(line)))
        return None

    async def close(self):
        self._writer.close()
        await self._writer.wait_closed()
