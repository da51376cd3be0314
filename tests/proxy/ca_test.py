"""overhear ca: what it shows, writes and refuses, and that programs come to trust it in the ways that it tells."""

import http.server
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

import overhear  # noqa: E402

FILES = ["overhear-ca-cert.cer", "overhear-ca-cert.p12", "overhear-ca-cert.pem", "overhear-ca.p12", "overhear-ca.pem"]
PYTHON_GET = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=10).read())"
NODE_GET = """require("https").get(process.argv[1], (answer) => answer.on("data", (data) => console.log(String(data))))
    .on("error", (error) => { console.error(error.message); process.exitCode = 1 })"""
JAVA_GET = """
public class Get {
  public static void main(String[] given) throws Exception {
    System.out.println(new String(new java.net.URL(given[0]).openStream().readAllBytes()));
  }
}
"""


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"trusted!")

    def log_message(self, *_):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that does not trust us


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.home = self.folder / "home"
        self.home.mkdir()

    def ca(self, *arguments, home=None):
        return overhear.run("ca", *arguments, env={"HOME": str(home or self.home)}, cwd=self.folder)

    def done(self, *arguments, **options):
        done = self.ca(*arguments, **options)
        self.assertEqual(done.status, 0, done.err)
        return done

    def openssl(self, *arguments, stdin=None):
        done = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()


class Commands(Folder):
    def test_it_is_made_on_first_use_and_that_is_said_once(self):
        first = self.done("show")
        directory = self.home / ".overhear"
        self.assertEqual(first.err, f"made a certificate authority in {directory}: overhear ca install-help\n")
        self.assertEqual(sorted(os.listdir(directory)), FILES)
        self.assertEqual(directory.stat().st_mode & 0o777, 0o700)
        self.assertEqual((directory / "overhear-ca.pem").stat().st_mode & 0o777, 0o600)
        second = self.done("show")
        self.assertEqual((second.err, second.out), ("", first.out))

    def test_it_shows_what_openssl_shows(self):
        shown = self.done("show").out.decode()
        file = self.home / ".overhear/overhear-ca-cert.pem"
        self.assertIn(str(file), shown)
        seen = self.openssl("x509", "-in", file, "-noout", "-fingerprint", "-sha256", "-subject", "-text")
        fingerprint = re.search("Fingerprint=(.*)", seen)[1]
        self.assertEqual(":".join(re.findall(r"\b(?:[0-9A-F]{2}:){15}[0-9A-F]{2}\b", shown)), fingerprint)
        self.assertIn("O = overhear, CN = overhear", seen)
        for extension in (r"Basic Constraints: critical\s+CA:TRUE\n", r"Key Usage: critical\s+Certificate Sign, CRL Sign\n",
                          r"Subject Key Identifier: *\n"):
            self.assertRegex(seen, extension)
        self.openssl("verify", "-x509_strict", "-CAfile", file, file)
        self.openssl("pkcs12", "-in", file.parent / "overhear-ca.p12", "-passin", "pass:", "-nodes")

    def test_it_exports_the_certificate_and_never_the_key(self):
        pem = self.done("export").out.decode()
        for form, read in (("pem", ["x509", "-inform", "pem"]), ("der", ["x509", "-inform", "der"]),
                           ("p12", ["pkcs12", "-passin", "pass:", "-nodes"])):
            with self.subTest(form):
                self.assertEqual(self.done("export", "out", "--format", form).out, b"")
                read_back = self.openssl(*read, "-in", "out")
                self.assertIn(pem, read_back)
                self.assertNotIn("PRIVATE", read_back)
                piped = self.done("export", "--format", form).out
                if form != "p12":  # which has salt in it
                    self.assertEqual(piped, (self.folder / "out").read_bytes())

    def test_it_does_not_export_over_its_own_files(self):
        self.done("show")
        directory = self.home / ".overhear"
        for name in FILES:
            before = (directory / name).read_bytes()
            done = self.ca("export", directory / name)
            self.assertEqual(done.status, 2)
            self.assertIn("the authority's own", done.err)
            self.assertEqual((directory / name).read_bytes(), before)

    def test_it_stands_where_it_is_told_to(self):
        shown = self.done("show", "--ca-dir", "here").out.decode()
        self.assertIn(str(self.folder / "here/overhear-ca-cert.pem"), shown)
        self.assertEqual(sorted(os.listdir(self.folder / "here")), FILES)
        self.assertFalse((self.home / ".overhear").exists())

    def test_what_is_wrong_is_one_line_and_its_status(self):
        self.done("show", "--ca-dir", "open")
        (self.folder / "open").chmod(0o755)
        self.done("show", "--ca-dir", "damaged")
        (self.folder / "damaged/overhear-ca.pem").write_text("?")
        for status, arguments in ((2, []), (2, ["bogus"]), (2, ["show", "bogus"]), (2, ["export", "--format", "jks"]),
                                  (4, ["show", "--ca-dir", "open"]), (4, ["install-help", "--ca-dir", "damaged"]),
                                  (4, ["show", "--ca-dir", "no/where"]), (4, ["export", "no/where"]),
                                  (4, ["export", "/dev/full"])):
            with self.subTest(arguments):
                done = self.ca(*arguments)
                self.assertEqual((done.status, done.out), (status, b""))
                self.assertEqual(re.sub(r"\Amade a .*\n", "", done.err).count("\n"), 1)

    def test_the_help_fits_a_terminal_and_has_the_real_path(self):
        text = self.done("install-help").out.decode()
        path = str(self.home / ".overhear/overhear-ca-cert.pem")
        self.assertGreaterEqual(text.count(path), 8)
        # A home of usual length.
        self.assertLessEqual(max(len(line.replace(str(self.home), "/home/somebody")) for line in text.splitlines()), 80)

    def test_the_page_tells_the_same_commands(self):
        page = (overhear.ROOT / "docs/trust-the-proxy.md").read_text()
        told = self.done("install-help").out.decode()
        commands = [command for command in told.split("\n\n") if "\n  " in command]
        lines = [line[2:] for command in commands[1:] for line in command.splitlines()
                 if line.startswith("  ") and not line.startswith(("  Settings", "  the file", f"  {self.home}"))]
        self.assertGreater(len(lines), 15)
        for line in lines:
            self.assertIn("\n" + line.replace(f'"{self.home}', '"/home/alice').replace(str(self.home), "~") + "\n", page)


class Trust(Folder):
    """A server whose certificate the authority signed, and clients that do what install-help says."""

    def setUp(self):
        super().setUp()
        self.directory = self.folder / "it's \"here\" \\ $HOME"  # whatever the path has in it
        self.help = self.done("install-help", "--ca-dir", self.directory).out.decode()
        authority = self.directory / "overhear-ca.pem"
        (self.folder / "extensions").write_text("subjectAltName=DNS:localhost\nauthorityKeyIdentifier=keyid\n")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "request", "-subj", "/CN=localhost")
        self.openssl("x509", "-req", "-in", "request", "-CA", authority, "-CAkey", authority, "-CAcreateserial",
                     "-CAserial", "serial", "-days", "30", "-extfile", "extensions", "-out", "leaf")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "leaf", self.folder / "key")
        server = Quiet(("127.0.0.1", 0), Answer)
        self.addCleanup(server.server_close)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        self.url = f"https://localhost:{server.server_port}/"

    def section(self, title):
        """The commands of one paragraph of the help."""
        paragraph = next(one for one in self.help.split("\n\n") if one.startswith(title))
        return "".join(line + "\n" for line in paragraph.split("\n") if line.startswith("  "))

    def run_shell(self, script):
        """Whether the script got the answer, and what it printed."""
        clean = {name: value for name, value in os.environ.items()
                 if not name.lower().endswith("_proxy") and name not in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")}
        done = subprocess.run(["bash", "-ec", script], capture_output=True, cwd=self.folder, timeout=120,
                              env=clean | {"HOME": str(self.home)})
        return b"trusted!" in done.stdout, done.stdout + done.stderr

    def check(self, told, asks):
        """The client refuses the server, and after it was told takes it."""
        trusts, printed = self.run_shell(asks)
        self.assertFalse(trusts, printed)
        trusts, printed = self.run_shell(told + asks)
        self.assertTrue(trusts, printed)

    def needs(self, *programs):
        for program in programs:
            if not shutil.which(program):
                self.skipTest(f"no {program}")

    def test_curl(self):
        self.needs("curl")
        command = self.section("curl").replace("--proxy localhost:8080 https://HOST/", f"-sS {self.url}")
        self.assertIn(self.url, command)
        self.assertFalse(self.run_shell(f"curl -sS {self.url}")[0])
        self.assertTrue(*self.run_shell(command))

    def test_node(self):
        self.needs("node")
        self.check(self.section("Node"), f"node -e '{NODE_GET}' {self.url}")

    def test_python(self):
        exports = "".join(re.findall("^  export .*\n", self.section("Python"), re.MULTILINE))
        self.check(exports, f"{sys.executable} -c '{PYTHON_GET}' {self.url}")

    def test_python_in_the_program(self):
        program = re.search(r"^  context = .*(?=^  websockets)", self.section("Python"), re.MULTILINE | re.DOTALL)[0]
        names = {"ssl": ssl}
        exec(re.sub("^  ", "", program, flags=re.MULTILINE), names)
        self.assertIn(b"overhear", b"".join(names["context"].get_ca_certs(binary_form=True)))

    def test_java(self):
        self.needs("keytool", "java", "javac")
        (self.folder / "Get.java").write_text(JAVA_GET)
        keytool, java = self.section("Java").split("  java ")
        self.assertFalse(self.run_shell(f"java Get.java {self.url}")[0])
        self.assertTrue(*self.run_shell(keytool + "java " + java.replace("-jar PROGRAM.jar", f"Get.java {self.url}")))


if __name__ == "__main__":
    unittest.main()
