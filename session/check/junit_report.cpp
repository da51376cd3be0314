#include "session/check/junit_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/amount_text.hpp"
#include "session/check/report_text.hpp"
#include "session/check/xml_text.hpp"

namespace overhear {
namespace {

// What a test case holds beside its name.
enum class Outcome : std::uint8_t { Passed, Failed, Skipped };

class JunitWriter {
 public:
  JunitWriter(const CheckReport& report, TextBuffer& out) : report_(report), out_(out), class_(report.source) {
    // Servers divide a class's name at its dots.
    std::ranges::replace(class_, '.', '_');
    class_ = "overhear." + class_;
  }

  void write() {
    cases();
    const std::string totals =
        fmt::format(R"(tests="{}" failures="{}" errors="0" skipped="{}")", tests_, failures_, skipped_);
    out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"overhear check\" ";
    out_ += totals + ">\n  <testsuite name=\"";
    append_xml_text(out_, report_.source);
    out_ += "\" " + totals + ">\n";
    out_ += body_.view();
    out_ += "  </testsuite>\n</testsuites>\n";
  }

 private:
  void cases() {
    const std::string counts = summary_of(report_);
    const bool is_empty = report_.messages == 0;
    put_case("messages", is_empty ? Outcome::Skipped : Outcome::Passed,
             is_empty ? "no messages: nothing was checked" : counts, {}, is_empty ? "" : counts + "\n");
    if (report_.command) {
      const int status = report_.command->status;
      put_case("command", status == 0 ? Outcome::Passed : Outcome::Failed,
               fmt::format("the command ended with status {}", status), "command", "");
    }
    for (const FindingGroup& group : report_.groups) put_group(group);
    for (const BudgetResult& result : report_.budgets) {
      const std::string text = describe(result);
      put_case(result.budget.text, result.is_met ? Outcome::Passed : Outcome::Failed, text, "budget", text + "\n");
    }
  }

  void put_group(const FindingGroup& group) {
    const Rule& rule = *group.rule;
    std::string places;
    for (const FindingPlace& place : group.places) places += line_of(place) + "\n";
    if (group.count > group.places.size()) places += fmt::format("and {} more\n", group.count - group.places.size());
    const std::string what = fmt::format("{}: {}", counted(group.count, to_string(rule.severity)),
                                         group.places.empty() ? std::string(rule.text) : group.places.front().text);
    // One code may be found with two severities.
    const std::string name =
        is_twice(rule.code) ? fmt::format("{} ({})", rule.code, to_string(rule.severity)) : std::string(rule.code);
    put_case(name, group.fails ? Outcome::Failed : Outcome::Passed, what, to_string(rule.severity), places);
  }

  bool is_twice(std::string_view code) const {
    return std::ranges::count_if(report_.groups, [&](const auto& group) { return group.rule->code == code; }) > 1;
  }

  static std::string line_of(const FindingPlace& place) {
    std::string line = name_of(place);
    const auto add = [&line](std::string_view text) {
      if (!text.empty()) line += fmt::format("  {}", text);
    };
    add(packets_of(place));
    if (place.direction) add(to_string(*place.direction));
    add(place.type);
    add(place.field.empty() ? place.text : fmt::format("{}: {}", place.field, place.text));
    if (!place.spec.empty()) line += fmt::format(" ({})", place.spec);
    return line;
  }

  void put_case(std::string_view name, Outcome outcome, std::string_view message, std::string_view type,
                std::string_view text) {
    ++tests_;
    body_ += "    <testcase classname=\"";
    append_xml_text(body_, class_);
    body_ += "\" name=\"";
    append_xml_text(body_, name);
    body_ += "\" time=\"0\"";
    switch (outcome) {
      case Outcome::Passed: put_passed(text); break;
      case Outcome::Failed: put_failed(message, type, text); break;
      case Outcome::Skipped: put_skipped(message); break;
    }
  }

  void put_passed(std::string_view text) {
    if (text.empty()) {
      body_ += "/>\n";
      return;
    }
    body_ += ">\n      <system-out>";
    append_xml_text(body_, text);
    body_ += "</system-out>\n    </testcase>\n";
  }

  void put_failed(std::string_view message, std::string_view type, std::string_view text) {
    ++failures_;
    body_ += ">\n      <failure message=\"";
    append_xml_text(body_, message);
    body_ += "\" type=\"";
    append_xml_text(body_, type);
    body_ += "\">";
    append_xml_text(body_, text);
    body_ += "</failure>\n    </testcase>\n";
  }

  void put_skipped(std::string_view message) {
    ++skipped_;
    body_ += ">\n      <skipped message=\"";
    append_xml_text(body_, message);
    body_ += "\"/>\n    </testcase>\n";
  }

  const CheckReport& report_;
  TextBuffer& out_;
  std::string class_;
  TextBuffer body_;
  int tests_ = 0;
  int failures_ = 0;
  int skipped_ = 0;
};

}  // namespace

void write_junit_report(const CheckReport& report, TextBuffer& out) {
  JunitWriter(report, out).write();
}

}  // namespace overhear
