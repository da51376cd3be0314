"""overhear protocols --rules against the sources, and the codes that a filter knows."""

import json
import re
import unittest

import overhear

FOLDERS = ("base", "capture", "decrypt", "dissectors", "session")


def codes_in_sources():
    for folder in FOLDERS:
        for path in (overhear.ROOT / folder).rglob("*.[ch]pp"):
            for code in re.findall(r'\bRule\s+k\w+\s*\{\s*"([a-z_]+\.[a-z0-9_]+)"', path.read_text()):
                yield code


def rules(*arguments):
    done = overhear.run("protocols", "--rules", "--json", *arguments)
    assert done.status == 0, done.err
    return json.loads(done.out)


class Rules(unittest.TestCase):
    def test_every_rule_of_the_sources_is_listed(self):
        self.assertEqual({rule["code"] for rule in rules()}, set(codes_in_sources()))

    def test_no_rule_is_listed_twice(self):
        seen = [json.dumps(rule) for rule in rules()]
        self.assertEqual(len(seen), len(set(seen)))

    def test_one_group_is_shown_alone(self):
        self.assertEqual({rule["about"] for rule in rules("tcp")}, {"tcp"})
        text = overhear.run("protocols", "--rules", "scrp").out.decode()
        self.assertIn("scrp.orphan_response", text)
        self.assertNotIn("tcp.gap", text)
        self.assertEqual(overhear.run("protocols", "--rules", "irc").status, 2)

    def test_a_filter_knows_each_code_and_no_other(self):
        sample = overhear.SAMPLES[0]
        codes = sorted({rule["code"] for rule in rules()})
        everything = "finding.code in {" + ", ".join(codes) + "}"
        self.assertEqual(overhear.run("read", sample, "-Y", everything).status, 0)
        done = overhear.run("read", sample, "-Y", "finding.code == tcp.gapp")
        self.assertEqual(done.status, 2)
        self.assertIn("did you mean tcp.gap?", done.err)
        self.assertEqual(overhear.run("read", sample, "-Y", 'finding.code contains "gap"').status, 0)


if __name__ == "__main__":
    unittest.main()
