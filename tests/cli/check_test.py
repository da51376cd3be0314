"""overhear check: its verdicts against the findings of read, its formats against what their readers want."""

import collections
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import captures
import overhear
import sarif

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = json.loads((overhear.ROOT / "docs/check.schema.json").read_text())
SAMPLES = overhear.ROOT / "samples"
BAD = SAMPLES / "gradagenda-ws.pcapng"  # has an error and a warning
GOOD = SAMPLES / "scrp-spec.pcapng"
SEVERITIES = ["note", "warning", "error"]
HOSTILE = "\x1b]0;x\x07\u202e\uffff<&>]]>\"'" + "\ud800"


def check(*arguments, **options):
    return overhear.run("check", *arguments, **options)


def found(capture, *arguments):
    """(code, severity) → how often, by read."""
    counts = collections.Counter()
    for record in overhear.records(overhear.read(capture, "-T", "ndjson", *arguments)):
        findings = [record] if record["record"] == "finding" else record.get("findings", [])
        for action in record.get("actions", []):
            findings = findings + action.get("findings", [])
        counts.update((finding["code"], finding["severity"]) for finding in findings)
    return counts


def report(capture, *arguments, **options):
    done = check(capture, "--format", "json", *arguments, **options)
    assert done.err == "", done.err
    document = json.loads(done.out)
    assert done.status == (document["verdict"] == "failed"), (done.status, document["verdict"])
    if jsonschema:
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def hostile_capture():
    """A message whose type and field names are as bad as text may be, and bytes that are no text."""
    name = json.dumps(HOSTILE)
    said = '{"type":"command","data":{"command":%s,"parameters":{%s:1}}}' % (name, name)
    raw = b'{"type":"command","data":{"command":"\xff\x1b[31m\x7f","\x9b":1,"parameters":{"\xe2\x80\xae":{}}}}'
    return captures.capture(("client", said.encode()), ("client", raw), ("client", b'{"type":"command","data":{}}'))


class Verdicts(unittest.TestCase):
    def test_counts_are_those_of_read(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            with self.subTest(capture.stem):
                document = report(capture, *keys, "--fail-on", "note")
                counts = {(one["code"], one["severity"]): one["count"] for one in document["findings"]}
                self.assertEqual(counts, dict(found(capture, *keys)))
                messages = [one for one in overhear.records(overhear.read(capture, "-T", "ndjson", *keys))
                            if one["record"] == "message"]
                self.assertEqual(document["messages"], len(messages))
                self.assertEqual(document["verdict"], "failed" if counts else "passed")

    def test_the_gravest_come_first(self):
        for capture in overhear.SAMPLES:
            order = [("error", "warning", "note").index(one["severity"])
                     for one in report(capture, *overhear.keys_of(capture))["findings"]]
            self.assertEqual(order, sorted(order))

    def test_status_says_what_the_last_line_says(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            counts = found(capture, *keys)
            by_severity = {severity: sum(count for (_, one), count in counts.items() if one == severity)
                           for severity in SEVERITIES}
            codes = {code for code, _ in counts}
            cases = [(["--fail-on", severity], any(by_severity[one] for one in SEVERITIES[number:]))
                     for number, severity in enumerate(SEVERITIES)]
            cases += [([], cases[1][1]), (["--fail-on", "never"], False)]
            cases += [(["--fail-on", "note", "--ignore", ",".join(codes)], False)] if codes else []
            cases += [(["--fail-on", "note", *(f"--ignore={code}" for code in codes if code != left)], True) for left in codes]
            layers = sorted({code.partition(".")[0] for code in codes})
            cases += [(["--fail-on", "note", *(f"--ignore={layer}.*" for layer in layers if layer != left)], True)
                      for left in layers]
            for severity, count in by_severity.items():
                all_of = ",".join(f"findings.{one}={by_severity[one]}" for one in SEVERITIES if one != severity)
                cases += [(["--fail-on", "note", f"--budget={all_of},findings.{severity}={count}"], False),
                          (["--fail-on", "note", "--budget", all_of], count > 0)]
                cases += [([f"--budget=findings.{severity}={count - 1}"], True)] if count else []
            cases += [([f"--budget=findings={sum(counts.values())}"], False)]
            for arguments, fails in cases:
                with self.subTest(capture.stem, arguments=arguments):
                    done = check(capture, *keys, *arguments)
                    self.assertEqual((done.status, done.err), (fails, ""))
                    self.assertRegex(done.out.decode().splitlines()[-1],
                                     r"in \d+ messages of \d+ sessions: " + ("failed" if fails else "passed") + "$")

    def test_a_filter_chooses_what_is_checked(self):
        self.assertNotIn("json.invalid", [one["code"] for one in report(BAD, "-Y", "session == 1")["findings"]])
        chosen = report(BAD, "-Y", "finding.code == json.invalid")
        self.assertEqual([one["code"] for one in chosen["findings"]], ["json.invalid"])
        self.assertEqual((chosen["messages"], chosen["sessions"]), (1, 1))
        self.assertEqual(check(BAD, "-Y", "sesion == 1").status, 2)

    def test_latencies_are_those_of_read(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            with self.subTest(capture.stem):
                latencies = sorted(one["latency_ns"] for one in overhear.records(overhear.read(capture, "-T", "ndjson", *keys))
                                   if "latency_ns" in one)
                budgets = report(capture, *keys, "--budget", "latency.max=1h,latency.mean=1h,latency.p90=1h")["budgets"]
                if not latencies:
                    self.assertFalse(budgets[0]["met"])
                    continue
                self.assertEqual([one["measured"] for one in budgets], [len(latencies)] * 3)
                self.assertEqual(budgets[0]["value"], latencies[-1])
                self.assertEqual(budgets[1]["value"], sum(latencies) // len(latencies))
                p90 = latencies[-(-len(latencies) * 900 // 1000) - 1]
                self.assertAlmostEqual(budgets[2]["value"], p90, delta=p90 / 100)
                for limit, status in ((p90, 0), (p90 - 1, 1)):
                    done = check(capture, *keys, "--fail-on", "never", "--budget", f"latency.p90={limit}ns")
                    self.assertEqual(done.status, status)

    def test_a_budget_may_be_of_one_request(self):
        keys = overhear.keys_of(SAMPLES / "mcp-session.pcapng")
        budgets = report(SAMPLES / "mcp-session.pcapng", *keys, "--budget",
                         "latency.max[Room.Join]=1s,latency.max[mcp]=1s,latency.max[Room.Jion]=1s,messages[Room.Join]>=2")["budgets"]
        self.assertEqual([one["met"] for one in budgets], [True, True, False, True])
        self.assertLess(budgets[0]["measured"], budgets[1]["measured"])
        self.assertNotIn("value", budgets[2])

    def test_all_unanswered_requests_count_however_many_are_told(self):
        talk = captures.Talk(server=("10.0.0.2", 42015))
        data = captures.header() + talk.open()
        for number in range(1, 51):
            ask = b'{"req_id":%d,"method":"GET_TIME"}' % number
            data += talk.say("client", struct.pack(">I", len(ask)) + ask)
        talk.time += 2 * 10**9
        document = report("-", "--budget", "unanswered=49", stdin=data + talk.close())
        self.assertEqual((document["budgets"][0]["value"], document["budgets"][0]["met"]), (50, False))

    def test_a_capture_without_messages_says_so(self):
        done = check("-", stdin=captures.header())
        self.assertEqual(done.status, 0)
        self.assertIn("nothing to check", done.out.decode())
        self.assertEqual(check("-", "--budget", "messages>=1", stdin=captures.header()).status, 1)

    def test_standard_input_and_a_file_are_one(self):
        with BAD.open("rb") as file:
            by_pipe = check("-", stdin=file.read())
        self.assertEqual(by_pipe.out, check(BAD).out)

    def test_usage_errors_are_2(self):
        for arguments, names in ([[], "capture"], [[BAD, "--fail-on", "loud"], "loud"], [[BAD, "--ignore", "tpc.*"], "tcp.*"],
                                 [[BAD, "--budget", "latency.p9=1s"], "latency.p9"], [[BAD, "--format", "xml"], "xml"],
                                 [[BAD, "-i", "lo"], "-i"], [[BAD, "-w", "x"], "-w"], [[BAD, "--", "true"], "not both"],
                                 [["--"], "capture"], [[BAD, "--places", "1001"], "places"], [[BAD, BAD], "named twice"]):
            with self.subTest(arguments=arguments):
                done = check(*arguments)
                self.assertEqual((done.status, done.out), (2, b""), done.err)
                self.assertIn(names, done.err)
                self.assertEqual(done.err.count("\n"), 1)

    def test_other_failures_have_their_own_status(self):
        self.assertEqual(check("no-such-file").status, 3)
        self.assertEqual(check("-", stdin=b"no capture").status, 3)
        self.assertEqual(check(BAD, "-o", "/no/such/folder/x").status, 4)
        with open("/dev/full", "wb") as full:
            self.assertEqual(check(BAD, stdout=full).status, 4)

    def test_o_keeps_an_earlier_result_and_what_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "report"
            path.write_text("earlier " * 10_000)
            self.assertEqual(check("no-such-file", "-o", path).status, 3)
            self.assertEqual(path.stat().st_size, 80_000)
            done = check(BAD, "-o", path)
            self.assertEqual((done.status, done.out), (1, b""))
            self.assertEqual(path.read_bytes(), check(BAD).out)
            path.write_bytes(BAD.read_bytes())
            self.assertEqual(check(path, "-o", path).status, 2)
            self.assertEqual(path.read_bytes(), BAD.read_bytes())

    def test_memory_does_not_grow_with_what_is_found(self):
        talk = captures.Talk()
        said = talk.open() + b"".join(talk.say("client", b'{"type":"message","data":{"message":7}}') for _ in range(200_000))
        data = captures.header() + said
        peaks = []
        for part in (data[:len(data) // 10], data):
            done = subprocess.run(["/usr/bin/env", "python3", "-c", PEAK, overhear.BINARY, "check", "-", "--format", "sarif"],
                                  input=part, stdout=subprocess.PIPE, check=True, timeout=280)
            peaks.append(int(done.stdout.split()[-1]))
        if not os.environ.get("OVERHEAR_SANITIZE"):
            self.assertLess(peaks[1], 1.2 * peaks[0] + 4096, peaks)


PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)
assert done.returncode == 1 and len(done.stdout) < 300_000
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


class Text(unittest.TestCase):
    def test_lines_are_no_wider_than_the_page(self):
        for capture in overhear.SAMPLES:
            for width in (40, 60, 80):
                for more in ([], ["--fail-on", "note", "--places", "50"], ["--budget", "latency.p99[Room.Join]=1ns,messages>=99999"]):
                    out = check(capture, *overhear.keys_of(capture), *more, "--width", str(width)).out.decode()
                    self.assertEqual([line for line in out.split("\n") if len(line) > width], [])
        self.assertEqual([line for line in check("-", "--width", "50", "--fail-on", "note", stdin=hostile_capture()).out.decode().split("\n")
                          if len(line) > 50], [])

    def test_what_goes_on_stands_below_its_beginning(self):
        for line in check(BAD, "--width", "60").out.decode().split("\n"):
            self.assertRegex(line, "^($|[!\u2717\u00b7] [a-z]+\\.[a-z_]+  |      \\d\\.\\d |        \\S|\\d+ error)")

    def test_all_words_are_there_at_every_width(self):
        for capture in overhear.SAMPLES:
            words = [check(capture, *overhear.keys_of(capture), "--fail-on", "note", "--width", str(width)).out.split() for width in (60, 500)]
            self.assertEqual(*words)


class Formats(unittest.TestCase):
    @unittest.skipUnless(jsonschema, "needs python3-jsonschema")
    def test_the_schema_is_one_and_refuses_what_it_does_not_name(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        document = report(BAD, "--budget", "latency.max[x]=1s,messages>=1")
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(SCHEMA).validate(document | {"more": 1})

    def test_places_are_where_read_finds_them(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            messages = {(one["session"], one["number"]): one
                        for one in overhear.records(overhear.read(capture, "-T", "ndjson", *keys)) if one["record"] == "message"}
            for group in report(capture, *keys)["findings"]:
                self.assertLessEqual(len(group["places"]), 5)
                self.assertGreaterEqual(group["count"], len(group["places"]))
                for place in group["places"]:
                    if "protocol" not in place:
                        continue
                    message = messages[place["session"], place["message"]]
                    for key in ("time", "direction", "protocol", "packets"):
                        self.assertEqual(place[key], message[key])

    def test_places_are_as_many_as_asked_for(self):
        capture = SAMPLES / "cchat-android.pcapng"
        groups = {one["code"]: one for one in report(capture, "--places", "50", *overhear.keys_of(capture))["findings"]}
        self.assertEqual(len(groups["app.unknown_field"]["places"]), groups["app.unknown_field"]["count"])
        self.assertFalse(any(one["places"] for one in report(capture, "--places", "0")["findings"]))

    def test_junit_is_well_formed_whatever_was_said(self):
        for arguments, data in (["-"], hostile_capture()), (["-", "--fail-on", "note", "--places", "99"], hostile_capture()), \
                ([BAD, "--budget", "latency.p99=1ns"], b""), ([GOOD], b""), (["-"], captures.header()):
            done = check(*arguments, "--format", "junit", stdin=data)
            root = xml.etree.ElementTree.fromstring(done.out)
            suite, = root
            cases = suite.findall("testcase")
            failed = [case for case in cases if case.find("failure") is not None]
            self.assertEqual((root.tag, suite.tag), ("testsuites", "testsuite"))
            self.assertEqual(int(suite.get("tests")), len(cases))
            self.assertEqual(int(suite.get("failures")), len(failed))
            self.assertEqual(bool(failed), done.status == 1)
            self.assertGreaterEqual(len(cases), 1)
            self.assertEqual(len({case.get("name") for case in cases}), len(cases))
            for case in cases:
                self.assertTrue(case.get("classname").startswith("overhear."))
        names = {case.get("name"): case for case in xml.etree.ElementTree.fromstring(check(BAD, "--format", "junit").out).iter("testcase")}
        self.assertLessEqual({"messages", "json.invalid", "ga.frame_limit"}, set(names))
        self.assertEqual(names["json.invalid"].find("failure").get("type"), "error")
        self.assertIn("4.1  packet 111  client", names["json.invalid"].find("failure").text)

    def test_sarif_is_what_code_scanning_takes(self):
        for capture in overhear.SAMPLES:
            keys = overhear.keys_of(capture)
            document = json.loads(check(capture, "--format", "sarif", "--budget", "latency.max[x]=1s", *keys).out)
            sarif.validate(document)
            run, = document["runs"]
            places = collections.Counter(result["ruleId"] for result in run["results"])
            wanted = collections.Counter({"check.budget": 1})
            for group in report(capture, *keys)["findings"]:
                wanted[group["code"]] += len(group["places"])
            self.assertEqual(places, wanted)
        sarif.validate(json.loads(check("-", "--format", "sarif", stdin=hostile_capture()).out))
        known = {rule["code"] for rule in json.loads(overhear.run("protocols", "--rules", "--json").out)}
        self.assertEqual({rule["id"] for rule in run["tool"]["driver"]["rules"]}, known | {"check.budget"})

    def test_fingerprints_stay_when_the_capture_is_another(self):
        def prints(data):
            document = json.loads(check("-", "--format", "sarif", stdin=data).out)
            return {one["partialFingerprints"]["primaryLocationLineHash"] for one in document["runs"][0]["results"]}
        wrong = ("client", b'{"type":"message","data":{"message":7}}')
        right = ("client", b'{"type":"message","data":{"message":"a"}}')
        self.assertLessEqual(prints(captures.capture(wrong)), prints(captures.capture(right, right, wrong)))
        self.assertLess(prints(captures.capture(wrong)), prints(captures.capture(wrong, wrong)))

    def test_nothing_from_the_wire_acts_on_the_terminal(self):
        for form in ("text", "json", "junit", "sarif"):
            out = check("-", "--format", form, "--fail-on", "note", "--places", "99", stdin=hostile_capture()).out
            text = out.decode("utf-8")
            self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

    def test_text_fits_in_100_columns(self):
        for capture in overhear.SAMPLES:
            done = check(capture, "--fail-on", "note", "--budget", "latency.p99=1ns", *overhear.keys_of(capture))
            for line in done.out.decode().splitlines():
                self.assertLessEqual(len(line), 100)

    def test_text_says_what_is_common_once_and_what_is_not_at_each_place(self):
        two = captures.capture(("client", b'{"type":"message","data":{"message":7}}'),
                               ("client", b'{"type":"message","data":{"message":[]}}'))
        lines = check("-", stdin=two).out.decode().splitlines()
        self.assertRegex(lines[0], r"^! app\.schema  2 warnings  a field is missing or has the wrong type \(ChatMaster")
        self.assertTrue(any("integer" in line for line in lines[1:]))
        self.assertTrue(any("array" in line or "list" in line for line in lines[1:]))
        same = captures.capture(*[("client", b'{"type":"message","data":{"message":7}}')] * 7)
        lines = check("-", stdin=same).out.decode().splitlines()
        self.assertIn("integer", lines[0])
        self.assertIn("    and 2 more", lines)


if __name__ == "__main__":
    unittest.main()
