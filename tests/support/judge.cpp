#include "tests/support/judge.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/dissect.hpp"

namespace overhear::testing {
namespace {

// Whether `line` is no message but says what happens.
bool direct(Talk& talk, std::string_view line) {
  if (line == "~") {
    talk.lose();
  } else if (line.front() == '+') {
    talk.wait(static_cast<std::int64_t>(std::stod(std::string(line.substr(1))) * kSecond));
  } else if (line.front() == '#') {
    talk.use_key(line.substr(1));
  } else if (line == "text" || line == "binary") {
    talk.use_frames(line == "text" ? FrameKind::Text : FrameKind::Binary);
  } else if (line.substr(1) == "?") {
    talk.garble(line.front() == '>' ? Direction::Client : Direction::Server);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string judge(const Protocol& protocol, const Script& script, const std::vector<std::string_view>& but) {
  Talk talk(protocol);
  talk.hear_all();
  std::string out;
  const auto tell = [&](std::string_view where, std::string_view finding, bool is_note) {
    const std::string_view code = finding.substr(0, finding.find(' '));
    const auto is_meant = [code](std::string_view name) {
      return name.ends_with('.') ? code.starts_with(name) : code == name;
    };
    if (std::ranges::any_of(but, is_meant)) return;
    out += fmt::format("{}{}:{}{}", out.empty() ? "" : " ", where, code, is_note ? "(note)" : "");
  };
  for (const std::string_view line : script) {
    if (direct(talk, line)) continue;
    const Dissected heard = talk.hear(line.front() == '>' ? Direction::Client : Direction::Server, line.substr(1));
    for (std::size_t i = 0; i < heard.findings.size(); ++i) {
      tell(std::to_string(heard.number), heard.findings[i], heard.severities[i] == Severity::Note);
    }
  }
  for (const std::string& finding : talk.end()) tell("end", finding, false);
  return out;
}

void check_rules(const Protocol& protocol, const std::vector<RuleCase>& cases,
                 const std::vector<std::string_view>& but) {
  for (const RuleCase& at : cases) EXPECT_EQ(judge(protocol, at.script, but), at.expected) << at.name;
}

std::vector<std::string> untested(const Protocol& protocol, std::string_view prefix, const std::vector<RuleCase>& cases,
                                  const std::vector<std::string_view>& elsewhere) {
  std::vector<std::string> out;
  for (const Rule* rule : protocol.rules) {
    if (!rule->code.starts_with(prefix) || std::ranges::find(elsewhere, rule->code) != elsewhere.end()) continue;
    std::string finding = fmt::format("{}{}", rule->code, rule->severity == Severity::Note ? "(note)" : "");
    const auto expects = [&](const RuleCase& at) {
      return (std::string(at.expected) + ' ').find(':' + finding + ' ') != std::string::npos;
    };
    if (std::ranges::none_of(cases, expects)) out.push_back(std::move(finding));
  }
  return out;
}

}  // namespace overhear::testing
