"""scrp-lowercase: SCRP with the lower-case names of the public server, over IPv6: requests answered out of order, and
one answer of more than 64 KiB. Usage: scrp_lowercase.py PREFIX"""

import asyncio
import sys
import time

from notes import Notes, listen_port
from scrp_peer import PORT, Client, Peer

SUCCESS, ALREADY_LOGGED_IN, INVALID_ACCESS = 900, 251, 340
ACCESS_NAMES = ("ROOM_ACCESS_PUBLIC", "ROOM_ACCESS_PASSWORD", "ROOM_ACCESS_PERMISSION")
MISSED = 560  # messages that wait for whoever logs in

VERSES = ("Twas brillig, and the slithy toves", "Варкалось. Хливкие шорьки", "Es brillig war. Die schlichten Toven",
          "Il brilgue: les tôves lubricilleux")


class Server:
    """Answers each request in a task of its own, so a slow one does not hold up the next."""

    def __init__(self, notes):
        self._notes = notes
        self._online = {}

    async def serve(self, reader, writer):
        peer = Peer(reader, writer, "server", self._notes)
        peer.user = None
        tasks = [asyncio.create_task(self._answer(peer, request)) async for request in peer.messages()]
        await asyncio.gather(*tasks)
        self._online.pop(peer.user, None)
        await peer.close()

    async def _answer(self, peer, request):
        fields = await getattr(self, "_on_" + request["method"])(peer, request)
        await peer.send({"resp_id": request["req_id"], **fields})

    async def _on_get_time(self, peer, request):
        return {"time": int(time.time()), "err": SUCCESS}

    async def _on_sign_up(self, peer, request):
        await asyncio.sleep(0.08)  # as a password hash takes its time
        return {"err": SUCCESS}

    async def _on_log_in(self, peer, request):
        if request["user_id"] in self._online:
            return {"err": ALREADY_LOGGED_IN}
        peer.user = request["user_id"]
        self._online[peer.user] = peer
        return {"err": SUCCESS}

    async def _on_create_room(self, peer, request):
        return {"err": SUCCESS if request["room_access"] in ACCESS_NAMES else INVALID_ACCESS}

    async def _on_change_user_nickname(self, peer, request):
        return {"err": SUCCESS}

    async def _on_receive_message(self, peer, request):
        await asyncio.sleep(0.05)
        now = int(time.time())
        missed = [{"message_id": number, "time": now - 60 * (MISSED - number), "user_id": "carroll",
                   "content": VERSES[number % len(VERSES)]} for number in range(MISSED)]
        return {"messages": missed, "err": SUCCESS}

    async def _on_send_private_message(self, peer, request):
        receiver = self._online[request["receiver_user_id"]]
        await receiver.send({"method": "new_private_message", "time": int(time.time()), "user_id": peer.user,
                             "content": request["content"]})
        return {"err": SUCCESS}


async def talk(notes):
    alice = await Client.open("::1", notes, ascii_only=False)
    # sign_up, the first, is answered last.
    await alice.peer.write(
        alice.request("sign_up", user_id="alice", user_password="drink me", user_nickname="アリス")
        + alice.request("get_time") + alice.request("get_time"))
    await asyncio.sleep(0.2)
    await alice.ask("log_in", user_id="alice", user_password="drink me")
    await alice.ask("log_in", user_id="alice", user_password="drink me")
    await alice.peer.write(
        alice.request("receive_message", user_id="alice")
        + alice.request("create_room", room_id="tea", room_nickname="чай", user_id="alice",
                        room_access="ROOM_ACCESS_PUBLIC")
        + alice.request("create_room", room_id="tea2", room_nickname="x", user_id="alice", room_access=7))
    await asyncio.sleep(0.3)
    hatter = await Client.open("::1", notes)
    await hatter.ask("log_in", user_id="hatter", user_password="10/6 10/6")
    await hatter.ask("send_private_message", receiver_user_id="alice", content="Mehr Tee? 🫖")
    await alice.ask("change_user_nickname", user_id="alice", user_nickname="愛麗絲")
    await hatter.close()
    await alice.close()


async def main(prefix):
    notes = Notes(prefix)
    async with await asyncio.start_server(Server(notes).serve, "::1", listen_port(PORT)):
        await talk(notes)
        await asyncio.sleep(0.1)


asyncio.run(main(sys.argv[1]))
