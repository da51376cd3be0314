"""mcp-javacat: MCP 2.0.0 in lines, with the habits of javacat. Usage: mcp_javacat.py PREFIX"""

import asyncio
import sys

from mcp_javacat_peer import KeyPair, LinePeer
from mcp_javacat_server import VERSION, Server
from notes import Notes, connect_port, listen_port

PORT = 3072


class Client:
    def __init__(self, peer, keys):
        self.peer, self.keys, self.secret = peer, keys, None
        self._reading = None

    @classmethod
    async def open(cls, notes, sign_byte, version=VERSION):
        streams = await asyncio.open_connection("127.0.0.1", connect_port(PORT))
        client = cls(LinePeer(*streams, "client", notes), KeyPair(sign_byte))
        await client.peer.send("Handshake.Handshake", {"version": version, "publicKey": client.keys.public_text})
        answer = await client.peer.receive()
        if answer["type"] == "Handshake.Handshake":
            client.secret = client.keys.secret(answer["data"]["publicKey"])
            client.peer.key = client.secret[:32]
        client._reading = asyncio.create_task(client._listen())
        return client

    async def _listen(self):
        while await self.peer.receive():
            pass

    async def do(self, kind, data=None, room=None):
        await self.peer.send(kind, data, room)
        await asyncio.sleep(0.1)

    async def close(self):
        await self.peer.close()
        await self._reading


async def talk(notes):
    root = await Client.open(notes, sign_byte=True)
    notes.key("MCP_DH_SHARED_SECRET", root.keys.public_text, root.secret.hex())
    await root.do("Authentication.Login", {"username": "root", "password": "secret"})
    await root.do("Room.Create", {"name": "разговор ☕"})
    await root.do("Room.Join", {"room": 2})

    eve = await Client.open(notes, sign_byte=False)
    notes.key("MCP_KEY", eve.keys.public_text.lower(), eve.peer.key.hex())
    await eve.do("Authentication.Login", {"username": "Ева", "password": "яблоко1"})
    await eve.do("Room.Join", {"room": "two"})  # answered in clear: PacketDataIncorrect
    await eve.do("Room.Join", {"room": 2})

    # Four lines in one segment.
    lines = [root.peer.line("Message.CreateTextMessage", {"text": text}, 2)
             for text in ("добрый вечер", "the café is open", "三つ目 🎉")]
    await root.peer.write(b"".join(lines) + root.peer.line("Heartbeat.Ping"))
    await asyncio.sleep(0.1)

    # One line in three segments.
    line = eve.peer.line("Message.CreateTextMessage", {"text": "a longer thought, " * 8 + "спасибо"}, 2)
    for part in (line[:50], line[50:-1], line[-1:]):
        await eve.peer.write(part)
        await asyncio.sleep(0.06)

    await eve.do("Message.CreateImageMessage", {"image": "http://localhost:3073/images/cat.png"}, 2)
    await eve.do("Message.CreateTextMessage", {"text": "nobody there"}, 99)
    await root.do("Room.Update", {"room": 2, "name": "kitchen"})
    await root.do("Room.RequireList")

    old = await Client.open(notes, sign_byte=True, version="1.0.0")
    await old.close()
    await eve.close()
    await root.close()


async def main(prefix):
    notes = Notes(prefix)
    async with await asyncio.start_server(Server(notes).serve, "127.0.0.1", listen_port(PORT)):
        await talk(notes)
        await asyncio.sleep(0.1)


asyncio.run(main(sys.argv[1]))
