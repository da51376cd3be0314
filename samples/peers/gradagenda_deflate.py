"""gradagenda-deflate: GradAgenda on Python's `websockets` with its usual permessage-deflate, which carries its window
from one message to the next. Usage: gradagenda_deflate.py PREFIX"""

import asyncio
import contextlib
import json
import sys
import time

import websockets

from notes import Notes, client_address, connect_port, listen_port

PORT = 8080
GROUP = "m1"
PING_INTERVAL = 0.4  # seconds


async def messages(socket):
    """All messages of a connection, whatever code it closes with."""
    with contextlib.suppress(websockets.ConnectionClosed):
        async for text in socket:
            yield text


class Peer:
    """One end of a connection."""

    def __init__(self, socket, side, notes, ascii_only=False):
        self.socket, self._side, self._notes, self._ascii_only = socket, side, notes, ascii_only
        self.address = client_address(socket.transport, side)

    async def send(self, action, parts=1):
        """Sends one action, as a message of that many fragments."""
        text = json.dumps(action, ensure_ascii=self._ascii_only)
        self._notes.said(self.address, self._side, text)
        size = -(-len(text) // parts)
        await self.socket.send(text if parts == 1 else [text[at:at + size] for at in range(0, len(text), size)])


class Server:
    def __init__(self, notes):
        self._notes = notes
        self._online = {}
        self._users = []  # of the one group

    async def serve(self, socket):
        peer = Peer(socket, "server", self._notes)
        peer.user = None
        async for text in messages(socket):
            action = json.loads(text)
            await getattr(self, "_on_" + action["type"].replace("-", "_"))(peer, action)
        self._online.pop(peer.user, None)

    def _info(self, status):
        return {"type": "providing-session-info", "session-id": GROUP, "session-type": "mutable", "status": status,
                "user-id": self._users}

    async def _status(self, peer, action, status, **more):
        await peer.send({"cdid": action["cdid"], "type": "status-response", "status": status, **more})

    async def _tell(self, action):
        for user in self._users:
            if user in self._online:
                await self._online[user].send(action)

    async def _on_authenticate(self, peer, action):
        if action["token"] != "open sesame":
            return await self._status(peer, action, "failed", message="wrong token")
        peer.user = action["user-id"]
        self._online[peer.user] = peer
        await self._status(peer, action, "succeeded")

    async def _on_request_mutable_session_creation(self, peer, action):
        self._users = [peer.user, *action["user-id"]]
        await self._tell(self._info("created"))

    async def _on_request_mutable_session_listing(self, peer, action):
        await peer.send({"type": "batch-mode-action", "actions": [self._info("unchanged")]})

    async def _on_request_mutable_session_deletion(self, peer, action):
        await self._tell(self._info("deleted"))

    async def _on_request_sending_a_message(self, peer, action):
        await self._tell({"type": "message-broadcast", "session-id": action["session-id"], "sender-id": peer.user,
                          "message": action["message"], "sender-timestamp": action["sender-timestamp"]})


class Client:
    def __init__(self, name, socket, notes, **form):
        self._name, self._sent = name, 0
        self._peer = Peer(socket, "client", notes, **form)
        self._reading = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, name, notes, **form):
        url = f"ws://127.0.0.1:{connect_port(PORT)}/"
        return cls(name, await websockets.connect(url, ping_interval=None), notes, **form)

    async def _listen(self):
        async for _ in messages(self._peer.socket):
            pass

    async def send(self, kind, parts=1, **fields):
        self._sent += 1
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        await self._peer.send({"cdid": f"{self._name}#{self._sent}", "type": kind, **fields}, parts)
        await asyncio.sleep(0.1)

    async def authenticate(self, token):
        await self.send("authenticate", user_id=self._name, device_id=f"{self._name}'s tablet&02:00:5e:10:00:01",
                        token=token)

    async def say(self, body, parts=1):
        await self.send("request-sending-a-message", parts, session_id=GROUP, message={"type": "text", "body": body},
                        sender_timestamp=time.time_ns() // 1_000_000)

    async def close(self, code=1000, reason=""):
        await self._peer.socket.close(code, reason)
        await self._reading


async def talk(notes):
    zoe = await Client.open("zoë", notes)
    await zoe.authenticate("open says me")
    await zoe.authenticate("open sesame")
    ali = await Client.open("ali", notes, ascii_only=True)
    await ali.authenticate("open sesame")
    await zoe.send("request-mutable-session-creation", user_id=["ali"])
    await zoe.say("Vierzig Räuber, vierzig Krüge – und wo ist das Öl?")
    await ali.say("Vierzig Räuber, vierzig Krüge – und wo ist das Öl? Gute Frage 🏺")
    await zoe.say("芝麻开门," * 40)
    await ali.say("芝麻开门," * 20 + "✔", parts=3)
    await zoe.send("request-mutable-session-listing")
    await ali.say("Vierzig Räuber, vierzig Krüge.")
    await zoe.send("request-mutable-session-deletion", session_id=GROUP)
    await ali.close(3000, "التالي")
    await zoe.close()


async def main(prefix):
    notes = Notes(prefix)
    async with websockets.serve(Server(notes).serve, "127.0.0.1", listen_port(PORT), ping_interval=PING_INTERVAL):
        await talk(notes)


asyncio.run(main(sys.argv[1]))
