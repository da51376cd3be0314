"""Every sample against what its programs say they sent: the same messages per connection and direction, in order."""

import base64
import collections
import json
import unittest

import overhear


def said(capture):
    """{(client, direction): [(payload, content)]} from NAME.said.jsonl."""
    out = collections.defaultdict(list)
    for line in capture.with_name(capture.stem + ".said.jsonl").read_text().splitlines():
        one = json.loads(line)
        out[one["session_client"], one["direction"]].append((one["payload"], one.get("content")))
    return dict(out)


def payload_of(message):
    """A message's text as it was sent, but for line breaks and tabs between tokens, which nobody can tell apart."""
    if "body_base64" in message:
        return base64.b64decode(message["body_base64"]).decode()
    if message.get("escaped"):
        return json.dumps(message["body"], ensure_ascii=False)
    return message["body_text"]


def on_one_line(payload, message):
    if "body_base64" in message:
        return payload
    if message.get("escaped"):
        return json.dumps(json.loads(payload), ensure_ascii=False)
    # Line feeds around a text are framing; between its tokens they become spaces.
    return payload.strip("\r\n").translate(str.maketrans("\r\n\t", "   "))


def opened(expected):
    """{ciphertext: plaintext} of cchat's content: who encrypted it has said it, who hands it on has not."""
    lines = (line for stream in expected.values() for line in stream)
    return {json.loads(payload)["content"]: content for payload, content in lines if content is not None}


class Samples(unittest.TestCase):
    maxDiff = 2000

    def test_there_are_all_samples(self):
        self.assertEqual(len(overhear.SAMPLES), 14)

    def test_messages_are_what_was_said(self):
        for capture in overhear.SAMPLES:
            with self.subTest(capture.stem):
                out = overhear.read(capture, "-T", "ndjson", *overhear.keys_of(capture))
                heard = collections.defaultdict(list)
                for record in overhear.records(out):
                    if record["record"] == "message":
                        heard[overhear.client_of(record), record["direction"]].append(record)
                expected = said(capture)
                self.assertEqual(set(heard), set(expected))
                plain = opened(expected)
                for stream, messages in heard.items():
                    self.assertEqual(len(messages), len(expected[stream]), stream)
                    for message, (payload, content) in zip(messages, expected[stream]):
                        self.assertEqual(payload_of(message), on_one_line(payload, message), stream)
                        if content is None and "content" in message:
                            content = plain[json.loads(payload)["content"]]
                        self.assertEqual(message.get("content"), content, stream)
                        self.assertNotIn("encrypted", message)

    def test_numbers_count_messages_within_a_session(self):
        for capture in overhear.SAMPLES:
            with self.subTest(capture.stem):
                numbers = collections.Counter()
                for record in overhear.records(overhear.read(capture, "-T", "ndjson")):
                    if record["record"] == "message":
                        numbers[record["session"]] += 1
                        self.assertEqual(record["number"], numbers[record["session"]])

    def test_records_come_in_the_order_of_their_packets(self):
        for capture in overhear.SAMPLES:
            with self.subTest(capture.stem):
                out = overhear.records(overhear.read(capture, "-T", "ndjson", *overhear.keys_of(capture)))
                last = [record["packets"][-1] for record in out if record["record"] == "message"]
                self.assertEqual(last, sorted(last))


if __name__ == "__main__":
    unittest.main()
