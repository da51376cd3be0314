"""An MCP peer that encrypts in any of the ways of decrypt/mcp_cipher.hpp, on a plain socket."""

import base64
import hashlib
import secrets
import sys

from running import overhear

sys.path.insert(0, str(overhear.ROOT / "samples/peers"))

import mcp_javacat_peer  # noqa: E402
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: E402

MODP5 = mcp_javacat_peer.MODP5
DERIVATIONS = ("", "-aes192", "-aes128", "-hex-ascii", "-base64-ascii", "-sha256")
VARIANTS = [framing + derivation + form + use for framing in ("raw", "base64-line") for derivation in DERIVATIONS
            for form in ("", "-trimmed") for use in ("", "-continuous")]


def key_of(secret, variant):
    text = secret.lstrip(b"\0") if "-trimmed" in variant else secret
    if "-aes192" in variant:
        return text[:24]
    if "-aes128" in variant:
        return text[:16]
    if "-hex-ascii" in variant:
        return (secret.hex().lstrip("0") if "-trimmed" in variant else secret.hex())[:32].encode()
    if "-base64-ascii" in variant:
        return base64.b64encode(text)[:32]
    return hashlib.sha256(text).digest() if "-sha256" in variant else text[:32]


class Stream:
    """One direction: `crypt` gives a package's text sealed, or what was sealed opened."""

    def __init__(self, secret, variant):
        self._key, self._is_continuous, self._all = key_of(secret, variant), "-continuous" in variant, None

    def crypt(self, data):
        if self._all is None or not self._is_continuous:
            self._all = Cipher(algorithms.AES(self._key), modes.CTR(bytes(16))).encryptor()
        return self._all.update(data)


class McpPeer:
    """`write_key` makes text of a public key."""

    def __init__(self, connection, variant, reads=None, write_key="{:x}".format):
        self.connection, self.variant, self.reads = connection, variant, reads or variant
        self._private = secrets.randbits(256)
        self.public_text = write_key(pow(2, self._private, MODP5))
        self._inbox = b""

    def handshake(self):
        return f'{{"type":"Handshake.Handshake.1","data":{{"version":"2.1.0","publicKey":"{self.public_text}"}}}}'.encode()

    def agree(self, peer_text, read_key=lambda text: int(text, 16)):
        secret = pow(read_key(peer_text), self._private, MODP5).to_bytes(192, "big")
        self._sends, self._receives = Stream(secret, self.variant), Stream(secret, self.reads)

    def seal(self, package):
        sealed = self._sends.crypt(package)
        return base64.b64encode(sealed) + b"\n" if self.variant.startswith("base64") else sealed

    def _need(self, condition):
        while not condition():
            more = self.connection.recv(65536)
            if not more:
                raise EOFError(f"behind {self._inbox[:80]}")
            self._inbox += more

    def clear(self):
        """The next package, which is in clear."""
        def is_whole():
            return self._inbox.count(b"{") > 0 and self._inbox.count(b"{") == self._inbox.count(b"}")
        self._need(is_whole)
        package, self._inbox = self._inbox.strip(), b""
        return package

    def sealed(self, size):
        """The next package, which is sealed and has that many bytes in clear."""
        if self.reads.startswith("base64"):
            self._need(lambda: b"\n" in self._inbox)
            line, self._inbox = self._inbox.split(b"\n", 1)
            return self._receives.crypt(base64.b64decode(line))
        self._need(lambda: len(self._inbox) >= size)
        data, self._inbox = self._inbox[:size], self._inbox[size:]
        return self._receives.crypt(data)
