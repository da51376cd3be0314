"""read --follow where what it reads, or a key log, is not there yet, or is no longer what it was."""

import contextlib
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import time
import unittest

import overhear

CAPTURE = overhear.ROOT / "samples" / "cchat-wss.pcapng"
KEY_LOG = CAPTURE.with_suffix(".keylog")
SECONDS = 30  # that anything may take


class Follow(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / "growing.pcapng"
        self.seen = b""

    @contextlib.contextmanager
    def followed(self, *arguments):
        self.process = subprocess.Popen([overhear.BINARY, "read", "--follow", self.file, "-T", "ndjson", *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            yield
        finally:
            self.process.kill()
            self.process.communicate()

    def append(self, path, data):
        with open(path, "ab") as file:
            file.write(data)

    def wait_for(self, count, what=b'"record":"message"'):
        deadline = time.time() + SECONDS
        while self.seen.count(what) < count:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.time()))
            self.assertTrue(ready, f"{self.seen.count(what)} of {count}")
            self.seen += os.read(self.process.stdout.fileno(), 65536)

    def ended(self):
        """(status, standard error)"""
        _, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, err.decode()

    def test_a_key_log_may_be_made_later_and_grow(self):
        key_log, keys = self.folder / "later.keylog", KEY_LOG.read_bytes()
        self.append(self.file, CAPTURE.read_bytes())
        with self.followed("--keylog", key_log):
            self.wait_for(1, b'"record":"capture"')
            self.append(key_log, keys[:500])
            time.sleep(0.2)
            self.append(key_log, keys[500:])
            self.wait_for(30, b'"decrypted"')
            self.process.send_signal(signal.SIGINT)
            self.assertEqual(self.ended(), (0, ""))

    def test_blocks_may_come_in_pieces(self):
        data = CAPTURE.read_bytes()
        self.append(self.file, data[:50])
        with self.followed("--keylog", KEY_LOG):
            for at in range(50, len(data), 997):
                self.append(self.file, data[at:at + 997])
                time.sleep(0.01)
            self.wait_for(30, b'"decrypted"')
            self.process.send_signal(signal.SIGINT)
            self.assertEqual(self.ended(), (0, ""))

    def test_a_file_that_is_begun_anew_ends_it(self):
        data = CAPTURE.read_bytes()
        for begin_anew in (lambda: self.file.write_bytes(data[:100]), lambda: other.rename(self.file)):
            other = self.folder / "other"
            other.write_bytes(data)
            self.file.write_bytes(data)
            with self.followed("--keylog", KEY_LOG):
                self.seen = b""
                self.wait_for(30)
                begin_anew()
                status, err = self.ended()
                self.assertEqual((status, err.count("\n")), (3, 1), err)
                self.assertIn("not been read", err)


if __name__ == "__main__":
    unittest.main()
