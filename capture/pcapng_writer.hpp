// Writes pcapng (draft-ietf-opsawg-pcapng): one section in the machine's byte order, interfaces, packets with their
// time in nanoseconds, decryption secrets, statistics. Blocks go out whole and in order, so that after a kill, a full
// disk or a power cut the file is readable up to its last whole block.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "capture/packet.hpp"

namespace overhear {

class PcapngWriter {
 public:
  struct Statistics {
    Timestamp from = {};
    Timestamp to = {};
    std::uint64_t received = 0;
    std::uint64_t dropped_by_interface = 0;
    std::uint64_t dropped_by_kernel = 0;
  };

  // Makes the file, or empties the one that is there; "-" is standard output. `program` goes into the section's header.
  static std::expected<PcapngWriter, Error> create(const std::string& path, std::string_view program);
  PcapngWriter(PcapngWriter&& other) noexcept;
  PcapngWriter& operator=(PcapngWriter&& other) noexcept;
  // Flushes; who wants to know how that went calls flush() before.
  ~PcapngWriter();

  // Its number, which packets name.
  std::uint32_t add_interface(const InterfaceDescription& interface);
  // REQUIRES: `interface` was added, and packet.bytes is no longer than 2^31.
  void write_packet(std::uint32_t interface, const Packet& packet);
  // A Decryption Secrets Block of type TLS Key Log. To be written before the packets that it opens.
  void write_secrets(std::string_view key_log);
  void write_statistics(std::uint32_t interface, const Statistics& statistics);

  // All blocks that are written stand in the file afterwards. The first failure stays, and nothing follows it.
  std::expected<void, Error> flush();
  const std::optional<Error>& error() const { return error_; }
  // Of the file, with what is not flushed yet.
  std::uint64_t size() const { return flushed_ + buffer_.size(); }
  const std::string& path() const { return path_; }

 private:
  static constexpr std::size_t kFlushAt = 256u << 10;

  friend std::expected<void, Error> insert_secrets(const std::string& path, std::string_view key_log);

  static std::expected<PcapngWriter, Error> open(const std::string& path);
  PcapngWriter(int descriptor, std::string path);

  void append(const void* bytes, std::size_t size);
  template <typename T>
  void append_number(T value);
  void append_padded(Bytes bytes);
  void append_option(std::uint16_t code, Bytes value);
  void append_option(std::uint16_t code, std::string_view value);
  void append_option(std::uint16_t code, std::uint64_t value);
  void append_time(Timestamp time);
  std::size_t begin_block(std::uint32_t type);
  void end_block(std::size_t begin);
  void close();

  int descriptor_;
  std::string path_;
  std::vector<std::uint8_t> buffer_;  // whole blocks, but for the one under way
  std::uint64_t flushed_ = 0;
  std::uint32_t interfaces_ = 0;
  std::optional<Error> error_;
};

// Puts secrets in front of all packets of a file that a PcapngWriter wrote. The file is replaced as a whole, or stays
// as it is.
std::expected<void, Error> insert_secrets(const std::string& path, std::string_view key_log);

}  // namespace overhear
