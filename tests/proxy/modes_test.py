"""overhear proxy with real clients: where it listens, what it says where it cannot, and who is brought where."""

import http.server
import shutil
import subprocess
import threading
import time
import unittest

from running import Proxy, Server, connect, echo, free_port, overhear, receive


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        text = f"{self.requestline}\n{self.headers['Host']}\n{self.headers['Proxy-Connection']}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def curl(*arguments):
    done = subprocess.run(["curl", "-sS", "--max-time", "20", "--noproxy", "", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@unittest.skipUnless(shutil.which("curl"), "curl is not installed")
class Curl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        cls.place = f"localhost:{cls.server.server_port}"
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def test_it_is_an_http_proxy(self):
        with Proxy("--mode", "regular", "--listen", "0", "-T", "ndjson", "--events") as proxy:
            told = (0, f"GET /a?b HTTP/1.1\n{self.place}\nNone\n", "")
            url = f"http://{self.place}/a?b"
            at = f"http://127.0.0.1:{proxy.port}"
            self.assertEqual(curl("-x", at, url), told)
            self.assertEqual(curl("-x", at, url, url), (0, told[1] * 2, ""))
            self.assertEqual(curl("-0", "-x", at, url)[1], told[1].replace("HTTP/1.1", "HTTP/1.0"))
            self.assertEqual(curl("-p", "-x", at, url), told)
            status, out, _ = proxy.stop()
        self.assertEqual(status, 0)
        sessions = [one for one in overhear.records(out) if one["record"] == "session" and one["event"] == "opened"]
        self.assertEqual({one["server"] for one in sessions}, {f"127.0.0.1:{self.server.server_port}"})

    def test_it_is_a_socks_proxy(self):
        with Proxy("--mode", "socks5", "--listen", "0") as proxy:
            for option in ("--socks5", "--socks5-hostname"):
                status, out, _ = curl(option, f"127.0.0.1:{proxy.port}", f"http://{self.place}/x")
                self.assertEqual((status, out), (0, f"GET /x HTTP/1.1\n{self.place}\nNone\n"), option)

    def test_who_cannot_be_brought_there_is_told_why(self):
        with Proxy("--mode", "regular@0", "--mode", "socks5@0", modes=2) as proxy:
            closed = f"http://127.0.0.1:{free_port()}/"
            status, out, _ = curl("-x", f"127.0.0.1:{proxy.ports[0]}", closed)
            self.assertIn("refused the connection", out)
            status, _, err = curl("--socks5", f"127.0.0.1:{proxy.ports[1]}", closed)
            self.assertEqual(status, 97, err)
            status, out, _ = curl(f"http://127.0.0.1:{proxy.ports[0]}/")  # for a server
            self.assertIn("this is a proxy, not a server", out)


class Listening(unittest.TestCase):
    def said_through(self, port, address="127.0.0.1"):
        with connect(port, address) as client:
            client.sendall(b"hello")
            return receive(client, 5)

    def test_localhost_is_both_versions_of_ip(self):
        with Server(echo) as server, Proxy("--mode", f"reverse:tcp://localhost:{server.port}@0") as proxy:
            self.assertEqual(self.said_through(proxy.port), b"hello")
            if "[::1]" in proxy.err():
                self.assertEqual(self.said_through(proxy.port, "::1"), b"hello")
            self.assertNotIn("warning", proxy.err())

    def test_servers_are_reached_by_ipv6(self):
        try:
            server = Server(echo, "::1")
        except OSError:
            self.skipTest("this machine has no IPv6")
        with server, Proxy("--mode", f"reverse:tcp://[::1]:{server.port}", "--listen", "[::1]:0", "-T", "ndjson") as proxy:
            with connect(proxy.port, "::1") as client:
                client.sendall(b"hello")
                self.assertEqual(receive(client, 5), b"hello")
                address = f"[::1]:{client.getsockname()[1]}"
            time.sleep(0.2)
            _, out, _ = proxy.stop()
        message = next(one for one in overhear.records(out) if one["record"] == "message")
        self.assertEqual((message["src"], message["dst"]), (address, f"[::1]:{server.port}"))

    def test_several_modes_are_one_process(self):
        with Server(echo) as one, Server(echo) as two:
            with Proxy("--mode", f"reverse:tcp://127.0.0.1:{one.port}", "--mode", f"reverse:tcp://127.0.0.1:{two.port}",
                       "--listen", "0", "--listen", "127.0.0.1:0", "-T", "ndjson", modes=2) as proxy:
                for port in proxy.ports:
                    self.assertEqual(self.said_through(port), b"hello")
                time.sleep(0.2)
                _, out, _ = proxy.stop()
        servers = {one["dst"] for one in overhear.records(out) if one.get("direction") == "client"}
        self.assertEqual(servers, {f"127.0.0.1:{one.port}", f"127.0.0.1:{two.port}"})

    def test_who_can_be_reached_from_elsewhere_is_warned(self):
        with Proxy("--mode", "socks5", "--listen", "0.0.0.0:0") as proxy:
            self.assertRegex(proxy.err(), r"warning: 0\.0\.0\.0:\d+ can be reached from other machines")
        with Proxy("--mode", "socks5", "--listen", "127.0.0.1:0") as proxy:
            self.assertNotIn("warning", proxy.err())

    def test_q_says_nothing_but_warnings(self):
        done = subprocess.run(["timeout", "-s", "INT", "1", overhear.BINARY, "proxy", "-q", "--mode", "socks5@0"],
                              capture_output=True)
        self.assertEqual((done.stdout, done.stderr), (b"", b""))


class Refused(unittest.TestCase):
    def test_a_port_that_is_taken_is_4_in_one_line(self):
        with Server(echo) as taken:
            for where in (str(taken.port), f"127.0.0.1:{taken.port}"):
                done = overhear.run("proxy", "--mode", "socks5", "--listen", where)
                self.assertEqual((done.status, done.out), (4, b""))
                self.assertEqual(done.err, f"overhear: cannot listen on {'port ' if ':' not in where else ''}{where}: "
                                           "Address already in use; name another one: --listen [HOST:]PORT\n")

    def test_an_address_that_is_not_this_machines_is_4(self):
        done = overhear.run("proxy", "--mode", "socks5", "--listen", "192.0.2.1:1080")
        self.assertEqual(done.status, 4)
        self.assertEqual(done.err.count("\n"), 1)
        self.assertIn("192.0.2.1:1080", done.err)

    def test_usage_errors_are_2_and_say_what_would_do(self):
        tcp = "reverse:tcp://localhost:9000"
        rows = [
            ([], "--mode is required"),
            (["--mode", "reverse:localhost:9000"], "reverse:tcp://HOST:PORT"),
            (["--mode", "transparent"], "there are"),
            (["--mode", "reverse:tcp://localhost:8080"], "where the proxy itself would listen"),
            (["--mode", "reverse:tcp://127.0.0.1:7000@localhost:7000"], "where the proxy itself would listen"),
            (["--mode", tcp, "--listen", "localhost"], "HOST:PORT"),
            (["--mode", tcp, "--listen", "1", "--listen", "2"], "one for each --mode"),
            (["--mode", tcp + "@7000", "--listen", "7001"], "says already where to listen"),
            (["--mode", tcp, "--timeout", "idle"], "idle=300"),
            (["--mode", tcp, "--timeout", "idle=-1"], "idle=300"),
            (["--mode", tcp, "--timeout", "idle=nan"], "idle=300"),
            (["--mode", tcp, "--timeout", "sleep=3"], "greeting, connect, idle or fin"),
            (["--mode", tcp, "--connections", "0"], "--connections"),
            (["--mode", tcp, "-Y", "user =="], "-Y"),
            (["--mode", tcp, "-T", "pdf"], "pdf"),
        ]
        for arguments, told in rows:
            with self.subTest(arguments):
                done = overhear.run("proxy", *arguments)
                self.assertEqual((done.status, done.out), (2, b""), done.err)
                self.assertIn(told, done.err)
                self.assertTrue(done.err.startswith("overhear: "), done.err)


if __name__ == "__main__":
    unittest.main()
