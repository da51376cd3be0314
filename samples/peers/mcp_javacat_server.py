"""A small MCP 2.0.0 server with the habits of javacat: one key pair for all connections, errors without a text,
no room on a message, refusals that do not refuse, and an error in clear where a package makes no sense."""

import time

from mcp_javacat_peer import KeyPair, LinePeer

VERSION = "2.0.0"


class Server:
    def __init__(self, notes):
        self._notes = notes
        self._keys = KeyPair(sign_byte=True)
        self._passwords = {"root": "secret", "Ева": "яблоко1"}
        self._rooms = {1: "general"}
        self._members = {1: []}

    async def serve(self, reader, writer):
        peer = LinePeer(reader, writer, "server", self._notes)
        peer.name = None
        try:
            while package := await peer.receive():
                await self._answer(peer, package)
        finally:
            for members in self._members.values():
                if peer in members:
                    members.remove(peer)
            await peer.close()

    async def _answer(self, peer, package):
        handler = getattr(self, "_on_" + package["type"].replace(".", "_"))
        await handler(peer, package.get("data"), package.get("room"))

    async def _on_Handshake_Handshake(self, peer, data, room):
        if data["version"] != VERSION:
            return await peer.send("Error.UnsupportedVersion")
        await peer.send("Handshake.Handshake", {"version": VERSION, "publicKey": self._keys.public_text})
        secret = self._keys.secret(data["publicKey"])
        peer.key = secret[:32]

    async def _on_Authentication_Login(self, peer, data, room):
        if data["username"] not in self._passwords:
            return await peer.send("Error.UserNotFound")
        if data["password"] != self._passwords[data["username"]]:
            return await peer.send("Error.UserPasswordInvalid")
        peer.name = data["username"]
        rooms = [{"id": room, "name": name, "allUsers": self._names(room)} for room, name in self._rooms.items()]
        accepted = peer.line("Authentication.Accepted", {
            "http": "http://localhost:3073", "rooms": rooms, "heartbeatRate": 10000})
        token = peer.line("Authentication.UpdateAccessToken", {"accessToken": "n4bQgYhMfWU=cm9vdA=="})
        await peer.write(accepted + token)

    async def _on_Room_Create(self, peer, data, room):
        room = len(self._rooms) + 1
        self._rooms[room], self._members[room] = data["name"], []
        await peer.send("Room.Created", {"id": room, "name": data["name"]})

    async def _on_Room_Join(self, peer, data, room):
        if not isinstance(data["room"], int):
            return await peer.send("Error.PacketDataIncorrect", clear=True)
        if peer.name != "root":
            await peer.send("Error.AccessDenied")
        members = self._members[data["room"]]
        members.append(peer)
        await self._tell(members, "Room.Joined", {
            "room": data["room"], "user": peer.name, "allUsers": self._names(data["room"])})

    async def _on_Room_Update(self, peer, data, room):
        self._rooms[data["room"]] = data["name"]
        await self._tell([peer] + self._members[data["room"]], "Room.Updated", data)

    async def _on_Room_RequireList(self, peer, data, room):
        pass  # javacat never answers it

    async def _on_Message_CreateTextMessage(self, peer, data, room):
        if room not in self._rooms:
            return await peer.send("Error.RoomNotFound")
        await self._tell(self._members[room], "Message.TextMessage", {
            "text": data["text"], "user": peer.name, "time": time.time_ns() // 1_000_000})

    async def _on_Message_CreateImageMessage(self, peer, data, room):
        await self._tell(self._members[room], "Message.ImageMessage", {
            "image": data["image"], "user": peer.name, "time": time.time_ns() // 1_000_000})

    async def _on_Heartbeat_Ping(self, peer, data, room):
        pass

    def _names(self, room):
        return [member.name for member in self._members[room]]

    async def _tell(self, members, kind, data):
        for member in list(members):
            await member.send(kind, data)
