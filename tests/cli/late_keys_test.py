"""Keys in a capture from a pipe: a Decryption Secrets Block opens what stands in front of it, up to five seconds back."""

import json
import re
import struct
import unittest

import overhear
from pcapng import blocks_of, is_packet, secrets_block

MCP = overhear.ROOT / "samples" / "mcp-session.pcapng"


def time_of(one):
    high, low = struct.unpack_from("<II", one, 12)
    return high << 32 | low


def later(one, seconds):
    """The packet so much later (the samples count nanoseconds)."""
    ticks = time_of(one) + seconds * 1_000_000_000
    return one[:12] + struct.pack("<II", ticks >> 32, ticks & 0xFFFFFFFF) + one[20:]


# What takes sessions together goes by the order in which they are told, and some are told late.
ACROSS = re.compile(rb',"delivered_from":\{[^}]*\}')


def said(out):
    """The lines behind the capture's, without what takes several sessions together."""
    lines = out.split(b"\n")[1:]
    return [ACROSS.sub(b"", line) for line in lines if not line.startswith(b'{"record":"room"')]


class LateKeys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.blocks = blocks_of(MCP)
        cls.packets = [number for number, one in enumerate(cls.blocks) if is_packet(one)]
        cls.opened = said(overhear.read(MCP, "-T", "ndjson", "--events", *overhear.keys_of(MCP)))
        cls.sealed = said(overhear.read(MCP, "-T", "ndjson", "--events"))

    def piped(self, blocks, *arguments):
        return said(overhear.read("-", "-T", "ndjson", "--events", *arguments, stdin=b"".join(blocks)))

    def test_open_from_every_place_in_the_capture(self):
        for place in [self.packets[0], *self.packets[1::3], len(self.blocks)]:
            with self.subTest(place=place):
                blocks = self.blocks[:place] + [secrets_block(MCP.with_suffix(".keylog"))] + self.blocks[place:]
                self.assertEqual(sorted(self.piped(blocks)), sorted(self.opened))

    def test_stand_in_order_within_each_session(self):
        blocks = self.blocks + [secrets_block(MCP.with_suffix(".keylog"))]
        of = lambda lines: [one for one in lines if one and json.loads(one)["session"] == 1]
        self.assertEqual(of(self.piped(blocks)), of(self.opened))

    def test_that_never_come_cost_nothing_but_time(self):
        self.assertEqual(sorted(self.piped(self.blocks)), sorted(self.sealed))

    def test_that_come_too_late_open_only_what_follows(self):
        first = next(number for number in self.packets if b"Handshake" in self.blocks[number])
        sealed = next(json.loads(line) for line in self.sealed if b'"encrypted"' in line)
        behind = self.packets[max(sealed["packets"]) - 1] + 1
        self.assertLess(first, behind)
        moved = [later(one, 6) if number >= behind and is_packet(one) else one
                 for number, one in enumerate(self.blocks)]
        late = moved[:behind + 1] + [secrets_block(MCP.with_suffix(".keylog"))] + moved[behind + 1:]
        in_time = moved[:behind] + [secrets_block(MCP.with_suffix(".keylog"))] + moved[behind:]
        lines = [json.loads(one) for one in self.piped(late) if one]
        messages = [one for one in lines if one["record"] == "message"]
        self.assertTrue(any(one.get("encrypted") for one in messages))
        self.assertTrue(any("decrypted" in one for one in messages))
        self.assertFalse(any(b'"encrypted"' in one for one in self.piped(in_time)))


if __name__ == "__main__":
    unittest.main()
