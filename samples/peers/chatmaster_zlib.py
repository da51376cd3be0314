"""chatmaster-zlib: ChatMaster 3000 as its text has it: each package compressed on its own, 1 and 0 for a status, flat
notifications, the commands that the public server ignores. Usage: chatmaster_zlib.py PREFIX"""

import asyncio
import sys

from chatmaster_peers import Client, Peer, run
from notes import Notes

GENERAL = "General"


def package(kind, **data):
    return {"type": kind, "data": data}


def notification(event, **fields):
    return package("notification", event_type=event, **fields)


def command(name, **parameters):
    return package("command", command=name, parameters=parameters)


class Server:
    def __init__(self, notes):
        self._notes = notes
        self._users = []
        self._channels = {GENERAL: True, "ChuckNorris": True}  # name: public

    async def serve(self, reader, writer):
        peer = Peer(reader, writer, "server", self._notes, compressed=True)
        peer.name, peer.channel = None, GENERAL
        await peer.send(package("request", request="login"))
        async for message in peer.packages():
            data = message["data"]
            if message["type"] == "message":
                await self._tell_others(peer, package("message", message=data["message"], username=peer.name))
            else:
                await getattr(self, "_on_" + data["command"])(peer, **data["parameters"])
        if peer in self._users:
            self._users.remove(peer)
            await self._tell_others(peer, notification("user_left", username=peer.name))
        await peer.close()

    async def _tell_others(self, peer, message):
        for user in self._users:
            if user is not peer and user.channel == peer.channel:
                await user.send(message)

    def _public(self):
        return [name for name, public in self._channels.items() if public]

    async def _on_login(self, peer, username):
        if any(user.name == username for user in self._users):
            await peer.send(package("session", status=0, reason="Username is already taken."))
            return await peer.close()
        peer.name = username
        self._users.append(peer)
        # Both leave in one segment.
        await peer.send(package("session", status=1, channels=self._public()),
                        notification("user_joined", username=username))
        await self._tell_others(peer, notification("user_joined", username=username))

    async def _on_rename(self, peer, username):
        old, peer.name = peer.name, username
        for user in self._users:
            await user.send(notification("user_rename", old_username=old, new_username=username))

    async def _on_join(self, peer, channel):
        peer.channel = channel
        self._channels.setdefault(channel, True)
        await peer.send(notification("user_joined", username=peer.name))
        await self._tell_others(peer, notification("user_joined", username=peer.name))

    async def _on_leave(self, peer):
        await self._tell_others(peer, notification("user_left", username=peer.name))
        peer.channel = GENERAL

    async def _on_private(self, peer):
        if peer.channel == GENERAL:
            return await peer.send(package("error", error_type="private", message="Channel cannot be set to private."))
        self._channels[peer.channel] = False

    async def _on_public(self, peer):
        self._channels[peer.channel] = True

    async def _on_channels(self, peer):
        await peer.send(notification("channel_list", channels=self._public()))


async def talk(notes):
    sven = await Client.open(notes, compressed=True)
    await sven.send(command("login", username="PythonMaster2K16"))
    yuki = await Client.open(notes, compressed=True, ascii_only=False)
    await yuki.send(command("login", username="雪"))
    await sven.send(package("message", message="Hello World!"), package("message", message="anyone? " * 60))
    await yuki.send_in_parts(package("message", message="はい、います 🎉 " + "ゆっくり話しましょう。" * 6), 1, 40, 90)
    await yuki.send(command("private"))  # error: not the general channel
    await yuki.send(command("join", channel="しずか"))
    await yuki.send(command("private"))
    await sven.send(command("channels"))
    await yuki.send(command("public"))
    await sven.send(command("channels"))
    await yuki.send(command("rename", username="Yuki"))
    await sven.send(command("join", channel="しずか"))
    await sven.send(package("message", message="Schön hier, größer als gedacht"))

    twin = await Client.open(notes, compressed=True)
    await twin.send(command("login", username="Yuki"))  # refused and closed
    await twin.close()
    await yuki.send(command("leave"))
    await yuki.close()
    await sven.close()


asyncio.run(run(Server(notes := Notes(sys.argv[1])), talk, notes))
