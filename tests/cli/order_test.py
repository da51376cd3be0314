"""Records come in the order of the packets that completed them, whatever is read ahead, and as soon as those are there."""

import os
import subprocess
import unittest

import captures
import overhear


def chat(number):
    return b'{"type":"message","data":{"message":"said %d"}}' % number


def broken_packet(talk):
    """An Ethernet frame whose IPv4 header is cut."""
    talk.time += 1000
    return captures.record(talk.time, bytes(12) + b"\x08\x00" + b"\x45\x00")


def names(ndjson):
    """Records as they come: the text of a message, or the code of a finding."""
    for record in overhear.records(ndjson):
        if record["record"] == "message":
            yield record["body"]["data"]["message"]
        elif record["record"] == "finding":
            yield record["code"]


class Order(unittest.TestCase):
    def test_findings_about_packets_stand_between_the_messages_of_their_neighbours(self):
        talk = captures.Talk()
        data = captures.header() + talk.open()
        for number in range(20):
            data += talk.say("client", chat(number))
            if number % 3 == 0:
                data += broken_packet(talk)
        wanted = []
        for number in range(20):
            wanted += [f"said {number}"] + ["ip.malformed"] * (number % 3 == 0)
        self.assertEqual(list(names(overhear.run("read", "-", "-T", "ndjson", stdin=data).out)), wanted)

    def test_connections_that_take_turns_keep_their_order(self):
        talks = [captures.Talk(client=("10.0.0.1", 40000 + i)) for i in range(7)]
        data = captures.header() + b"".join(talk.open() for talk in talks)
        for number in range(200):
            talks[number * 5 % 7].time = 10**18 + 10**6 + number * 1000
            data += talks[number * 5 % 7].say("client", chat(number))
            if number == 100:
                data += talks[3].close()  # and the same ends once more
                talks[3] = captures.Talk(client=("10.0.0.1", 40003), time=talks[3].time)
                talks[3].next = {"client": 10**6, "server": 10**7}
                data += talks[3].open()
        said = [name for name in names(overhear.run("read", "-", "-T", "ndjson", stdin=data).out) if "said" in name]
        self.assertEqual(said, [f"said {number}" for number in range(200)])

    def test_a_pipe_shows_each_message_before_it_waits_for_more(self):
        talk = captures.Talk()
        process = subprocess.Popen([overhear.BINARY, "read", "-", "-T", "ndjson"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.write(process.stdin.fileno(), captures.header() + talk.open())
        for number in range(5):
            os.write(process.stdin.fileno(), talk.say("client", chat(number)))
            line = process.stdout.readline()
            while b'"message"' not in line:
                self.assertTrue(line)
                line = process.stdout.readline()
            self.assertIn(b"said %d" % number, line)
        out, err = process.communicate(timeout=20)
        self.assertEqual((process.returncode, err), (0, b""), out)


if __name__ == "__main__":
    unittest.main()
