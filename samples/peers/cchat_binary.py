"""cchat-binary: cchat to the letter of its 0.3 text. Binary frames, the number of the group on its own in keyxchg_0,
a key exchange in a ring, error codes in hex with their detail. Usage: cchat_binary.py PREFIX"""

import asyncio
import base64
import hashlib
import json
import secrets
import sys

import websockets

from notes import Notes, client_address, connect_port, listen_port

PORT = 8888
ROOM = "Küche"
NUMBER = 0xC7EEF5F42762AC1551B94F5F7CCD210202459A9FCD23F38C21AF1B8C84C18937  # a safe prime of 256 bits
GENERATOR = 2
JOIN_WITHIN = 0.6  # seconds


def sha1(text):
    return hashlib.sha1(text.encode()).hexdigest()


class Peer:
    """One end of a connection: says what it sends, in binary frames."""

    def __init__(self, socket, side, notes):
        self.socket, self._side, self._notes = socket, side, notes
        self.address = client_address(socket.transport, side)

    async def send(self, kind, **fields):
        text = json.dumps({"ver": 1, "type": kind, **fields}, separators=(",", ":"))
        self._notes.said(self.address, self._side, text)
        await self.socket.send(text.encode())


class Server:
    def __init__(self, notes):
        self._notes = notes
        self._members = []
        self._unfinished = 0  # members that have no key yet

    async def serve(self, socket):
        peer = Peer(socket, "server", self._notes)
        try:
            first = json.loads(await asyncio.wait_for(socket.recv(), JOIN_WITHIN))
        except asyncio.TimeoutError:
            return await self._error(peer, "0x6", "You are kicked from the server due to no join after connection")
        await self._answer(peer, first)
        async for data in socket:
            await self._answer(peer, json.loads(data))

    async def _error(self, peer, code, detail):
        await peer.send("error", errcode=code, errdetail=detail)

    async def _answer(self, peer, message):
        handler = getattr(self, "_on_" + message["type"], None)
        if handler is None:
            await self._error(peer, "0x8", "Wrong message type")
        elif peer not in self._members and message["type"] != "join":
            await self._error(peer, "0x5", "Not in the chatroom yet")
        else:
            await handler(peer, message)

    async def _on_join(self, peer, message):
        self._members.append(peer)
        await self._error(peer, "0x0", "")
        await self._exchange()

    async def _exchange(self):
        """Every member starts one way around the ring; who is last on a way gets the key of it."""
        self._unfinished = len(self._members)
        for member in self._members:
            await member.send("keyxchg_0", number=f"{NUMBER:x}")
        for member in self._members:
            await member.send("keyxchg_1", roundleft=len(self._members) - 1, keyintrmdt=f"{GENERATOR:x}")

    async def _on_keyxchg_2(self, peer, message):
        if message["roundleft"] == 0:
            self._unfinished -= 1
            return
        following = self._members[(self._members.index(peer) + 1) % len(self._members)]
        await following.send("keyxchg_1", roundleft=message["roundleft"] - 1, keyintrmdt=message["keyintrmdt"])

    async def _on_message_0(self, peer, message):
        if self._unfinished > 0:
            return await self._error(peer, "0x10", "Key negotiation is not finished")
        for member in self._members:
            if member is not peer:
                await member.send("message_1", content=message["content"])

    async def _on_leave(self, peer, message):
        self._members.remove(peer)
        await self._error(peer, "0x0", "bye")
        await peer.socket.close()
        await self._exchange()


class Client:
    def __init__(self, socket, notes):
        self._peer = Peer(socket, "client", notes)
        self._secret = secrets.randbits(250)
        self._reading = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, notes):
        return cls(await websockets.connect(f"ws://127.0.0.1:{connect_port(PORT)}/", compression=None), notes)

    async def _listen(self):
        async for data in self._peer.socket:
            message = json.loads(data)
            if message["type"] == "keyxchg_1":
                result = pow(int(message["keyintrmdt"], 16), self._secret, NUMBER)
                left = message["roundleft"]
                await self._peer.send("keyxchg_2", roundleft=left, keyintrmdt=f"{result:x}" if left else "")

    async def send(self, kind, **fields):
        await self._peer.send(kind, **fields)
        await asyncio.sleep(0.1)

    async def join(self, name, wait=0.1):
        await self._peer.send("join", clientid=sha1(name), chatroom=sha1(ROOM))
        await asyncio.sleep(wait)

    async def say(self, text):
        await self.send("message_0", content=base64.b64encode(text.encode()).decode())

    async def closed(self):
        await self._peer.socket.wait_closed()
        await self._reading


async def talk(notes):
    anna = await Client.open(notes)
    await anna.say("before I have joined")  # 0x5
    idle = await Client.open(notes)  # never joins: 0x6
    await anna.join("anna")

    ben = await Client.open(notes)
    await ben.join("ben", wait=0)
    await ben.say("too early")  # 0x10
    await anna.say("Grüß dich, Ben 🙂")
    await ben.say("Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. " * 4)

    chen = await Client.open(notes)
    await chen.join("陈")
    await chen.say("大家好")
    await chen.send("dance")  # 0x8
    await idle.closed()
    for client in (ben, anna):
        await client.send("leave")
        await client.closed()
    await chen.say("alone at last")
    await chen.send("leave")
    await chen.closed()


async def main(prefix):
    notes = Notes(prefix)
    async with websockets.serve(Server(notes).serve, "127.0.0.1", listen_port(PORT), compression=None):
        await talk(notes)


asyncio.run(main(sys.argv[1]))
