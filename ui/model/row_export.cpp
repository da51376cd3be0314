#include "ui/model/row_export.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kRowsPerLook = 64;

Error failure(const std::string& path, int error) {
  return {ErrorKind::Environment, fmt::format("{}: {}", path, std::generic_category().message(error))};
}

}  // namespace

std::expected<std::unique_ptr<RowExport>, Error> RowExport::open(What what) {
  std::string written = what.path + ".new";
  constexpr int kMode = 0666;  // as the user's umask has it
  const int descriptor = ::open(written.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (descriptor < 0) return std::unexpected(failure(what.path, errno));
  return std::unique_ptr<RowExport>(new RowExport(std::move(what), std::move(written), descriptor));
}

RowExport::RowExport(What what, std::string written, int descriptor)
    : what_(std::move(what)), written_(std::move(written)), descriptor_(descriptor), output_(descriptor) {
  switch (what_.format) {
    case ExportFormat::Ndjson: ndjson_.emplace(output_, what_.source, what_.with_events); break;
    case ExportFormat::Json: json_.emplace(output_, what_.source, what_.with_events); break;
    case ExportFormat::Csv:
      TableOptions options = csv_options();
      options.columns = default_columns(what_.with_events);
      options.with_events = what_.with_events;
      options.cells.masks_secrets = !what_.show_secrets;
      table_.emplace(output_, std::move(options));
      all_.emplace(*Filter::compile(""), what_.with_events, static_cast<SubjectSink&>(*this));
      break;
  }
}

RowExport::~RowExport() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(written_.c_str());
}

void RowExport::write_next(const RecordStore& store) {
  const std::size_t row = what_.rows[next_++];
  if (ndjson_) return store.tell(row, *ndjson_);
  if (json_) return store.tell(row, *json_);
  for (; told_ <= row; ++told_) {
    is_wanted_ = told_ == row;
    store.tell(told_, *all_);
  }
}

std::expected<bool, Error> RowExport::advance(const RecordStore& store, std::chrono::microseconds budget) {
  const auto end = steady_clock::now() + budget;
  while (!is_over() && output_.error() == 0) {
    for (std::size_t i = 0; i < kRowsPerLook && !is_over(); ++i) write_next(store);
    if (steady_clock::now() >= end && !is_over()) return false;
  }
  if (const auto finished = finish(); !finished) return std::unexpected(finished.error());
  return true;
}

std::expected<void, Error> RowExport::finish() {
  const bool is_whole = !json_ || json_->finish();
  output_.flush();
  const int error = output_.error() != 0 ? output_.error() : is_whole ? 0 : ENOSPC;
  if (error != 0) return std::unexpected(failure(what_.path, error));
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0 || std::rename(written_.c_str(), what_.path.c_str()) != 0) {
    const int why = errno;
    ::unlink(written_.c_str());
    return std::unexpected(failure(what_.path, why));
  }
  return {};
}

}  // namespace overhear
