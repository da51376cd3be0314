"""scrp-tls13: SCRP over TLS 1.3 on Python's ssl: two clients that talk in a room.
Usage: scrp_tls13.py PREFIX"""

import asyncio
import ssl
import sys
import time

from certificate import NAME, Certificate
from notes import Notes, listen_port, trusted
from scrp_peer import PORT, Client, Peer

SUCCESS, NOT_LOGGED_IN = 900, 250


class Server:
    def __init__(self, notes):
        self._notes = notes
        self._online = {}

    async def serve(self, reader, writer):
        peer = Peer(reader, writer, "server", self._notes)
        peer.user = None
        async for request in peer.messages():
            await peer.send({"resp_id": request["req_id"], **await self._answer(peer, request)})
        self._online.pop(peer.user, None)
        await peer.close()

    async def _answer(self, peer, request):
        method = request["method"]
        if method == "GET_TIME":
            return {"time": int(time.time()), "err": SUCCESS}
        if method == "LOG_IN":
            peer.user = request["user_id"]
            self._online[peer.user] = peer
        elif peer.user is None:
            return {"err": NOT_LOGGED_IN}
        elif method == "SEND_ROOM_MESSAGE":
            for user, other in self._online.items():
                if user != peer.user:
                    await other.send({"method": "NEW_ROOM_MESSAGE", "time": int(time.time()), "user_id": peer.user,
                                      "room_id": request["room_id"], "content": request["content"]})
        return {"err": SUCCESS}


async def talk(notes, context):
    security = {"ssl": context, "server_hostname": NAME}
    ada = await Client.open("127.0.0.1", notes, security)
    await ada.ask("GET_TIME")
    await ada.ask("CREATE_ROOM", room_id="engine", room_nickname="Analytical Engine", room_access=0)
    await ada.ask("LOG_IN", user_id="ada", user_password="bernoulli")
    await ada.ask("CREATE_ROOM", room_id="engine", room_nickname="Analytical Engine", user_id="ada", room_access=0)
    charles = await Client.open("127.0.0.1", notes, security, ascii_only=False)
    await charles.ask("LOG_IN", user_id="charles", user_password="difference")
    await charles.ask("ENTER_ROOM", user_id="charles", room_id="engine")
    await ada.ask("SEND_ROOM_MESSAGE", user_id="ada", room_id="engine", content="Note G is done – ∑ of all that follows")
    # More than one record may hold.
    await charles.ask("SEND_ROOM_MESSAGE", user_id="charles", room_id="engine", content="cogs and wheels ⚙ " * 1500)
    # Two messages in one record.
    await ada.peer.write(ada.request("GET_TIME") + ada.request("GET_TIME"))
    await asyncio.sleep(0.1)
    await charles.close()
    await ada.close()


async def main(prefix):
    notes, certificate = Notes(prefix), Certificate()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate.chain, certificate.key)
    client = ssl.create_default_context(cafile=trusted(certificate.chain))
    for context in (server, client):
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    client.keylog_filename = f"{prefix}.keylog"
    async with await asyncio.start_server(Server(notes).serve, "127.0.0.1", listen_port(PORT), ssl=server):
        await talk(notes, client)
        await asyncio.sleep(0.1)


asyncio.run(main(sys.argv[1]))
