"""ChatMaster 3000: a client and what a server needs. Packages are bare JSON objects one after the other, or each its
own zlib stream; nothing else says where one ends."""

import asyncio
import json
import zlib

from notes import client_address, connect_port, listen_port

PORT = 9000


class PlainReader:
    """Takes bytes, gives the packages that are complete."""

    def __init__(self):
        self._pending = b""

    def feed(self, data):
        self._pending += data
        packages = []
        while self._pending:
            try:
                text = self._pending.decode()
                package, end = json.JSONDecoder().raw_decode(text)
            except ValueError:  # the rest of it, or of a character, is still to come
                break
            packages.append(package)
            self._pending = text[end:].encode()
        return packages


class ZlibReader:
    def __init__(self):
        self._inflater, self._text = zlib.decompressobj(), b""

    def feed(self, data):
        packages = []
        while data:
            self._text += self._inflater.decompress(data)
            data = self._inflater.unused_data
            if self._inflater.eof:
                packages.append(json.loads(self._text))
                self._inflater, self._text = zlib.decompressobj(), b""
        return packages


class Peer:
    """One end of a connection."""

    def __init__(self, reader, writer, side, notes, compressed=False, ascii_only=True):
        self._reader, self._writer, self._side, self._notes = reader, writer, side, notes
        self._compressed, self._ascii_only = compressed, ascii_only
        self._packages = ZlibReader() if compressed else PlainReader()
        self.address = client_address(writer, side)

    def package(self, package):
        """The bytes of one package, which counts as said from here on: write them next and in this order."""
        text = json.dumps(package, ensure_ascii=self._ascii_only)
        self._notes.said(self.address, self._side, text)
        return zlib.compress(text.encode()) if self._compressed else text.encode()

    async def write(self, data):
        self._writer.write(data)
        await self._writer.drain()

    async def send(self, *packages):
        """All of them in one segment."""
        await self.write(b"".join([self.package(package) for package in packages]))

    async def packages(self):
        while data := await self._reader.read(65536):
            for package in self._packages.feed(data):
                yield package

    async def close(self):
        self._writer.close()
        await self._writer.wait_closed()


class Client:
    def __init__(self, peer):
        self.peer = peer
        self._reading = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, notes, **form):
        streams = await asyncio.open_connection("127.0.0.1", connect_port(PORT))
        client = cls(Peer(*streams, "client", notes, **form))
        await asyncio.sleep(0.1)
        return client

    async def _listen(self):
        async for _ in self.peer.packages():
            pass

    async def send(self, *packages):
        await self.peer.send(*packages)
        await asyncio.sleep(0.1)

    async def send_in_parts(self, package, *cuts):
        """One package over several segments, with a pause between them."""
        data = self.peer.package(package)
        for start, end in zip((0, *cuts), (*cuts, len(data))):
            await self.peer.write(data[start:end])
            await asyncio.sleep(0.15)

    async def close(self):
        await self.peer.close()
        await self._reading


async def run(server, talk, notes):
    async with await asyncio.start_server(server.serve, "127.0.0.1", listen_port(PORT)):
        await talk(notes)
        await asyncio.sleep(0.1)
