"""Where the locale has no UTF-8, what people read is ASCII, and as wide as elsewhere; what programs read stays as it is."""

import unicodedata
import unittest

import overhear

VIEWS = (["read"], ["read", "--events"], ["read", "-T", "ladder", "--events"], ["read", "-T", "transcript"],
         ["read", "-T", "transcript", "--width", "60"], ["stats"], ["check", "--fail-on", "note"],
         ["check", "--budget", "messages>=1,latency.max=1ns"])
FOR_PROGRAMS = (["read", "-T", "csv"], ["read", "-T", "fields", "-e", "text"], ["read", "-T", "ndjson"], ["read", "-T", "json"],
                ["stats", "--json"], ["check", "-T", "json"], ["check", "-T", "junit"], ["check", "-T", "sarif"])
PAGES = (["protocols"], ["protocols", "--rules"], ["fields"], ["--help"],
         *(["protocols", name] for name in ("cchat", "mcp", "chatmaster", "scrp", "gradagenda")))


def columns(line):
    return sum(0 if unicodedata.category(one) in ("Mn", "Me") or one in "\u200c\u200d\ufe0f"
               else 1 + (unicodedata.east_asian_width(one) in "WF") for one in line)


def shown(locale, arguments):
    """What it prints where these variables alone tell of the locale."""
    clean = {"LC_ALL": "", "LC_CTYPE": "", "LANG": ""}
    done = overhear.run(*arguments, env=clean | locale)
    assert done.status in (0, 1), done.err
    return done.out.decode()


class Locale(unittest.TestCase):
    def check(self, arguments):
        with self.subTest(arguments=arguments):
            plain = shown({"LC_ALL": "C"}, arguments)
            self.assertTrue(plain.isascii(), [line for line in plain.split("\n") if not line.isascii()][:1])
            self.assertEqual([len(line) for line in plain.split("\n")],
                             [columns(line) for line in shown({"LC_ALL": "C.UTF-8"}, arguments).split("\n")])

    def test_views_are_ascii_and_as_wide(self):
        for capture in overhear.SAMPLES:
            for view in VIEWS:
                self.check([*view, capture, *overhear.keys_of(capture)])

    def test_pages_are_ascii(self):
        for page in PAGES:
            self.check(page)

    def test_what_programs_read_is_the_same(self):
        for capture in overhear.SAMPLES:
            for arguments in FOR_PROGRAMS:
                with self.subTest(capture.stem, arguments=arguments):
                    arguments = [*arguments, capture, *overhear.keys_of(capture)]
                    self.assertEqual(shown({"LC_ALL": "C"}, arguments), shown({"LC_ALL": "C.UTF-8"}, arguments))

    def test_the_first_variable_that_is_set_decides(self):
        sample = ["stats", overhear.SAMPLES[0]]
        for locale, is_utf8 in (({}, False), ({"LANG": "de_DE.utf8"}, True), ({"LANG": "C.UTF-8", "LC_CTYPE": "C"}, False),
                                ({"LC_CTYPE": "C", "LC_ALL": "en_GB.UTF-8"}, True)):
            self.assertEqual(not shown(locale, sample).isascii(), is_utf8, locale)


if __name__ == "__main__":
    unittest.main()
