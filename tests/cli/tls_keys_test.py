"""Where the keys of TLS come from: --keylog, SSLKEYLOGFILE, a Decryption Secrets Block in front, and one behind the data
of a capture from a pipe."""

import pathlib
import tempfile
import unittest

import overhear
from pcapng import secrets_block

CAPTURE = overhear.ROOT / "samples" / "scrp-tls13.pcapng"
KEY_LOG = CAPTURE.with_suffix(".keylog")


def said(out):
    """(decrypted, body) of each message."""
    return [(record.get("decrypted"), record.get("body_text")) for record in overhear.records(out)
            if record["record"] == "message"]


class TlsKeys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.by_key_log = said(overhear.read(CAPTURE, "-T", "ndjson", "--keylog", KEY_LOG))
        cls.by_block = [("tls-dsb", body) for _, body in cls.by_key_log]

    def test_a_key_log_opens_everything(self):
        self.assertEqual(len(self.by_key_log), 22)
        self.assertEqual({source for source, _ in self.by_key_log}, {"tls-keylog"})

    def test_the_environment_names_a_key_log(self):
        out = overhear.read(CAPTURE, "-T", "ndjson", env={"SSLKEYLOGFILE": str(KEY_LOG)})
        self.assertEqual(said(out), self.by_key_log)

    def test_a_key_log_of_the_environment_that_is_not_there_is_no_error(self):
        out = overhear.read(CAPTURE, "-T", "ndjson", env={"SSLKEYLOGFILE": "/nonexistent/keys"})
        self.assertEqual({source for source, _ in said(out)}, {None})

    def test_a_secrets_block_behind_the_data_opens_it_from_a_file_and_a_pipe(self):
        data = CAPTURE.read_bytes() + secrets_block(KEY_LOG)
        with tempfile.NamedTemporaryFile(suffix=".pcapng") as file:
            file.write(data)
            file.flush()
            self.assertEqual(said(overhear.read(pathlib.Path(file.name), "-T", "ndjson")), self.by_block)
        # Sessions that waited are told one after the other.
        self.assertEqual(sorted(said(overhear.read("-", "-T", "ndjson", stdin=data))), sorted(self.by_block))

    def test_what_is_missing_is_named(self):
        out = overhear.read(CAPTURE).decode()
        client_random = KEY_LOG.read_text().split()[1]
        for word in ("tls.no_key", "TLS 1.3", "TLS_AES_256_GCM_SHA384", "chat.example", client_random):
            self.assertIn(word, out)


if __name__ == "__main__":
    unittest.main()
