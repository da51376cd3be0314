"""Names that nobody knows: in a network of its own whose name server never answers."""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from running import Proxy, Server, connect, echo, receive


def enter_own_network():
    """Starts this program again where it is root of a network and a file system of its own."""
    if subprocess.run(["unshare", "-rmn", "ip", "link", "set", "lo", "up"], capture_output=True).returncode != 0:
        print("no network of one's own can be made here")
        sys.exit(77)
    os.execvp("unshare", ["unshare", "-rmn", sys.executable, *sys.argv, "--inside"])


def hear_no_question():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions timeout:30\n")
    subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)
    pathlib.Path(file.name).unlink()
    deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    deaf.bind(("127.0.0.1", 53))
    return deaf


def ask(client, host, port):
    client.sendall(b"\5\1\0" + b"\5\1\0\3" + bytes([len(host)]) + host.encode() + port.to_bytes(2, "big"))


class Names(unittest.TestCase):
    def test_one_that_is_not_found_holds_up_no_other(self):
        with Server(echo) as server, Proxy("--mode", "socks5@0") as proxy:
            lost = [connect(proxy.port) for _ in range(5)]
            for number, client in enumerate(lost):
                ask(client, f"nobody{number}.example.com", 80)
            start = time.monotonic()
            with connect(proxy.port) as client:
                ask(client, "localhost", server.port)
                self.assertEqual(receive(client, 4)[2:4], b"\5\0")
            self.assertLess(time.monotonic() - start, 1)
            for client in lost:
                client.close()

    def test_the_time_to_connect_holds_for_names_too(self):
        with Proxy("--mode", "socks5@0", "--timeout", "connect=0.5") as proxy, connect(proxy.port) as client:
            start = time.monotonic()
            ask(client, "nobody.example.com", 80)
            self.assertEqual(receive(client, 4)[2:4], b"\5\6")
            self.assertLess(time.monotonic() - start, 2)
            time.sleep(0.2)
            self.assertIn(b"nobody.example.com:80 did not answer within 0.5 s", proxy.stop()[1])

    def test_ctrl_c_does_not_wait_for_one(self):
        with Proxy("--mode", "socks5@0") as proxy, connect(proxy.port) as client:
            ask(client, "nobody.example.com", 80)
            self.assertEqual(receive(client, 2), b"\5\0")
            time.sleep(0.2)
            status, _, seconds = proxy.stop()
            self.assertEqual(status, 0)
            self.assertLess(seconds, 1)

    def test_more_than_are_looked_up_at_once_wait_their_turn(self):
        with Server(echo) as server, Proxy("--mode", f"reverse:tcp://localhost:{server.port}@0") as proxy:
            answers = []

            def talk():
                with connect(proxy.port) as client:
                    client.sendall(b"x")
                    answers.append(receive(client, 1))
            threads = [threading.Thread(target=talk) for _ in range(300)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(answers, [b"x"] * 300)


if __name__ == "__main__":
    if "--inside" not in sys.argv:
        enter_own_network()
    sys.argv.remove("--inside")
    DEAF = hear_no_question()
    unittest.main()
