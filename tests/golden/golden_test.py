"""Every sample against its stored output: NAME.txt is the timeline, NAME.ndjson the export with --events.

./rewrite [OVERHEAR] stores what the program prints now; read the difference before you commit it.
"""

import difflib
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))

import overhear  # noqa: E402

FORMATS = {".txt": ["--events"], ".ndjson": ["-T", "ndjson", "--events"]}


def outputs():
    for capture in overhear.SAMPLES:
        for ending, arguments in FORMATS.items():
            yield HERE / (capture.stem + ending), overhear.read(capture, *arguments, *overhear.keys_of(capture)).decode()


def difference(stored, printed):
    lines = difflib.unified_diff(stored.splitlines(), printed.splitlines(), "stored", "printed", lineterm="", n=0)
    return "\n".join(line[:300] for line, _ in zip(lines, range(24)))


class Golden(unittest.TestCase):
    def test_output_is_what_is_stored(self):
        for path, printed in outputs():
            with self.subTest(path.name):
                stored = path.read_text() if path.exists() else ""
                if stored != printed:
                    self.fail(f"tests/golden/rewrite stores the new output\n{difference(stored, printed)}")

    def test_nothing_is_stored_without_a_sample(self):
        names = {path.name for path, _ in outputs()}
        stored = {path.name for path in HERE.iterdir() if path.suffix in FORMATS}
        self.assertEqual(stored, names)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rewrite"]:
        for path, printed in outputs():
            path.write_text(printed)
    else:
        unittest.main()
