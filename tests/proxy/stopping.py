"""What the tests of messages that stop on their way share: the files of one test, and what is expected of peers."""

import json
import pathlib
import tempfile
import unittest

from running import PATIENCE, receive


def said(text):
    """A message of ChatMaster's."""
    return json.dumps({"type": "message", "data": {"message": text}}).encode()


class Stopping(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "out.ndjson"

    def records(self, proxy, kind="message"):
        """What it has shown, which is over then."""
        if proxy.process.poll() is None:
            status, _, _ = proxy.stop()
            self.assertEqual(status, 0, proxy.err())
        lines = [json.loads(line) for line in self.out.read_text().splitlines()]
        return [one for one in lines if one["record"] == kind]

    def assertSilent(self, connection, seconds=0.3):
        connection.settimeout(seconds)
        with self.assertRaises(TimeoutError):
            connection.recv(1)
        connection.settimeout(PATIENCE)

    def expect(self, connection, data):
        self.assertEqual(receive(connection, len(data)), data)
