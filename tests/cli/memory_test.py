"""A capture streams: memory is what open connections need, not what the capture held."""

import json
import os
import subprocess
import sys
import unittest

import captures
import overhear

if os.environ.get("OVERHEAR_SANITIZE"):
    print("a sanitizer's memory tells nothing")
    sys.exit(77)

MIB = 1 << 20
# What stands in the line of a message.
COUNTED = {"ndjson": '"record":"message"', "csv": ",message,", "ladder": "message  ", "transcript": "said "}


def pieces(messages, connections):
    """A capture of so many messages over connections that follow each other, some open at a time."""
    yield captures.header()
    each = messages // connections
    talks = []
    for number in range(connections):
        talks.append((captures.Talk(client=("10.0.0.1", 1024 + number % 60000)), 0))
        if len(talks) < 20 and number + 1 < connections:
            continue
        for talk, _ in talks:
            yield talk.open()
        for turn in range(each):
            body = json.dumps({"username": "ada", "type": "message", "data": {"message": f"said {turn} " + "z" * 60}})
            yield b"".join(talk.say("client", body.encode()) for talk, _ in talks)
        for talk, _ in talks:
            yield talk.close()
        talks.clear()


def peak(chunks, *arguments, form="ndjson"):
    """The messages that came out and the largest resident set, in bytes."""
    process = subprocess.Popen([overhear.BINARY, "read", "-", "-T", form, *arguments], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    counter = subprocess.Popen(["grep", "-c", COUNTED[form]], stdin=process.stdout, stdout=subprocess.PIPE)
    process.stdout.close()
    with process.stdin as pipe:
        for chunk in chunks:
            pipe.write(chunk)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return int(counter.communicate()[0]), usage.ru_maxrss * 1024


class Memory(unittest.TestCase):
    def test_ten_times_the_messages_need_the_same_memory(self):
        few, small = peak(pieces(20_000, 200))
        many, large = peak(pieces(200_000, 2000))
        self.assertEqual((few, many), (20_000, 200_000))
        self.assertLess(large, 64 * MIB)
        self.assertLess(large - small, 6 * MIB)

    def test_so_it_is_in_every_form_that_people_read(self):
        for form in ("csv", "ladder", "transcript"):
            with self.subTest(form):
                count, size = peak(pieces(200_000, 2000), form=form)
                self.assertEqual(count, 200_000)
                self.assertLess(size, 64 * MIB)

    def test_one_connection_that_never_ends(self):
        count, size = peak(pieces(100_000, 1))
        self.assertEqual(count, 100_000)
        self.assertLess(size, 64 * MIB)

    def test_a_message_that_never_ends_is_cut_at_the_limit(self):
        def endless():
            talk = captures.Talk()
            yield captures.header() + talk.open() + talk.say("client", b'{"type":"message","data":{"message":"')
            for _ in range(50):
                yield talk.say("client", b"z" * MIB)
        _, size = peak(endless())
        self.assertLess(size, 160 * MIB)


if __name__ == "__main__":
    unittest.main()
