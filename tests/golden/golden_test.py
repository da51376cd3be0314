"""Every sample against its stored output: NAME.txt is the timeline, NAME.ndjson the export and NAME.csv the table, all
with --events, NAME.transcript and NAME.ladder are what their
names say. And docs/rules.md, which is made of the rules' tables.

./rewrite [OVERHEAR] stores what the program prints now; read the difference before you commit it.
"""

import difflib
import itertools
import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))

import overhear  # noqa: E402

FORMATS = {".txt": ["--events"], ".ndjson": ["-T", "ndjson", "--events"], ".csv": ["-T", "csv", "--events"],
           ".transcript": ["-T", "transcript", "--width", "100"], ".ladder": ["-T", "ladder", "--events"]}

RULES_HEAD = """# Rules

What findings rest on, as `overhear protocols --rules` prints it. A code is stable and names the fact; the same fact may be
graver here than there. `-Y 'finding.code == tcp.gap'` shows the messages that have one ([filter](filter.md)).
"""


def rules_page():
    page = RULES_HEAD
    rules = json.loads(overhear.run("protocols", "--rules", "--json").out)
    for about, group in itertools.groupby(rules, key=lambda rule: rule["about"]):
        page += f"\n## {about}\n\n| code | severity | fact | where it is written |\n| --- | --- | --- | --- |\n"
        for rule in group:
            page += f"| `{rule['code']}` | {rule['severity']} | {rule['text']} | {rule.get('spec', '')} |\n"
    return page


def outputs():
    yield overhear.ROOT / "docs/rules.md", rules_page()
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
                stored = path.read_bytes().decode() if path.exists() else ""
                if stored != printed:
                    self.fail(f"tests/golden/rewrite stores the new output\n{difference(stored, printed)}")

    def test_nothing_is_stored_without_a_sample(self):
        names = {path.name for path, _ in outputs() if path.parent == HERE}
        stored = {path.name for path in HERE.iterdir() if path.suffix in FORMATS}
        self.assertEqual(stored, names)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rewrite"]:
        for path, printed in outputs():
            path.write_bytes(printed.encode())
    else:
        unittest.main()
