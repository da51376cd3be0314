"""Cuts the TCP payloads of a capture into other segments: recut.py CAPTURE.pcapng OUT.pcap (bytes | merged | SEED).

For simple captures, as the samples are: Ethernet, IPv4 or IPv6 without extension headers, every connection from SYN on
and in order. What one side says before the other side speaks again is a turn; a turn's bytes are cut anew, turns keep
their order. Pure acknowledgements are left out, all others say what has come.
"""

import collections
import random
import struct
import sys

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

Segment = collections.namedtuple("Segment", "time ip source destination sequence flags payload")


def blocks(data):
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        yield kind, data[at + 8:at + length - 4]
        at += length


def packets(data):
    """(nanoseconds, bytes) of each packet of a little-endian pcapng file with nanosecond time stamps."""
    for kind, body in blocks(data):
        if kind == 6:
            _, high, low, length = struct.unpack_from("<IIII", body)
            yield high << 32 | low, body[20:20 + length]


def segments(data):
    for time, frame in packets(data):
        kind, = struct.unpack_from(">H", frame, 12)
        if kind == 0x0800:
            header = 14 + (frame[14] & 15) * 4
            end = 14 + struct.unpack_from(">H", frame, 16)[0]
        else:
            header = 14 + 40
            end = header + struct.unpack_from(">H", frame, 18)[0]
        source, destination, sequence, _, offset, flags = struct.unpack_from(">HHIIBB", frame, header)
        payload = frame[header + (offset >> 4) * 4:end]
        addresses = (frame[26:30], frame[30:34]) if kind == 0x0800 else (frame[22:38], frame[38:54])
        yield Segment(time, frame[:header], addresses[0] + struct.pack(">H", source),
                      addresses[1] + struct.pack(">H", destination), sequence, flags, payload)


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame_of(ip, ports, sequence, acknowledgment, flags, payload):
    """The link and IP header of a former packet around another segment. The TCP checksum stays open, as on loopback."""
    tcp = ports + struct.pack(">IIBBHHH", sequence, acknowledgment, 5 << 4, flags, 65535, 0, 0) + payload
    if ip[12:14] == b"\x08\x00":
        header = ip[14:16] + struct.pack(">H", len(ip) - 14 + len(tcp)) + ip[18:24] + b"\0\0" + ip[26:]
        return ip[:14] + header[:10] + struct.pack(">H", checksum(header)) + header[12:] + tcp
    return ip[:18] + struct.pack(">H", len(tcp)) + ip[20:] + tcp


class Connection:
    """Says what it hears again, in other pieces."""

    def __init__(self, write, cut):
        self.write, self.cut = write, cut
        self.next = {}  # by source: the next sequence number
        self.turn = None  # the last segment of the turn under way
        self.said = b""

    def hear(self, segment):
        is_control = segment.flags & (SYN | FIN | RST)
        if not segment.payload and not is_control:
            return
        if self.turn and (self.turn.source != segment.source or is_control):
            self.end_turn()
        if segment.payload:
            self.turn = segment
            self.said += segment.payload
        if is_control:
            self.end_turn()
            self.say(segment, segment.flags & ~PSH, b"")

    def end_turn(self):
        turn, self.turn = self.turn, None
        for piece in self.cut(self.said) if turn else ():
            self.say(turn, ACK | PSH, piece)
        self.said = b""

    def say(self, segment, flags, payload):
        sequence = self.next.setdefault(segment.source, segment.sequence)
        acknowledgment = self.next.get(segment.destination, 0)
        self.write(segment.time, frame_of(segment.ip, segment.source[-2:] + segment.destination[-2:], sequence,
                                          acknowledgment, flags, payload))
        self.next[segment.source] = (sequence + len(payload) + bool(flags & SYN) + bool(flags & FIN)) & 0xFFFFFFFF


def cutter(how):
    """What turns a turn's bytes into pieces."""
    if how == "bytes":
        return lambda data: [data[at:at + 1] for at in range(len(data))]
    if how == "merged":
        return lambda data: [data[at:at + 60000] for at in range(0, len(data), 60000)]
    chance = random.Random(int(how))

    def at_random(data):
        pieces = []
        while data:
            size = chance.choice((1, 2, 3, chance.randint(1, 40), chance.randint(1, 1400)))
            pieces.append(data[:size])
            data = data[size:]
        return pieces
    return at_random


def recut(data, how):
    """The pcapng file `data` as a pcap file with other segments."""
    out = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)]

    def write(time, frame):
        out.append(struct.pack("<IIII", time // 10**9, time % 10**9, len(frame), len(frame)) + frame)

    connections, cut = {}, cutter(how)
    for segment in segments(data):
        key = frozenset((segment.source, segment.destination))
        connections.setdefault(key, Connection(write, cut)).hear(segment)
    for connection in connections.values():
        connection.end_turn()
    return b"".join(out)


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as capture, open(sys.argv[2], "wb") as result:
        result.write(recut(capture.read(), sys.argv[3]))
