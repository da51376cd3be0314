"""scrp-spec: SCRP 0.0.3 with the names of its text: accounts, rooms, messages, and the errors on the way there.
Usage: scrp_spec.py PREFIX"""

import asyncio
import re
import sys
import time

from notes import Notes, listen_port
from scrp_peer import PORT, Client, Peer

SUCCESS, BAD_REQUEST, NOT_LOGGED_IN, FORBIDDEN = 900, 233, 250, 801
INVALID_USER_ID, INVALID_ROOM_ID, INVALID_PASSWORD, INVALID_NICKNAME = 300, 301, 310, 320
USER_EXISTS, ROOM_EXISTS, TOO_MANY_ATTEMPTS, NO_MATCH, LOGGED_IN = 400, 401, 402, 403, 404
MAX_ATTEMPTS = 2
ACCESS_PASSWORD = 1


def is_id(text):
    return re.fullmatch(r"[A-Za-z0-9_]{1,16}", text) is not None


def is_password(text):
    return re.fullmatch(r"[ -~]{6,64}", text) is not None


class Server:
    def __init__(self, notes):
        self._notes = notes
        self._users, self._online, self._rooms = {}, {}, {}

    async def serve(self, reader, writer):
        peer = Peer(reader, writer, "server", self._notes)
        peer.user, peer.attempts = None, 0
        async for request in peer.messages():
            handler = getattr(self, "_on_" + request["method"], None)
            answer = await handler(peer, request) if handler else BAD_REQUEST
            fields = answer if isinstance(answer, dict) else {"err": answer}
            await peer.send({"resp_id": request["req_id"], **fields})
        self._online.pop(peer.user, None)
        await peer.close()

    async def _push(self, users, method, **fields):
        for user in users:
            if user in self._online:
                await self._online[user].send({"method": method, "time": int(time.time()), **fields})

    async def _on_GET_TIME(self, peer, request):
        return {"time": int(time.time()), "err": SUCCESS}

    async def _on_SIGN_UP(self, peer, request):
        if not is_id(request["user_id"]):
            return INVALID_USER_ID
        if not is_password(request["user_password"]):
            return INVALID_PASSWORD
        if not 1 <= len(request["user_nickname"]) <= 32:
            return INVALID_NICKNAME
        if request["user_id"] in self._users:
            return USER_EXISTS
        self._users[request["user_id"]] = request["user_password"]
        return SUCCESS

    async def _on_LOG_IN(self, peer, request):
        if peer.attempts >= MAX_ATTEMPTS:
            return TOO_MANY_ATTEMPTS
        if self._users.get(request["user_id"]) != request["user_password"]:
            peer.attempts += 1
            return NO_MATCH
        if request["user_id"] in self._online:
            return LOGGED_IN
        peer.user = request["user_id"]
        self._online[peer.user] = peer
        return SUCCESS

    async def _on_CHANGE_USER_NICKNAME(self, peer, request):
        return SUCCESS if 1 <= len(request["new_user_nickname"]) <= 32 else INVALID_NICKNAME

    async def _on_CREATE_ROOM(self, peer, request):
        if peer.user is None:
            return NOT_LOGGED_IN
        if not is_id(request["room_id"]):
            return INVALID_ROOM_ID
        if request["room_id"] in self._rooms:
            return ROOM_EXISTS
        self._rooms[request["room_id"]] = {
            "owner": peer.user, "members": [peer.user], "password": request.get("room_password")}
        return SUCCESS

    async def _on_ENTER_ROOM(self, peer, request):
        room = self._rooms[request["room_id"]]
        if request.get("room_password") != room["password"]:
            return NO_MATCH
        room["members"].append(peer.user)
        return SUCCESS

    async def _on_REMOVE_ROOM(self, peer, request):
        if self._rooms[request["room_id"]]["owner"] != peer.user:
            return FORBIDDEN
        del self._rooms[request["room_id"]]
        return SUCCESS

    async def _on_SET_ADMIN(self, peer, request):
        if self._rooms[request["room_id"]]["owner"] != peer.user:
            return FORBIDDEN
        await self._push([request["subject_user_id"]], "APPOINTED_AS_ADMIN", room_id=request["room_id"])
        return SUCCESS

    async def _on_SEND_ROOM_MESSAGE(self, peer, request):
        others = [user for user in self._rooms[request["room_id"]]["members"] if user != peer.user]
        await self._push(others, "NEW_ROOM_MESSAGE", room_id=request["room_id"], user_id=peer.user,
                         content=request["content"])
        return SUCCESS

    async def _on_SEND_PRIVATE_MESSAGE(self, peer, request):
        await self._push([request["receiver_user_id"]], "NEW_PRIVATE_MESSAGE", user_id=peer.user,
                         content=request["content"])
        return SUCCESS


async def talk(notes):
    # Text outside ASCII leaves this client as \u escapes, the other raw.
    erwin = await Client.open("127.0.0.1", notes)
    await erwin.peer.write(
        erwin.request("GET_TIME")
        + erwin.request("SIGN_UP", user_id="not an id", user_password="live cat", user_nickname="Erwin")
        + erwin.request("SIGN_UP", user_id="erwin", user_password="cat", user_nickname="Erwin")
        + erwin.request("SIGN_UP", user_id="erwin", user_password="live cat", user_nickname="Erwin Schrödinger"))
    await asyncio.sleep(0.1)
    await erwin.ask("CREATE_ROOM", room_id="box", room_nickname="no login yet", user_id="erwin", room_access=0)
    await erwin.ask("LOG_IN", user_id="erwin", user_password="dead cat")
    await erwin.ask("LOG_IN", user_id="erwin", user_password="live cat")

    lise = await Client.open("127.0.0.1", notes, ascii_only=False)
    await lise.ask("SIGN_UP", user_id="erwin", user_password="my own now", user_nickname="?")
    await lise.ask("SIGN_UP", user_id="lise", user_password="uranium235", user_nickname="Lise «Liesl» Meitner ☢")
    await lise.ask("LOG_IN", user_id="erwin", user_password="live cat")
    await lise.ask("LOG_IN", user_id="lise", user_password="uranium235")

    await erwin.ask("CREATE_ROOM", room_id="box", room_nickname="Die Kiste 📦", user_id="erwin",
                    room_access=ACCESS_PASSWORD, room_password="meow meow")
    await lise.ask("CREATE_ROOM", room_id="box", room_nickname="mine too", user_id="lise", room_access=0)
    await lise.ask("ENTER_ROOM", room_id="box", user_id="lise", room_password="woof woof")
    await lise.ask("ENTER_ROOM", room_id="box", user_id="lise", room_password="meow meow")

    # The length on its own, then the body in two parts.
    frame = erwin.request("SEND_ROOM_MESSAGE", room_id="box", user_id="erwin", content="Grüße aus der Kiste – 喵 🐈")
    for part in (frame[:4], frame[4:60], frame[60:]):
        await erwin.peer.write(part)
        await asyncio.sleep(0.06)

    # The length itself cut in two.
    frame = lise.request("SEND_ROOM_MESSAGE", room_id="box", user_id="lise", content="Lebt sie? – Жива? 生きてる? 🐈")
    for part in (frame[:2], frame[2:]):
        await lise.peer.write(part)
        await asyncio.sleep(0.06)

    await erwin.ask("SET_ADMIN", owner_user_id="erwin", subject_user_id="lise", room_id="box")
    await lise.ask("SEND_PRIVATE_MESSAGE", receiver_user_id="erwin", content="Danke, für’s Vertrauen")
    await lise.ask("REMOVE_ROOM", user_id="lise", room_id="box")
    await lise.ask("CHANGE_USER_NICKNAME", user_id="lise", old_user_nickname="Lise «Liesl» Meitner ☢",
                   new_user_nickname="")
    await lise.ask("OPEN_BOX", room_id="box")
    await erwin.ask("REMOVE_ROOM", user_id="erwin", room_id="box")
    await lise.close()
    await erwin.close()


async def main(prefix):
    notes = Notes(prefix)
    async with await asyncio.start_server(Server(notes).serve, "127.0.0.1", listen_port(PORT)):
        await talk(notes)
        await asyncio.sleep(0.1)


asyncio.run(main(sys.argv[1]))
