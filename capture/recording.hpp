// Packets of one interface going to a pcapng file, or to a ring of files of which the oldest are removed.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "capture/pcapng_writer.hpp"

namespace overhear {

// When to begin the next file; 0: never for that reason.
struct RingOptions {
  std::uint64_t file_bytes = 0;
  std::uint64_t file_packets = 0;
  std::int64_t file_duration_ns = 0;
  std::uint64_t files = 0;  // how many to keep; 0: all

  bool is_ring() const { return file_bytes != 0 || file_packets != 0 || file_duration_ns != 0; }
};

class Recording {
 public:
  // `path` names the file. Those of a ring get a number and the time of their first packet in front of its ending, as
  // dumpcap names them: chat_00001_20261127103000.pcapng. The first file is made at once.
  static std::expected<Recording, Error> open(const std::string& path, const InterfaceDescription& interface,
                                              const RingOptions& ring, Timestamp now, std::string_view program);

  void write(const Packet& packet);
  // A file whose time is over ends here. What is written stands in the file afterwards.
  std::expected<void, Error> flush(Timestamp now);
  // The interface's counts at the end of the last file.
  std::expected<void, Error> finish(const PcapngWriter::Statistics& statistics);

  std::uint64_t size() const { return writer_->size(); }       // of the file under way
  std::uint64_t files() const { return files_; }               // begun so far
  const std::string& path() const { return writer_->path(); }  // of the file under way
  const std::optional<Error>& error() const { return error_; }

 private:
  Recording(std::string path, InterfaceDescription interface, const RingOptions& ring, std::string program);

  bool is_full(Timestamp now) const;
  void next_file(Timestamp now);
  std::string name_of(std::uint64_t number, Timestamp now) const;

  std::string path_;
  InterfaceDescription interface_;
  RingOptions ring_;
  std::string program_;
  std::optional<PcapngWriter> writer_;
  std::deque<std::string> kept_;
  std::uint64_t files_ = 0;
  std::uint64_t packets_ = 0;  // in the file under way
  Timestamp begun_;
  std::optional<Error> error_;
};

}  // namespace overhear
