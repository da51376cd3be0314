// Writing what is shown or selected to files.
#include <fmt/format.h>

#include <algorithm>

#include "base/amount_text.hpp"
#include "session/text/printable_text.hpp"
#include "ui/app.hpp"

namespace overhear {
namespace {

constexpr std::chrono::milliseconds kWritePerFrame{10};

std::string told(std::string_view what, const std::string& path) {
  std::string text = fmt::format("{} written to ", what);
  append_printable(text, path);
  return text;
}

}  // namespace

// In the order of the store.
std::vector<std::uint32_t> App::exported_rows(bool is_selected_only) const {
  if (is_selected_only) return {static_cast<std::uint32_t>(state_.selected.value())};
  std::vector<std::uint32_t> rows(rows_.size());
  for (std::size_t place = 0; place < rows.size(); ++place) rows[place] = static_cast<std::uint32_t>(rows_[place]);
  std::ranges::sort(rows);
  return rows;
}

void App::start_export(const ExportWish& wish) {
  state_.news.clear();
  if (wish.kind == ExportKind::Picture) {
    state_.wishes.picture_path = wish.path;
    return;
  }
  const std::vector<std::uint32_t> rows = exported_rows(wish.is_selected_only);
  const LoadRequest& request = document_.request();
  if (wish.kind == ExportKind::Packets) {
    PacketCopy copy{.from = request.captures, .to = wish.path};
    for (const std::uint32_t row : rows) copy.sessions.insert(document_.store().row(row).session);
    copy.sessions.erase(0);
    if (copy.sessions.empty()) {
      state_.notice = "There is no session in what is shown.";
      return;
    }
    copy.program = "overhear";
    const auto key_logs = wish.with_keys ? request.key_logs : std::vector<std::string>();
    capture_export_.emplace(std::move(copy), key_logs, request.options);
    return;
  }
  RowExport::What what{.rows = rows, .path = wish.path, .source = document_.title()};
  what.format = wish.kind == ExportKind::Json  ? ExportFormat::Json
                : wish.kind == ExportKind::Csv ? ExportFormat::Csv
                                               : ExportFormat::Ndjson;
  what.with_events = state_.habits.with_events;
  what.show_secrets = state_.show_secrets;
  auto opened = RowExport::open(std::move(what));
  if (!opened) {
    state_.notice = opened.error().message;
    return;
  }
  row_export_ = std::move(*opened);
}

void App::follow_exports() {
  if (row_export_) {
    const auto done = row_export_->advance(document_.store(), kWritePerFrame);
    if (!done) state_.notice = done.error().message;
    if (done && *done) state_.news = told(counted(row_export_->rows(), "record"), row_export_->path());
    if (!done || *done) row_export_.reset();
  }
  if (!capture_export_) return;
  const auto written = capture_export_->poll();
  if (!written) return;
  if (*written) {
    state_.news = told(counted(**written, "packet"), capture_export_->path());
  } else {
    state_.notice = written->error().message;
  }
  capture_export_.reset();
}

}  // namespace overhear
