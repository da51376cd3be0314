"""A capture file as its blocks, so that a test can take some away, move them or add others."""

import struct

PACKET, SECRETS = 6, 10
TLS_KEY_LOG = 0x544C534B


def blocks_of(capture):
    data = capture.read_bytes()
    blocks = []
    while data:
        length = struct.unpack_from("<I", data, 4)[0]
        blocks.append(data[:length])
        data = data[length:]
    return blocks


def block(kind, body):
    length = 12 + len(body)
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def secrets_block(key_log):
    text = key_log.read_bytes()
    text += b"\n" * (-len(text) % 4)
    return block(SECRETS, struct.pack("<II", TLS_KEY_LOG, len(text)) + text)


def is_packet(one):
    return struct.unpack_from("<I", one)[0] == PACKET
