"""chatmaster-plain: ChatMaster 3000 with the habits of its public server: `data` before `type`, true and false for a
status, what a notification is about under `parameters`. Usage: chatmaster_plain.py PREFIX"""

import asyncio
import sys

from chatmaster_peers import Client, Peer, run
from notes import Notes


def package(kind, **data):
    return {"data": data, "type": kind}


def notification(event, **parameters):
    return package("notification", event_type=event, parameters=parameters)


def command(name, **parameters):
    return package("command", command=name, parameters=parameters or None)


class Server:
    def __init__(self, notes):
        self._notes = notes
        self._users = []
        self._channels = ["general", "python"]

    async def serve(self, reader, writer):
        peer = Peer(reader, writer, "server", self._notes)
        peer.name = peer.channel = None
        self._users.append(peer)
        await peer.send(package("request", request="login"))
        async for message in peer.packages():
            data = message["data"]
            if message["type"] == "message":
                await self._say(peer, data["message"])
            else:
                await getattr(self, "_on_" + data["command"])(peer, **(data["parameters"] or {}))
        self._users.remove(peer)
        await peer.close()

    def _in(self, channel):
        return [user for user in self._users if user.channel == channel]

    async def _say(self, peer, text):
        for user in self._in(peer.channel):
            if user is not peer:
                await user.send(package("message", message=text, username=peer.name))

    async def _on_login(self, peer, username):
        if any(user.name == username for user in self._users):
            return await peer.send(package("session", status=False, reason="Username is already taken"))
        peer.name = username
        # Both leave in one segment.
        await peer.send(package("session", status=True, channels=self._channels),
                        notification("channel_list", channels=self._channels))

    async def _on_channel_list(self, peer):
        await peer.send(notification("channel_list", channels=self._channels))

    async def _on_join(self, peer, channel):
        if peer.channel == channel:
            return await peer.send(package("error", error_type="join", message="You have already joined the channel."))
        peer.channel = channel
        if channel not in self._channels:
            self._channels.append(channel)
        names = [user.name for user in self._in(channel)]
        for user in self._in(channel):
            await user.send(notification("user_joined", channel=channel, username=peer.name, current_users=names))

    async def _on_leave(self, peer):
        if peer.channel is None:
            return await peer.send(package("error", error_type="leave", message="You are not in a channel."))
        channel, peer.channel = peer.channel, None
        names = [user.name for user in self._in(channel)]
        for user in self._in(channel):
            await user.send(notification("user_left", channel=channel, username=peer.name, current_users=names))
        await peer.send(notification("channel_list", channels=self._channels))

    async def _on_rename(self, peer, username):
        pass  # the public server takes it and does nothing


async def talk(notes):
    ada = await Client.open(notes)
    await ada.send(command("login", username="ada"))
    await ada.send(command("join", channel="general"))

    ines = await Client.open(notes, ascii_only=False)
    await ines.send(command("login", username="ada"))  # refused, and still connected
    await ines.send(command("login", username="Inês"))
    await ines.send(command("join", channel="general"))

    await ada.send(package("message", message="hi Inês, curly ones: }{ \"quoted\" \\"))
    await ines.send(package("message", message="olá – tudo bem? 🙂"), package("message", message="e o café ☕?"))
    # In three segments, the second cut inside a character.
    await ines.send_in_parts(package("message", message="長い話。" * 20), 1, 101)

    await ada.send(command("join", channel="general"))  # error: already there
    await ines.send(command("rename", username="ines"))
    await ines.send(command("leave"))
    await ines.send(command("leave"))  # error: in no channel
    await ines.send(command("join", channel="ключ-канал"))
    await ada.send(command("channel_list"))
    await ada.send(command("leave"))
    await ines.close()
    await ada.close()


asyncio.run(run(Server(notes := Notes(sys.argv[1])), talk, notes))
