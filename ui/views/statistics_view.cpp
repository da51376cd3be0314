#include "ui/views/statistics_view.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "base/amount_text.hpp"
#include "dissectors/protocol.hpp"
#include "session/text/message_text.hpp"
#include "session/text/printable_text.hpp"
#include "ui/amounts.hpp"
#include "ui/model/time_text.hpp"
#include "ui/widgets/elided_text.hpp"

namespace overhear {
namespace {

constexpr unsigned kStepsUp = 4;
constexpr unsigned kStepsAcross = 4;
// In ems.
constexpr float kPlotHeight = 11;
constexpr float kLeastPlot = 17;

double most_of(const std::vector<PlotSeries>& series) {
  double most = 0;
  for (const PlotSeries& one : series) {
    for (const double value : one.values) most = std::max(most, value);
  }
  return most;
}

// "12.5s to 15s"
std::string span_text(std::size_t place, std::int64_t interval_ns) {
  const auto begin = static_cast<std::int64_t>(place) * interval_ns;
  return fmt::format("{} to {}", duration_text(begin), duration_text(begin + interval_ns));
}

Plot over_time(std::string title, const TimeSeries& series, bool is_bytes) {
  Plot plot{.title = std::move(title), .series = {}, .across = {}, .up = {}, .empty = "no messages", .tell = {}};
  PlotSeries values{.values = {}, .color = is_bytes ? color_of_name("bytes") : palette().accent, .name = {}};
  for (const TimeSeries::Interval& interval : series.intervals()) {
    values.values.push_back(static_cast<double>(is_bytes ? interval.bytes : interval.messages));
  }
  plot.across =
      time_axis(static_cast<double>(series.interval_ns()) * static_cast<double>(values.values.size()), kStepsAcross);
  plot.series.push_back(std::move(values));
  plot.up = is_bytes ? byte_axis(most_of(plot.series), kStepsUp) : count_axis(most_of(plot.series), kStepsUp);
  plot.tell = [values = plot.series[0].values, ns = series.interval_ns(), is_bytes](std::size_t place) {
    const auto value = static_cast<std::uint64_t>(values[place]);
    return span_text(place, ns) + "\n" + (is_bytes ? bytes_text(value) : counted(value, "message"));
  };
  return plot;
}

Plot latencies(const LatencyHistogram& histogram) {
  Plot plot{.title = "Latency of answers",
            .series = {},
            .across = decade_axis(histogram.first(), histogram.last()),
            .up = {},
            .empty = "no answers",
            .tell = {}};
  plot.series.push_back({.values = histogram.counts(), .color = palette().warning, .name = {}});
  plot.up = count_axis(most_of(plot.series), kStepsUp);
  plot.tell = [counts = plot.series[0].values, first = histogram.first()](std::size_t place) {
    const int tenth = first + static_cast<int>(place);
    const auto edge = [](int at) { return duration_text(static_cast<std::int64_t>(std::pow(10, at / 10.0))); };
    return fmt::format("{} to {}\n{}", edge(tenth), edge(tenth + 1),
                       counted(static_cast<std::uint64_t>(counts[place]), "answer"));
  };
  return plot;
}

Plot rooms_and_members(const LevelSeries& rooms, const LevelSeries& members) {
  Plot plot{.title = "Presence",
            .series = {},
            .has_bars = false,
            .across = {},
            .up = {},
            .empty = "no rooms are known",
            .tell = {}};
  plot.series.push_back({.values = members.levels(), .color = color_of_name("members"), .name = "members"});
  plot.series.push_back({.values = rooms.levels(), .color = palette().accent, .name = "rooms"});
  const auto places = static_cast<double>(plot.series[0].values.size());
  plot.across = time_axis(static_cast<double>(rooms.interval_ns()) * places, kStepsAcross);
  plot.up = count_axis(most_of(plot.series), kStepsUp);
  if (places == 0) plot.title = "Rooms and members";
  if (places == 0) plot.series.clear();
  plot.tell = [series = plot.series, ns = rooms.interval_ns()](std::size_t place) {
    return fmt::format("{}\n{} in {}", span_text(place, ns),
                       counted(static_cast<std::uint64_t>(series[0].values[place]), "member"),
                       counted(static_cast<std::uint64_t>(series[1].values[place]), "room"));
  };
  return plot;
}

std::string summary_of(const CaptureStatistics& statistics) {
  const Statistics& numbers = statistics.numbers();
  std::string text = fmt::format("{}, {}, {}", counted(numbers.messages(), "message"), bytes_text(numbers.bytes()),
                                 counted(statistics.sessions(), "session"));
  if (numbers.duration_ns() <= 0) return text;
  const double seconds = static_cast<double>(numbers.duration_ns()) / 1e9;
  const double rate = static_cast<double>(numbers.messages()) / seconds;
  return text + fmt::format(" in {}: {:.{}f} messages/s, {}/s", duration_text(numbers.duration_ns()), rate,
                            rate < 10 ? 2 : 0,
                            bytes_text(static_cast<std::uint64_t>(static_cast<double>(numbers.bytes()) / seconds)));
}

// The first message shown from then on; SIZE_MAX: there is none.
std::size_t row_at(const ViewContext& context, Timestamp time, std::int64_t length) {
  const RecordStore& store = context.document.store();
  const VisibleRows& rows = context.retold.rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = store.row(rows[i]);
    if (row.kind == RecordKind::Message && row.time >= time && row.time - time < length) return rows[i];
  }
  return SIZE_MAX;
}

struct TypeColumn {
  const char* name;
  float width;         // in ems
  int importance = 0;  // those with the least are left out where there is no room
};
constexpr TypeColumn kColumns[] = {{"Messages", 5.5f, 9}, {"", 7, 2},         {"Bytes", 6, 3},
                                   {"Median size", 7, 1}, {"Answered", 6, 5}, {"p50", 5, 8},
                                   {"p90", 5, 4},         {"p99", 5, 6},      {"Slowest", 5.5f, 7}};
constexpr std::size_t kBar = 1;

constexpr float kLeastName = 12;  // in ems

// Which columns there is room for beside the names, and how much that leaves for those.
struct Columns {
  bool is_shown[std::size(kColumns)];
  float name_width;
};

Columns columns_in(float width) {
  const float em = ImGui::GetFontSize();
  Columns columns{};
  float left = width - 2 * em;
  for (int importance = 9; importance > 0; --importance) {
    const auto* const column = std::ranges::find(kColumns, importance, &TypeColumn::importance);
    if (left - column->width * em < kLeastName * em) break;
    columns.is_shown[column - kColumns] = true;
    left -= column->width * em;
  }
  columns.name_width = left;
  return columns;
}

void put_right(const ViewContext& context, float left, float right, const std::string& text, const ImVec4& color) {
  const float top = ImGui::GetCursorScreenPos().y;
  const float width = ImGui::CalcTextSize(text.c_str()).x;
  ImGui::SetCursorScreenPos({std::max(left, right - width), top});
  elided_text(context.fonts, text, color, {}, width + 1);
  ImGui::SetCursorScreenPos({right, top});
}

void draw_type(const ViewContext& context, const TypeStatistics& type, std::uint64_t most, const Columns& columns) {
  const float em = ImGui::GetFontSize();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  std::string name;
  append_printable(name, type.type.empty() ? "without a type" : type.type);
  const ImVec4 color = color_of_protocol(type.protocol->name);
  ImGui::SetCursorScreenPos({corner.x + em / 2, corner.y});
  elided_text(context.fonts, name, color, fmt::format("{} {}", type.protocol->name, name), columns.name_width - em);
  std::string cells[std::size(kColumns)];
  cells[0] = std::to_string(type.messages);
  cells[2] = bytes_text(type.bytes);
  if (type.messages > 0) cells[3] = bytes_text(static_cast<std::uint64_t>(type.sizes.percentile(500)));
  if (const Distribution& latencies = type.latencies; latencies.count() > 0) {
    cells[4] = std::to_string(latencies.count());
    cells[5] = duration_text(latencies.percentile(500));
    cells[6] = duration_text(latencies.percentile(900));
    cells[7] = duration_text(latencies.percentile(990));
    cells[8] = duration_text(latencies.greatest());
  }
  float left = corner.x + columns.name_width;
  for (std::size_t i = 0; i < std::size(kColumns); ++i) {
    if (!columns.is_shown[i]) continue;
    const float right = left + kColumns[i].width * em;
    ImGui::SetCursorScreenPos({left, corner.y});
    if (i == kBar) {
      const float room = right - left - em;
      const float width = room * static_cast<float>(static_cast<double>(type.messages) /
                                                    static_cast<double>(std::max<std::uint64_t>(most, 1)));
      const ImVec2 from(left + em / 2, corner.y + em / 4);
      if (type.messages > 0) {
        ImGui::GetWindowDrawList()->AddRectFilled(from, {from.x + std::max(1.0f, width), corner.y + em},
                                                  ImGui::GetColorU32(ImVec4(color.x, color.y, color.z, 0.6f)));
      }
    } else {
      put_right(context, left, right, cells[i], i < kBar ? palette().text : palette().faint);
    }
    left = right;
  }
}

void draw_headings(const ViewContext& context, const Columns& columns) {
  const float em = ImGui::GetFontSize();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImGui::SetCursorScreenPos({corner.x + em / 2, corner.y});
  elided_text(context.fonts, "Type", palette().text, {}, columns.name_width - em);
  float left = corner.x + columns.name_width;
  for (std::size_t i = 0; i < std::size(kColumns); ++i) {
    if (!columns.is_shown[i]) continue;
    const float right = left + kColumns[i].width * em;
    ImGui::SetCursorScreenPos({left, corner.y});
    put_right(context, left, right, kColumns[i].name, palette().text);
    left = right;
  }
}

}  // namespace

void StatisticsView::make_plots(const CaptureStatistics& statistics) {
  const TimeSeries& series = statistics.numbers().over_time();
  plots_ = {.messages = over_time("Messages over time", series, false),
            .bytes = over_time("Bytes over time", series, true),
            .latencies = latencies(statistics.latencies()),
            .rooms = rooms_and_members(statistics.rooms(), statistics.members())};
  types_ = statistics.types();
}

void StatisticsView::draw_plots(const ViewContext& context, ViewState& state) {
  const float em = ImGui::GetFontSize();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float room = ImGui::GetContentRegionAvail().x - em;
  constexpr std::size_t kPlots = 4;
  // Two by two where four have no room beside each other.
  const std::size_t in_line = room >= kPlots * kLeastPlot * em ? kPlots : 2;
  const ImVec2 size(room / static_cast<float>(in_line), kPlotHeight * em);
  const TimeSeries& series = context.retold.statistics().numbers().over_time();
  const Plot* const plots[kPlots] = {&plots_.messages, &plots_.bytes, &plots_.latencies, &plots_.rooms};
  for (std::size_t i = 0; i < kPlots; ++i) {
    const std::size_t line = i / in_line;
    const float left = corner.x + em / 2 + static_cast<float>(i % in_line) * size.x;
    ImGui::SetCursorScreenPos({left, corner.y + static_cast<float>(line) * size.y});
    const std::size_t clicked = draw_plot(*plots[i], {size.x - em / 2, size.y - em / 2});
    if (clicked == SIZE_MAX || i > 1) continue;
    const Timestamp time{series.begin().ns + static_cast<std::int64_t>(clicked) * series.interval_ns()};
    const std::size_t row = row_at(context, time, series.interval_ns());
    if (row != SIZE_MAX) state.selected = row;
    state.focus = Pane::Messages;
  }
  const std::size_t lines = kPlots / in_line;
  ImGui::SetCursorScreenPos({corner.x, corner.y + size.y * static_cast<float>(lines)});
}

void StatisticsView::draw_types(const ViewContext& context) {
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec2 area = ImGui::GetContentRegionAvail();
  const float line = ImGui::GetTextLineHeight() + 3;
  const float height = std::max(1.0f, area.y - line);
  const Columns columns = columns_in(area.x);
  draw_headings(context, columns);
  page_ = static_cast<double>(height / line);
  draw_row_scroll("types", scroll_, types_.size(), page_, corner.x, corner.y + line, corner.x + area.x,
                  corner.y + line + height);
  const std::uint64_t most = types_.empty() ? 0 : types_.front()->messages;
  const auto begin = static_cast<std::size_t>(scroll_.first);
  const std::size_t end = std::min(types_.size(), begin + static_cast<std::size_t>(page_) + 2);
  ImGui::PushClipRect({corner.x, corner.y + line}, {corner.x + area.x, corner.y + line + height}, true);
  for (std::size_t i = begin; i < end; ++i) {
    ImGui::SetCursorScreenPos({corner.x, corner.y + line * static_cast<float>(i - begin + 1)});
    draw_type(context, *types_[i], most, columns);
  }
  ImGui::PopClipRect();
}

void StatisticsView::draw(const ViewContext& context, ViewState& state) {
  const CaptureStatistics& statistics = context.retold.statistics();
  const ImVec4 color = palette().accent;
  const std::uint64_t looked_at = statistics.looked_at();
  const std::uint64_t beginnings = context.retold.rows().restarts();
  if (looked_at_ != looked_at || beginnings_ != beginnings || color.x != color_.x) make_plots(statistics);
  looked_at_ = looked_at;
  beginnings_ = beginnings;
  color_ = color;
  state.must_show_selected = false;
  const float em = ImGui::GetFontSize();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImGui::SetCursorScreenPos({corner.x + em / 2, corner.y});
  elided_text(context.fonts, summary_of(statistics), palette().text);
  ImGui::SetCursorScreenPos({corner.x, corner.y + 1.7f * em});
  draw_plots(context, state);
  draw_types(context);
}

}  // namespace overhear
