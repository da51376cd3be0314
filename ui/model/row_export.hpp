// Writes rows to a file as JSON, NDJSON or CSV, a little at a time: the same records as `overhear read` writes.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "session/export/json_exporter.hpp"
#include "session/export/ndjson_exporter.hpp"
#include "session/filter/filter_sink.hpp"
#include "session/store/record_store.hpp"
#include "session/table/table_exporter.hpp"

namespace overhear {

enum class ExportFormat : std::uint8_t { Ndjson, Json, Csv };

class RowExport final : private SubjectSink {
 public:
  struct What {
    std::vector<std::uint32_t> rows;  // of the store, in its order
    ExportFormat format = ExportFormat::Ndjson;
    std::string path;    // a file that is there is replaced when all is written
    std::string source;  // what the records come from
    bool with_events = false;
    bool show_secrets = false;  // in CSV; JSON is never masked
  };

  static std::expected<std::unique_ptr<RowExport>, Error> open(What what);
  ~RowExport() override;
  RowExport(const RowExport&) = delete;

  // Writes for about so long. True: all is written, or an Error says why not (and the file is as it was).
  std::expected<bool, Error> advance(const RecordStore& store, std::chrono::microseconds budget);
  std::size_t rows() const { return what_.rows.size(); }
  const std::string& path() const { return what_.path; }

 private:
  RowExport(What what, std::string written, int descriptor);

  // SubjectSink: of all records, those of the rows that are wanted.
  void on_subject(const Subject& subject) override {
    if (is_wanted_) table_->on_subject(subject);
  }
  bool is_over() const { return next_ == what_.rows.size(); }
  void write_next(const RecordStore& store);
  std::expected<void, Error> finish();

  What what_;
  std::string written_;  // the file under another name until it is whole
  int descriptor_;
  Output output_;
  std::optional<NdjsonExporter> ndjson_;
  std::optional<JsonExporter> json_;
  std::optional<TableExporter> table_;
  std::optional<FilterSink> all_;  // in front of the table, which needs to know what came before
  std::size_t next_ = 0;           // of the rows
  std::size_t told_ = 0;           // rows of the store, to `all_`
  bool is_wanted_ = false;
};

}  // namespace overhear
