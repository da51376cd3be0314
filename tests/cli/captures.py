"""Captures made of what peers might send: no protocol's rules, only TCP's, so that a test can say anything."""

import struct

CLIENT, SERVER = ("10.0.0.1", 40000), ("10.0.0.2", 9000)
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def address(text):
    return bytes(map(int, text.split(".")))


def header(nanoseconds=True):
    return struct.pack("<IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)


def frame(source, destination, sequence, acknowledgment, flags, payload=b""):
    tcp = struct.pack(">HHIIBBHHH", source[1], destination[1], sequence % 2**32, acknowledgment % 2**32, 5 << 4, flags,
                      65535, 0, 0) + payload
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0x4000, 64, 6, 0)
    return bytes(12) + b"\x08\x00" + ip + address(source[0]) + address(destination[0]) + tcp


def record(time, data):
    return struct.pack("<IIII", time // 10**9 % 2**32, time % 10**9, len(data), len(data)) + data


class Talk:
    """One connection: what is said goes out as packets, with the numbers that TCP wants."""

    def __init__(self, client=CLIENT, server=SERVER, time=10**18):
        self.ends = {"client": client, "server": server}
        self.next = {"client": 1000, "server": 5000}
        self.time = time

    def packet(self, who, flags, payload=b""):
        other = "server" if who == "client" else "client"
        data = frame(self.ends[who], self.ends[other], self.next[who], self.next[other], flags, payload)
        self.next[who] += len(payload) + bool(flags & SYN) + bool(flags & FIN)
        self.time += 1000
        return record(self.time, data)

    def open(self):
        return self.packet("client", SYN) + self.packet("server", SYN | ACK) + self.packet("client", ACK)

    def say(self, who, payload):
        return b"".join(self.packet(who, ACK | PSH, payload[at:at + 1400]) for at in range(0, len(payload), 1400))

    def close(self):
        return self.packet("client", FIN | ACK) + self.packet("server", FIN | ACK) + self.packet("client", ACK)


def capture(*lines, server=SERVER):
    """A whole capture of one connection; lines are (who, bytes)."""
    talk = Talk(server=server)
    return header() + talk.open() + b"".join(talk.say(who, data) for who, data in lines) + talk.close()
