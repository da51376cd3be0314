"""The pages for users: their commands run, their links lead somewhere, their tables are the program's.

A fenced block of shell behind a line <!-- run --> is run in the repository's folder, with overhear on the path.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import overhear

PAGES = [overhear.ROOT / "README.md", *sorted((overhear.ROOT / "docs").glob("*.md")),
         overhear.ROOT / "samples/README.md", overhear.ROOT / "bench/README.md"]
BLOCK = re.compile(r"<!-- run -->\n```sh\n(.*?)```", re.DOTALL)


def limits():
    """The names in base/limits.hpp."""
    text = (overhear.ROOT / "base/limits.hpp").read_text()
    return set(re.findall(r"^  (?:std::\w+|unsigned) (\w+) =", text, re.MULTILINE))


class Readme(unittest.TestCase):
    def blocks(self):
        for page in PAGES:
            for block in BLOCK.findall(page.read_text()):
                yield page.name, block

    def test_commands_run(self):
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(overhear.BINARY, pathlib.Path(folder) / "overhear")
            env = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}
            for page, block in self.blocks():
                if "jq " in block and not shutil.which("jq"):
                    continue
                for command in self.commands(block):
                    with self.subTest(page, command=command):
                        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=overhear.ROOT, env=env,
                                              capture_output=True, timeout=120)
                        self.assertEqual((done.returncode, done.stderr), (0, b""))
                        self.assertTrue(done.stdout.strip())

    def commands(self, block):
        """The commands of a block; lines that begin with a space belong to the command before."""
        return re.split(r"\n(?=\S)", block.rstrip("\n"))

    def test_there_are_commands_to_run(self):
        self.assertGreater(len(list(self.blocks())), 10)

    def test_links_lead_somewhere(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
                if "://" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_the_table_of_protocols_is_the_programs(self):
        table = {}
        for line in PAGES[0].read_text().splitlines():
            if row := re.fullmatch(r"\| `(\w+)` \|.*\| ([\d, ]+) \|", line):
                table[row[1]] = [int(port) for port in row[2].split(",")]
        known = json.loads(overhear.run("protocols", "--json").out)
        self.assertEqual(table, {one["name"]: one["ports"] for one in known})

    def test_the_table_of_fields_is_the_programs(self):
        page = (overhear.ROOT / "docs/filter.md").read_text()
        table = re.findall(r"^\| `([\w.]+)` \| (\w+) \| (.*) \| `(.*)` \|$", page, re.MULTILINE)
        known = json.loads(overhear.run("fields", "--json").out)
        self.assertEqual(table, [tuple(one[key] for key in ("name", "type", "meaning", "example")) for one in known])

    def test_every_limit_is_described(self):
        page = (overhear.ROOT / "docs/limits.md").read_text()
        described = {name for row in re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE)
                     for name in re.findall(r"`(\w+)`", row)}
        self.assertEqual(described, limits())

    def test_every_key_of_the_export_is_described(self):
        page = (overhear.ROOT / "docs/export.md").read_text()
        schema = json.loads((overhear.ROOT / "docs/ndjson.schema.json").read_text())
        for definition in schema["$defs"].values():
            for key in definition.get("properties", ()):
                self.assertIn(f"`{key}`", page)

    def test_pages_name_only_options_that_exist(self):
        known = {command: overhear.run(command, "--help").out.decode()
                 for command in ("read", "live", "proxy", "check", "stats", "interfaces", "protocols", "fields")}
        viewer = shutil.which("overhear-view", path=str(pathlib.Path(overhear.BINARY).parent))
        if viewer:
            known["view"] = overhear.run("view", "--help").out.decode()
        for page in PAGES:
            for command, line in re.findall(r"^overhear (\w+)(.*)", page.read_text(), re.MULTILINE):
                for option in re.findall(r"(?<= )--?[a-zA-Z][a-z-]*", re.split(r"\|| -- ", line)[0]):
                    if command == "view" and not viewer:
                        continue
                    self.assertRegex(known[command], rf"(^|[ ,]){re.escape(option)}\b", page.name)


if __name__ == "__main__":
    unittest.main()
