"""What a document must be for GitHub's code scanning to take it: SARIF 2.1.0's required properties as far as they are
used here, and GitHub's own demands (a rule for each result, a file and a line, a message, limits)."""

LEVELS = ("none", "note", "warning", "error")
MOST = {"results": 25_000, "rules": 25_000, "locations": 1000}


def of(kind, value, where):
    assert isinstance(value, kind), f"{where}: {value!r} is no {kind.__name__}"
    return value


def text_of(message, where):
    assert of(str, of(dict, message, where)["text"], where), f"{where}: no text"


def validate_rule(rule, where):
    assert of(str, rule["id"], where)
    for key in ("shortDescription", "fullDescription"):
        if key in rule:
            text_of(rule[key], f"{where}.{key}")
    assert rule["defaultConfiguration"]["level"] in LEVELS, where


def validate_location(location, where):
    physical = of(dict, location["physicalLocation"], where)
    uri = of(str, physical["artifactLocation"]["uri"], where)
    assert uri and uri.isascii() and not set(uri) & set(' <>"\\^`{|}'), f"{where}: {uri!r} is no URI"
    assert of(int, physical["region"]["startLine"], where) >= 1, where
    for logical in location.get("logicalLocations", []):
        assert of(str, logical["fullyQualifiedName"], where)


def validate_result(result, rules, where):
    index = of(int, result["ruleIndex"], where)
    assert rules[index]["id"] == of(str, result["ruleId"], where), f"{where}: another rule stands at {index}"
    assert result["level"] in LEVELS, where
    text_of(result["message"], where)
    assert 1 <= len(of(list, result["locations"], where)) <= MOST["locations"], where
    for location in result["locations"]:
        validate_location(location, where)
    for value in of(dict, result["partialFingerprints"], where).values():
        assert of(str, value, where)


def validate(document):
    assert document["version"] == "2.1.0"
    assert of(str, document["$schema"], "document").startswith("https://")
    for run in of(list, document["runs"], "document"):
        driver = run["tool"]["driver"]
        assert of(str, driver["name"], "driver") and of(str, driver["version"], "driver")
        rules = of(list, driver["rules"], "driver")
        ids = [rule["id"] for rule in rules]
        assert len(set(ids)) == len(ids) <= MOST["rules"], "a rule stands there twice"
        for rule in rules:
            validate_rule(rule, f"rule {rule.get('id')}")
        for invocation in run.get("invocations", []):
            of(bool, invocation["executionSuccessful"], "invocation")
        assert len(of(list, run["results"], "run")) <= MOST["results"]
        for number, result in enumerate(run["results"]):
            validate_result(result, rules, f"result {number}")
        prints = [tuple(result["partialFingerprints"].values()) + (result["ruleId"],) for result in run["results"]]
        assert len(set(prints)) == len(prints), "two results have one fingerprint"
