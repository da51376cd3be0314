#include "cli/check_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/amount_text.hpp"
#include "cli/message_color.hpp"
#include "cli/text_line.hpp"
#include "cli/text_table.hpp"
#include "session/check/report_text.hpp"
#include "session/text/finding_text.hpp"
#include "session/text/message_text.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kIndent = 4;
constexpr std::size_t kTextIndent = 8;
constexpr std::size_t kVerdictIndent = 2;
constexpr std::size_t kNameWidth = 5;
constexpr std::size_t kTimeWidth = 11;

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

std::string time_of(const FindingPlace& place) {
  if (!place.time) return {};
  const std::int64_t since = place.since_start_ns;
  return fmt::format("{}{}.{:06}", since < 0 ? "-" : "", std::abs(since / kSecond), std::abs(since % kSecond) / 1000);
}

// Whoever reads it alone must not take it for a success where the command was none.
std::string verdict_of(const CheckReport& report) {
  const bool has_passed = report.has_passed();
  if (!report.command || report.command->status == 0) return has_passed ? "passed" : "failed";
  return fmt::format("{} with status {}", has_passed ? "the command failed" : "failed, and the command",
                     report.command->status);
}

class CheckText {
 public:
  CheckText(const CheckReport& report, std::size_t width, bool with_color)
      : report_(report), width_(width), with_color_(with_color) {}

  std::string write() {
    for (const FindingGroup& group : report_.groups) put_group(group);
    if (!report_.groups.empty()) out_ += '\n';
    for (const BudgetResult& result : report_.budgets) put_budget(result);
    if (!report_.budgets.empty()) out_ += '\n';
    put_verdict();
    return std::move(out_);
  }

 private:
  void put(std::string_view text, std::string_view color) {
    if (with_color_) out_ += color;
    out_ += text;
    if (with_color_) out_ += color::kReset;
  }

  void put_group(const FindingGroup& group) {
    const Rule& rule = *group.rule;
    put(fmt::format("{} {}", mark_of(rule.severity), rule.code), color_of(rule.severity));
    const std::string count = fmt::format("  {}  ", counted(group.count, to_string(rule.severity)));
    std::string text;
    // What all of them have in common is said once.
    const bool has_first = !group.places.empty();
    text += has_first && group.is_one_text ? said(group.places.front()) : printable(rule.text);
    if (has_first && group.is_one_spec) text += citation(group.places.front());
    out_ += count;
    append_wrapped(out_, text, 2 + rule.code.size() + count.size(), kTextIndent, width_);
    // What fails nothing is only named.
    if (!group.fails || group.places.empty()) return;
    std::size_t packets_width = 0;
    for (const FindingPlace& place : group.places) packets_width = std::max(packets_width, columns(packets_of(place)));
    for (const FindingPlace& place : group.places) put_place(group, place, packets_width);
    if (group.count > group.places.size()) {
      out_ += fmt::format("{:{}}and {} more\n", "", kIndent, group.count - group.places.size());
    }
  }

  void put_place(const FindingGroup& group, const FindingPlace& place, std::size_t packets_width) {
    constexpr std::size_t kSenderWidth = 6;
    const std::string sender(place.direction ? to_string(*place.direction) : std::string_view());
    const std::string packets = packets_of(place);
    std::string line =
        fmt::format("{:{}}{:>{}} {:>{}}  ", "", kIndent, name_of(place), kNameWidth, time_of(place), kTimeWidth);
    line += packets + std::string(packets_width - columns(packets), ' ');
    line += fmt::format("  {:<{}}", sender, kSenderWidth);
    if (!place.type.empty()) line += "  " + printable(place.type);
    std::string text = group.is_one_text ? std::string() : said(place);
    if (!group.is_one_spec) text += citation(place);
    if (text.starts_with(' ')) text.erase(0, 1);
    line.erase(line.find_last_not_of(' ') + 1);
    const bool is_one_line = columns(line) + 2 + columns(text) <= width_;
    if (is_one_line && !text.empty()) line += "  " + text;
    append_wrapped(out_, line, 0, kTextIndent, width_);
    if (is_one_line || text.empty()) return;
    out_.append(kTextIndent, ' ');
    append_wrapped(out_, text, kTextIndent, kTextIndent, width_);
  }

  static std::string said(const FindingPlace& place) { return printable(placed_text(place.field, place.text)); }

  static std::string citation(const FindingPlace& place) {
    return place.spec.empty() ? std::string() : fmt::format(" ({})", place.spec);
  }

  void put_budget(const BudgetResult& result) {
    put(result.is_met ? "✓" : "✗", result.is_met ? color::kGreen : color::kRed);
    out_ += ' ';
    append_wrapped(out_, printable(describe(result)), 2, kTextIndent, width_);
  }

  void put_line(const std::string& text) { append_wrapped(out_, text, 0, kVerdictIndent, width_); }

  void put_verdict() {
    if (report_.lost_packets > 0) {
      put_line(fmt::format("{} came faster than they could be captured: not everything was checked",
                           counted(report_.lost_packets, "packet")));
    }
    const bool has_passed = report_.has_passed();
    if (report_.messages == 0 && has_passed) {
      put_line("there was nothing to check (--budget 'messages>=1' lets that fail)");
    }
    put_line(summary_of(report_) + ':');
    out_.pop_back();
    const std::string verdict = verdict_of(report_);
    const std::size_t used = columns(std::string_view(out_).substr(out_.rfind('\n') + 1));
    if (used + 1 + columns(verdict) <= width_) {
      out_ += ' ';
    } else {
      out_ += fmt::format("\n{:{}}", "", kVerdictIndent);
    }
    put(verdict, verdict == "passed" ? color::kGreen : color::kRed);
    out_ += '\n';
  }

  const CheckReport& report_;
  std::size_t width_;
  bool with_color_;
  std::string out_;
};

}  // namespace

std::string describe_check(const CheckReport& report, std::size_t width, bool with_color) {
  return CheckText(report, width, with_color).write();
}

}  // namespace overhear
