#include "cli/stats_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/amount_text.hpp"
#include "cli/bars.hpp"
#include "cli/text_line.hpp"
#include "cli/text_table.hpp"
#include "dissectors/protocol.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kBar = 10;
constexpr std::size_t kNumbers = 76;  // columns behind the name in the table of types
constexpr std::size_t kExtras = 26;   // of those, what narrow terminals go without: bars, and the columns behind bytes
constexpr std::size_t kLeastName = 14;
constexpr std::size_t kMostName = 40;
constexpr std::size_t kBesideRow = 30;  // columns beside the bars over time

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

// "per second", where there is a time to divide by.
std::string rate(std::uint64_t count, std::int64_t ns) {
  if (ns <= 0) return {};
  const double per_second = static_cast<double>(count) * static_cast<double>(kSecond) / static_cast<double>(ns);
  return per_second < 10 ? fmt::format("{:.1f}", per_second) : fmt::format("{:.0f}", per_second);
}

// In a column, cut or filled up; names with two-column characters too.
std::string in_column(std::string_view text, std::size_t width) {
  std::string out = fit(text, width);
  out.append(width - columns(out), ' ');
  return out;
}

std::string percentile_text(const Distribution& values, unsigned per_mille) {
  return values.count() == 0 ? std::string() : short_duration(values.percentile(per_mille));
}

class StatsText {
 public:
  StatsText(const Statistics& statistics, const StatsTextOptions& options)
      : statistics_(statistics),
        options_(options),
        is_narrow_(options.width != 0 && options.width < kNumbers + kLeastName),
        name_(kLeastName) {
    const std::size_t numbers = is_narrow_ ? kNumbers - kExtras : kNumbers;
    if (options.width > numbers + kLeastName) name_ = std::min(options.width - numbers, kMostName);
  }

  std::string write(std::string_view source) {
    put_totals(source);
    if (statistics_.messages() > 0) {
      put_over_time();
      put_protocols();
      put_types();
      put_talkers();
    }
    put_heartbeats();
    put_findings();
    return std::move(out_);
  }

 private:
  void put_heading(std::string_view text) {
    out_ += '\n';
    if (options_.with_color) out_ += color::kBold;
    out_ += text;
    if (options_.with_color) out_ += color::kReset;
    out_ += '\n';
  }

  void end_line() {
    out_.erase(out_.find_last_not_of(' ') + 1);
    out_ += '\n';
  }

  void put_totals(std::string_view source) {
    const std::int64_t ns = statistics_.duration_ns();
    std::string text = fmt::format("{}: {}, {}, {}", printable(source), counted(statistics_.messages(), "message"),
                                   short_bytes(statistics_.bytes()), counted(statistics_.sessions(), "session"));
    if (ns > 0) {
      const auto bytes_per_second = static_cast<double>(statistics_.bytes()) * 1e9 / static_cast<double>(ns);
      text += fmt::format(", {}: {} messages/s, {}/s", short_duration(ns), rate(statistics_.messages(), ns),
                          short_bytes(static_cast<std::uint64_t>(bytes_per_second)));
    }
    append_wrapped(out_, text, 0, 2, options_.width);
  }

  void put_over_time() {
    const TimeSeries& series = statistics_.over_time();
    // So many intervals to a bar as the width asks for.
    const std::size_t room = options_.width > 2 * kBesideRow ? options_.width - kBesideRow : kBesideRow;
    std::size_t step = 1;
    while (options_.width != 0 && (series.intervals().size() + step - 1) / step > room) ++step;
    const std::int64_t bar_ns = series.interval_ns() * static_cast<std::int64_t>(step);
    put_heading(fmt::format("over time, {} a bar", exact_duration(bar_ns)));
    std::vector<std::uint64_t> messages;
    std::vector<std::uint64_t> bytes;
    for (std::size_t i = 0; i < series.intervals().size(); ++i) {
      if (i % step == 0) {
        messages.push_back(0);
        bytes.push_back(0);
      }
      messages.back() += series.intervals()[i].messages;
      bytes.back() += series.intervals()[i].bytes;
    }
    out_ += fmt::format("  messages  {}  up to {}\n", bar_row(messages), std::ranges::max(messages));
    out_ += fmt::format("  bytes     {}  up to {}\n", bar_row(bytes), short_bytes(std::ranges::max(bytes)));
  }

  void put_latency(const Distribution& latencies) {
    out_ += fmt::format(
        "{:>9}{:>8}{:>8}{:>8}", latencies.count() == 0 ? std::string() : fmt::format("{}", latencies.count()),
        percentile_text(latencies, 500), percentile_text(latencies, 990), percentile_text(latencies, 1000));
    end_line();
  }

  void put_table_heading(std::string_view what, std::string_view one, std::string_view other) {
    std::string heading = in_column(what, name_);
    heading += is_narrow_ ? fmt::format("{:>8}{:>9}", "messages", "bytes")
                          : fmt::format("{:>8} {:<10}{:>9}{:>7}{:>8}", "messages", "", "bytes", one, other);
    put_heading(heading + fmt::format("{:>9}{:>8}{:>8}{:>8}", "answers", "p50", "p99", "max"));
  }

  void put_numbers(std::uint64_t messages, std::uint64_t most, std::uint64_t bytes, std::string_view one,
                   std::string_view other) {
    if (is_narrow_) {
      out_ += fmt::format("{:>8}{:>9}", messages, short_bytes(bytes));
      return;
    }
    out_ +=
        fmt::format("{:>8} {:<10}{:>9}{:>7}{:>8}", messages, bar(messages, most, kBar), short_bytes(bytes), one, other);
  }

  // What is right of the name is as wide in both tables.
  void put_protocols() {
    put_table_heading("protocol", "client", "server");
    for (const auto& [name, protocol] : statistics_.protocols()) {
      out_ += in_column("  " + std::string(name), name_);
      put_numbers(protocol.messages, statistics_.messages(), protocol.bytes, fmt::format("{}", protocol.by_client),
                  fmt::format("{}", protocol.messages - protocol.by_client));
      put_latency(protocol.latencies);
      if (protocol.encrypted > 0) {
        out_ += fmt::format("    {} of them could not be opened (--keylog)\n", protocol.encrypted);
      }
    }
  }

  void put_types() {
    put_table_heading("type", "median", "largest");
    std::vector<const TypeStatistics*> types = statistics_.types();
    std::ranges::stable_sort(types, std::greater<>(), &TypeStatistics::messages);
    const std::size_t shown = std::min(types.size(), options_.top);
    for (const TypeStatistics* type : std::span(types).first(shown)) put_type(*type, types.front()->messages);
    put_rest(types.size() - shown, "type");
  }

  void put_type(const TypeStatistics& type, std::uint64_t most) {
    const std::string name = type.type.empty() ? fmt::format("({})", type.protocol->name) : printable(type.type);
    out_ += "  " + in_column(fit_name(name, name_ - 3), name_ - 2);
    const bool has_sizes = type.sizes.count() > 0;
    put_numbers(type.messages, most, type.bytes, has_sizes ? short_count(type.sizes.percentile(500)) : "",
                has_sizes ? short_count(type.sizes.greatest()) : "");
    put_latency(type.latencies);
  }

  void put_rest(std::size_t left, std::string_view what) {
    if (left > 0) out_ += fmt::format("  and {} (--top)\n", counted(left, fmt::format("more {}", what)));
  }

  void put_talkers() {
    const auto talkers = statistics_.talkers().top(options_.top);
    put_heading(in_column("who", name_) + fmt::format("{:>8} {:<10}{:>9}", "messages", "", "bytes"));
    for (const TopList::Entry& one : talkers) {
      out_ += "  " + in_column(fit(printable(one.name), name_ - 3), name_ - 2);
      out_ += fmt::format("{:>8} {:<10}{:>9}", one.messages, bar(one.messages, talkers.front().messages, kBar),
                          short_bytes(one.bytes));
      end_line();
    }
    put_rest(statistics_.talkers().size() - talkers.size(), "sender");
  }

  static std::string intervals_text(const Distribution& intervals) {
    if (intervals.count() == 0) return "one at most in each session";
    if (intervals.count() == 1) return fmt::format("1 interval of {}", short_duration(intervals.least()));
    return fmt::format("{} intervals of {} to {}, p50 {}, p99 {}", intervals.count(), short_duration(intervals.least()),
                       short_duration(intervals.greatest()), percentile_text(intervals, 500),
                       percentile_text(intervals, 990));
  }

  void put_heartbeats() {
    if (statistics_.heartbeats().empty()) return;
    put_heading("heartbeats, and how long it is from one to the next");
    for (const auto& [what, intervals] : statistics_.heartbeats()) {
      out_ += "  " + in_column(what, name_ - 2);
      append_wrapped(out_, intervals_text(intervals), name_, name_, options_.width);
    }
  }

  void put_findings() {
    const auto findings = statistics_.findings();
    if (findings.empty()) return;
    put_heading("findings");
    std::uint64_t most = 0;
    std::size_t width = name_ - 2;
    for (const FindingCount& one : findings) {
      most = std::max(most, one.count);
      width = std::max(width, one.code.size());
    }
    for (const FindingCount& one : findings) {
      out_ += "  " + in_column(one.code, width);
      out_ += fmt::format("{:>8} {:<10}{:>9}", one.count, bar(one.count, most, kBar), to_string(one.severity));
      end_line();
    }
  }

  const Statistics& statistics_;
  StatsTextOptions options_;
  bool is_narrow_;
  std::size_t name_;  // columns of names
  std::string out_;
};

}  // namespace

std::string describe_statistics(const Statistics& statistics, std::string_view source,
                                const StatsTextOptions& options) {
  return StatsText(statistics, options).write(source);
}

}  // namespace overhear
