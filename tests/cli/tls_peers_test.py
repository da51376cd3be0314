"""TLS as `openssl s_client` and `s_server` speak it over the loopback interface, captured by tcpdump: overhear opens what
was typed into the two, in every cipher suite and however keys change. Skipped where it cannot be captured."""

import collections
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import overhear
import tshark
from openssl_peers import Case, Recording

RSA = ["-cert", "@rsa.pem", "-key", "@rsa.key"]
EC = ["-cert", "@ec.pem", "-key", "@ec.key"]
DSA = ["-cert", "@dsa.pem", "-key", "@dsa.key"]
PSK = ["-psk", "0102030405060708"]
TLS12 = ["-tls1_2"]
TLS13 = ["-tls1_3"]

TLS13_SUITES = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
                "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"]

# tshark 4.0 takes the Finished behind a later certificate for the one that ends the handshake.
NOT_BY_TSHARK = {("client certificate later", 0, "client")}


def tls12_suites():
    """Those of AES and ChaCha20 that this OpenSSL speaks; without SRP, whose users its s_server does not find."""
    out = subprocess.run(["openssl", "ciphers", "-v", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], check=True, text=True,
                         capture_output=True).stdout
    suites = [line.split()[0] for line in out.splitlines() if line.split()[1] != "TLSv1.3"]
    return [suite for suite in suites if ("AES" in suite or "CHACHA20" in suite) and "SRP" not in suite]


def tls12_case(suite, etm=True):
    server = DSA if "DSS" in suite else EC if "ECDSA" in suite else RSA
    client = []
    if "PSK" in suite:
        server, client = server + PSK, PSK
    cipher = [*TLS12, "-cipher", f"{suite}:@SECLEVEL=0", *([] if etm else ["-no_etm"])]
    return Case(suite if etm else f"{suite}, MAC then encrypt", [*server, *cipher], [[*client, *cipher]],
                ["client", "server"])


def is_cbc(suite):
    return suite.endswith(("SHA", "SHA256", "SHA384")) and "GCM" not in suite and "CHACHA20" not in suite


def suite_cases():
    for suite in TLS13_SUITES:
        suites = ["-ciphersuites", suite]
        yield Case(suite, [*RSA, *TLS13, *suites], [[*TLS13, *suites]])
    for suite in tls12_suites():
        yield tls12_case(suite)
        if is_cbc(suite):
            yield tls12_case(suite, etm=False)


KEY_UPDATES = ["client", "client K", "client", "server", "server k", "server", "client", "client k", "client K", "server",
               "client", "server K", "client", "server"]
RENEGOTIATIONS = ["client", "client R", "client", "server", "server r", "server", "client"]


def handshake_cases():
    resumed = [["-sess_out", "@session"], ["-sess_in", "@session"]]
    with_each = lambda arguments, lists: [[*arguments, *one] for one in lists]
    yield Case("HelloRetryRequest", [*RSA, *TLS13, "-groups", "P-521"], [["-groups", "X25519:P-521"]])
    yield Case("key updates", [*RSA, *TLS13], [TLS13], KEY_UPDATES)
    yield Case("key updates, SHA-384", [*RSA, *TLS13, "-ciphersuites", "TLS_AES_256_GCM_SHA384"], [TLS13], KEY_UPDATES)
    yield Case("resumed 1.3", [*RSA, *TLS13], with_each(TLS13, resumed))
    yield Case("resumed 1.2, ticket", [*RSA, *TLS12], with_each(TLS12, resumed))
    yield Case("resumed 1.2, id", [*RSA, *TLS12, "-no_ticket"], with_each([*TLS12, "-no_ticket"], resumed))
    yield Case("resumed after a retry", [*RSA, *TLS13, "-groups", "P-521"],
               with_each([*TLS13, "-groups", "X25519:P-521"], resumed))
    early = [["-sess_out", "@session"], ["-sess_in", "@session", "-early_data", "@early"]]
    yield Case("early data", [*RSA, *TLS13, "-early_data"], with_each(TLS13, early))
    yield Case("renegotiation", [*RSA, *TLS12, "-client_renegotiation"], [TLS12], RENEGOTIATIONS)
    yield Case("renegotiation, CBC", [*RSA, *TLS12, "-client_renegotiation"],
               [[*TLS12, "-cipher", "ECDHE-RSA-AES128-SHA"]], RENEGOTIATIONS)
    certificate = ["-cert", "@ec.pem", "-key", "@ec.key"]
    yield Case("client certificate 1.2", [*RSA, *TLS12, "-Verify", "1"], [[*TLS12, *certificate]])
    yield Case("client certificate 1.3", [*RSA, *TLS13, "-Verify", "1"], [[*TLS13, *certificate]])
    yield Case("client certificate later", [*RSA, *TLS13, "-verify", "1"], [[*TLS13, *certificate, "-enable_pha"]],
               ["client", "server c", "client", "server"])
    yield Case("PSK 1.3", [*PSK, *TLS13, "-nocert"], [[*PSK, *TLS13]])
    yield Case("padded records", [*RSA, *TLS13, "-record_padding", "300"], [[*TLS13, "-record_padding", "300"]])
    yield Case("short fragments", [*RSA, *TLS12], [[*TLS12, "-maxfraglen", "512"]])
    yield Case("without middlebox mode", [*RSA, *TLS13, "-no_middlebox"], [[*TLS13, "-no_middlebox"]])


def by_overhear(recording, *arguments):
    """{(case, connection, side): [(decrypted, text)]}, and the codes of the findings as {case: set}."""
    out = overhear.records(overhear.read(recording.capture, "-T", "ndjson", *arguments))
    heard, findings, names, numbers = collections.defaultdict(list), collections.defaultdict(set), {}, {}
    for record in out:
        if record["record"] == "message":
            if record["session"] not in names:
                name = names[record["session"]] = recording.cases[int(overhear.server_of(record).rpartition(":")[2])].name
                numbers[record["session"]] = sum(one == name for one in names.values()) - 1
            name = names[record["session"]]
            heard[name, numbers[record["session"]], record["direction"]].append(
                (record.get("decrypted"), record.get("body_text")))
            findings[name] |= {one["code"] for one in record.get("findings", [])}
        elif record["record"] == "finding":
            findings[names.get(record.get("session"))].add(record["code"])
    return heard, findings


class Peers:
    """What both test cases try."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.recording = Recording(pathlib.Path(cls.folder.name), list(cls.cases()))
        cls.heard, cls.findings = by_overhear(cls.recording, "--keylog", cls.recording.key_log)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_what_was_typed_is_opened(self):
        for stream, texts in self.recording.said.items():
            with self.subTest(stream):
                self.assertEqual(self.heard[stream], [("tls-keylog", text) for text in texts])
        self.assertEqual(set(self.heard), set(self.recording.said))

    @unittest.skipUnless(shutil.which("tshark"), "no tshark")
    def test_tshark_opens_the_same(self):
        connections = [(case.name, number) for case in self.recording.cases.values() for number in range(len(case.clients))]
        is_server_port = self.recording.cases.__contains__
        content = tshark.tls_content(self.recording.capture, self.recording.key_log, is_server_port)
        by_tshark = {(*connections[stream], side): data.decode() for (stream, side), data in content.items()}
        typed = {stream: "".join(text + "\n" for text in texts) for stream, texts in self.recording.said.items()}
        for stream in NOT_BY_TSHARK & set(typed):
            self.assertNotEqual(by_tshark.pop(stream), typed.pop(stream))
        self.assertEqual(by_tshark, typed)


class Suites(Peers, unittest.TestCase):
    cases = staticmethod(suite_cases)

    def test_nothing_is_found_wrong(self):
        for case, codes in self.findings.items():
            self.assertFalse([code for code in codes if code.startswith("tls.")], case)


class Handshakes(Peers, unittest.TestCase):
    cases = staticmethod(handshake_cases)

    def test_only_renegotiations_are_remarkable(self):
        for case, codes in self.findings.items():
            expected = {"tls.renegotiation"} if case and "renegotiation" in case else set()
            self.assertEqual({code for code in codes if code.startswith("tls.")}, expected, case)


def can_capture():
    tools = all(shutil.which(tool) for tool in ("openssl", "tcpdump"))
    return tools and overhear.run("live", "-i", "lo", "-a", "duration:0.01").status == 0


if __name__ == "__main__":
    if not can_capture():
        print("no openssl, no tcpdump, or no permission to capture from lo")
        sys.exit(77)
    unittest.main()
