#include "capture/capture_file.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/utf8.hpp"
#include "capture/byte_reader.hpp"
#include "capture/file_log.hpp"
#include "capture/pcap_reader.hpp"
#include "capture/pcap_record.hpp"
#include "capture/pcapng_blocks.hpp"
#include "capture/pcapng_format.hpp"
#include "capture/pcapng_reader.hpp"

namespace overhear {

namespace {

struct Compression {
  std::string_view magic;
  std::string_view name;
  std::string_view command;
};

constexpr std::array kCompressions{Compression{"\x1f\x8b", "gzip", "gunzip -c"},
                                   Compression{"\x28\xb5\x2f\xfd", "zstd", "zstd -dc"},
                                   Compression{"\xfd"
                                               "7zXZ",
                                               "xz", "xz -dc"}};

Error input_error(std::string message) {
  return {ErrorKind::Input, std::move(message)};
}

Error not_a_capture(const ByteReader& reader, const std::string& path) {
  const std::string_view start = as_text(reader.view());
  if (start.empty()) return input_error(fmt::format("{} is no capture file: it is empty", reader.name()));
  for (const Compression& compression : kCompressions) {
    if (!start.starts_with(compression.magic)) continue;
    const std::string source = path == "-" ? "" : " " + reader.name();
    return input_error(fmt::format("{} is compressed with {}; decompress it first: {}{} | overhear read -",
                                   reader.name(), compression.name, compression.command, source));
  }
  constexpr std::size_t kShown = 16;
  return input_error(fmt::format("{} is no capture file: neither pcap nor pcapng (it starts with \"{}\")",
                                 reader.name(), utf8_prefix(start, kShown)));
}

class NoEvents final : public CaptureEvents {
 public:
  void on_finding(Finding&, const Stamp&) override {}
  void on_secrets(std::uint32_t, Bytes) override {}
};

}  // namespace

std::expected<std::unique_ptr<CaptureFile>, Error> open_capture_file(const std::string& path, CaptureEvents& events,
                                                                     const Limits& limits,
                                                                     std::function<bool()> wait_for_more) {
  std::expected<ByteReader, Error> reader = ByteReader::open(path, std::move(wait_for_more));
  if (reader) reader->on_expiry([&events] { events.on_expiry(); });
  if (!reader) return std::unexpected(std::move(reader.error()));
  reader->require(PcapFormat::kFileHeader);
  if (reader->error()) return std::unexpected(*reader->error());
  if (is_pcap_magic(reader->view())) return PcapReader::open(std::move(*reader), events, limits);
  if (!pcapng::is_section_header(reader->view())) return std::unexpected(not_a_capture(*reader, path));
  constexpr std::size_t kLeastSection = 28;
  if (!reader->require(kLeastSection)) {
    return std::unexpected(
        input_error(fmt::format("{} is no capture file: it ends inside the pcapng section header "
                                "({} of {} bytes)",
                                reader->name(), reader->available(), kLeastSection)));
  }
  return std::make_unique<PcapngReader>(std::move(*reader), events, limits);
}

std::expected<bool, Error> scan_secrets(const std::string& path, const SecretsHandler& on_secrets,
                                        const Limits& limits) {
  // Asked before opening: a named pipe that is opened and closed again would kill its writer.
  std::error_code ignored;
  if (path == "-" || !std::filesystem::is_regular_file(path, ignored)) return false;
  std::expected<ByteReader, Error> reader = ByteReader::open(path);
  if (!reader) return std::unexpected(std::move(reader.error()));
  reader->require(pcapng::kBlockFrame);
  if (!pcapng::is_section_header(reader->view())) return true;
  NoEvents events;
  FileLog log(events);
  PcapngBlocks blocks(std::move(*reader), limits, log);
  PcapngBlock block;
  while (true) {
    const std::expected<bool, Error> got = blocks.next(block);
    if (!got) return std::unexpected(got.error());
    if (!*got) return true;
    if (block.type != pcapng::kDecryptionSecrets) continue;
    if (const std::optional<PcapngSecrets> secrets = parse_secrets(block)) on_secrets(secrets->type, secrets->bytes);
  }
}

}  // namespace overhear
