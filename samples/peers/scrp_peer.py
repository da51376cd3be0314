"""One end of an SCRP connection: each message is four bytes of big-endian length and that much UTF-8 JSON."""

import asyncio
import json

from notes import client_address, connect_port

PORT = 42015


class Peer:
    def __init__(self, reader, writer, side, notes, ascii_only=True):
        self._reader, self._writer, self._side, self._notes = reader, writer, side, notes
        self._ascii_only = ascii_only
        self.address = client_address(writer, side)

    def frame(self, message):
        """The bytes of one message, which counts as said from here on: write them next and in this order."""
        text = json.dumps(message, ensure_ascii=self._ascii_only, separators=(",", ":"))
        self._notes.said(self.address, self._side, text)
        body = text.encode()
        return len(body).to_bytes(4, "big") + body

    async def write(self, data):
        self._writer.write(data)
        await self._writer.drain()

    async def send(self, message):
        await self.write(self.frame(message))

    async def messages(self):
        try:
            while True:
                length = int.from_bytes(await self._reader.readexactly(4), "big")
                yield json.loads(await self._reader.readexactly(length))
        except asyncio.IncompleteReadError:
            return

    async def close(self):
        self._writer.close()
        await self._writer.wait_closed()


class Client:
    """Numbers its requests, waits for nothing but time."""

    def __init__(self, peer):
        self.peer, self._sent = peer, 0
        self._reading = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, host, notes, security=None, **form):
        """`security`: the arguments of asyncio that make it TLS."""
        streams = await asyncio.open_connection(host, connect_port(PORT), **(security or {}))
        return cls(Peer(*streams, "client", notes, **form))

    async def _listen(self):
        async for _ in self.peer.messages():
            pass

    def request(self, method, **fields):
        self._sent += 1
        return self.peer.frame({"req_id": self._sent, "method": method, **fields})

    async def ask(self, method, **fields):
        await self.peer.write(self.request(method, **fields))
        await asyncio.sleep(0.1)

    async def close(self):
        await self.peer.close()
        await self._reading
