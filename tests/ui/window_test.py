#!/usr/bin/env python3
"""overhear-view on a real display (Xvfb, Mesa), driven by real keys."""

import pathlib
import subprocess
import tempfile
import time
import unittest

from window import IS_SANITIZED, PATIENCE, PROGRAM, SAMPLES, Display, Picture, Viewer, is_possible

MCP = (SAMPLES / "mcp-session.pcapng", "--keylog", SAMPLES / "mcp-session.keylog")
DARK_PANE, LIGHT_PANE = 0x1A1D23, 0xFFFFFF
MCP_GREEN, WARNING_BACK = 0x7FCB77, 0x352E1C


@unittest.skipUnless(is_possible(), "Xvfb or xdotool is not installed")
class Window(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.display = Display().__enter__()
        cls.addClassCleanup(cls.display.__exit__)

    def view(self, *arguments, **more):
        viewer = Viewer(self.display.name, *arguments, **more)
        self.addCleanup(viewer.__exit__)
        return viewer

    def test_without_a_display_one_line_says_so(self):
        done = subprocess.run([PROGRAM, str(MCP[0])], env={"PATH": "/usr/bin", "HOME": "/nonexistent"}, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 4)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn("cannot open a window", done.stderr)

    def test_a_picture_shows_the_messages(self):
        viewer = self.view(*MCP, "--select", "1.18", "--picture", "shot.png", "--size", "1000x700")
        self.assertEqual(viewer.end(), (0, ""))
        picture = Picture(viewer.folder / "shot.png")
        self.assertEqual((picture.width, picture.height), (1000, 700))
        self.assertGreater(picture.count(DARK_PANE), 100_000)
        self.assertGreater(picture.count(MCP_GREEN, 12), 300)  # the types
        self.assertGreater(picture.count(WARNING_BACK), 2000)  # the line with a finding

    def test_keys_work_and_it_ends_in_order(self):
        viewer = self.view(*MCP)
        viewer.wait_for_title("mcp-session.pcapng — overhear")
        self.assertGreater(viewer.picture().count(DARK_PANE), 100_000)
        viewer.keys("ctrl+l")
        light = viewer.picture()
        self.assertLess(light.count(DARK_PANE), 5000)  # text
        self.assertGreater(light.count(LIGHT_PANE), 100_000)
        viewer.keys("Down", "Down", "End", "ctrl+e", "F1", "Escape", "ctrl+q")
        self.assertEqual(viewer.end(), (0, ""))
        # What was chosen is remembered.
        habits = (viewer.folder / "config/overhear/viewer.json").read_text()
        self.assertIn('"light": true', habits)
        self.assertIn("mcp-session.pcapng", habits)

    def test_a_capture_is_opened_by_its_name(self):
        viewer = self.view()
        viewer.wait_for_title("overhear")
        viewer.keys("ctrl+o")
        viewer.type(str(SAMPLES / "scrp-spec.pcapng"))
        viewer.keys("Return")
        viewer.wait_for_title("scrp-spec.pcapng — overhear")
        viewer.keys("ctrl+w")
        viewer.wait_for(lambda: "overhear" in viewer.titles(), "the empty window")

    def test_who_does_nothing_costs_nothing(self):
        viewer = self.view(*MCP)
        viewer.wait_for_title("mcp-session")
        time.sleep(1.5)
        before = viewer.seconds()
        time.sleep(2)
        self.assertLess(viewer.seconds() - before, 0.3 if IS_SANITIZED else 0.05)

    def test_standard_input(self):
        with open(SAMPLES / "scrp-spec.pcapng", "rb") as capture:
            viewer = self.view("-", "--picture", "shot.png", stdin=capture)
            self.assertEqual(viewer.end(), (0, ""))
        self.assertGreater(Picture(viewer.folder / "shot.png").count(0x86AEF5, 12), 300)

    def test_a_capture_that_grows(self):
        whole = (SAMPLES / "scrp-spec.pcapng").read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "growing.pcapng"
            path.write_bytes(whole[: len(whole) // 4])
            viewer = self.view("--follow", path)
            viewer.wait_for_title("growing.pcapng")
            time.sleep(1)
            before = viewer.picture().count(0x86AEF5, 12)
            with open(path, "ab") as file:
                file.write(whole[len(whole) // 4 :])
            viewer.wait_for(lambda: viewer.picture().count(0x86AEF5, 12) > before + 300, "more lines")
            path.unlink()  # nothing is lost of what was read
            viewer.keys("Down", "End")
            self.assertGreater(viewer.picture().count(0x86AEF5, 12), before + 300)

    def test_wrong_usage(self):
        for arguments, said in ((["-i", "lo", "x.pcap"], "not both"), (["-f", "tcp"], "-i"), (["--size", "big", "x"], "1280x800"),
                                (["--bogus"], "--bogus"), (["-", "x"], "one or the other")):
            done = self.view(*arguments)
            status, errors = done.end()
            self.assertEqual(status, 2, errors)
            self.assertIn(said, errors)
            self.assertEqual(errors.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
