#include "ui/model/message_detail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "dissectors/protocol.hpp"
#include "session/table/secrets.hpp"
#include "session/text/finding_text.hpp"
#include "session/text/json_layout.hpp"
#include "session/text/message_text.hpp"
#include "session/text/printable_text.hpp"
#include "ui/model/time_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kShownPackets = 12;
constexpr std::size_t kShownJson = 1u << 20;  // bytes that are laid out
constexpr std::size_t kMostLines = 65'536;    // of packets

std::string packets_text(std::span<const std::uint64_t> packets) {
  if (packets.empty()) return {};
  std::string text = packets.size() == 1 ? "packet" : "packets";
  for (const std::uint64_t packet : packets.first(std::min(packets.size(), kShownPackets))) {
    text += fmt::format(" {}", packet);
  }
  return packets.size() > kShownPackets ? text + " …" : text;
}

std::string facts_text(const Message& message) {
  std::string text = fmt::format("{} → {}   {}   {} bytes", message.source_text, message.destination_text,
                                 full_time_text(message.time), message.size);
  if (message.reply_to) {
    text +=
        fmt::format("   answers {}.{} after {}", message.session, *message.reply_to, duration_text(message.latency_ns));
  }
  if (message.delivered_from) {
    text += fmt::format("   brings {}.{}", message.delivered_from->session, message.delivered_from->number);
  }
  if (!message.decrypted.empty()) {
    text +=
        fmt::format("   decrypted by {}{}{}", message.decrypted, message.variant.empty() ? "" : ", ", message.variant);
  }
  const std::string packets = packets_text(message.packets);
  return packets.empty() ? text : text + "   " + packets;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line;
    append_printable(line, std::string_view(text).substr(at, end - at));
    lines.push_back(std::move(line));
    at = end + 1;
  }
  return lines;
}

// Without secrets where those are masked.
std::string shown_json(const Message& message, bool show_secrets) {
  std::string json;
  append_json(json, *message.json, message.json->root(), !show_secrets);
  if (json.size() <= kShownJson && is_json(json)) return indented_json(json);
  return json.substr(0, kShownJson);
}

bool is_in(const std::vector<ByteRange>& ranges, std::size_t offset) {
  return std::ranges::any_of(ranges,
                             [&](const ByteRange& range) { return offset >= range.first && offset < range.second; });
}

}  // namespace

MessageDetail detail_of(const Message& message, bool show_secrets) {
  MessageDetail detail;
  detail.head =
      fmt::format("{}.{}  {}  {}", message.session, message.number, message.protocol->name, type_text(message));
  if (message.type_spec != nullptr && !message.type_spec->meaning.empty()) {
    detail.head += fmt::format(" — {}", message.type_spec->meaning);
  }
  append_printable(detail.facts, facts_text(message));
  append_printable(detail.content, message.content);
  detail.body = message.body;
  detail.packets.assign(message.packets.begin(), message.packets.end());
  for (const auto findings : {message.findings, message.action_findings}) {
    for (const Finding& finding : findings) {
      FindingText& text = detail.findings.emplace_back();
      text.severity = finding.rule->severity;
      text.text = fmt::format("{} {}  ", mark_of(text.severity), finding.rule->code);
      append_printable(text.text, cited_text(finding));
    }
  }
  if (message.json != nullptr) detail.json_lines = lines_of(shown_json(message, show_secrets));
  return detail;
}

std::string hex_line(std::string_view bytes, std::size_t line, const std::vector<ByteRange>& hidden) {
  std::string text(kHexTextColumn + kHexBytesPerLine, ' ');
  const std::string offset = fmt::format("{:06x}", line * kHexBytesPerLine);
  std::ranges::copy(offset, text.begin());
  for (std::size_t i = 0; i < kHexBytesPerLine && line * kHexBytesPerLine + i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[line * kHexBytesPerLine + i]);
    const bool is_hidden = is_in(hidden, line * kHexBytesPerLine + i);
    const std::string hex = is_hidden ? ".." : fmt::format("{:02x}", byte);
    std::ranges::copy(hex, text.begin() + static_cast<std::ptrdiff_t>(hex_column(i)));
    text[kHexTextColumn + i] = is_hidden || byte < 0x20 || byte > 0x7e ? '.' : static_cast<char>(byte);
  }
  return text;
}

std::string hex_dump(std::string_view bytes, const std::vector<ByteRange>& hidden) {
  std::string text;
  for (std::size_t line = 0; line * kHexBytesPerLine < bytes.size(); ++line)
    text += hex_line(bytes, line, hidden) + "\n";
  return text;
}

std::string masked_part(std::string_view body, ByteRange part, const std::vector<ByteRange>& hidden) {
  std::string text;
  std::size_t at = part.first;
  for (const auto& [begin, end] : hidden) {  // in the order of the body
    if (begin < at || end > part.second) continue;
    text.append(body.substr(at, begin - at)).append("\"").append(kSecretMask).append("\"");
    at = end;
  }
  return text.append(body.substr(at, part.second - at));
}

std::vector<std::string> packet_lines(const std::vector<FetchedPacket>& packets) {
  std::vector<std::string> lines;
  for (const FetchedPacket& packet : packets) {
    if (lines.size() >= kMostLines) break;
    if (!lines.empty()) lines.emplace_back();
    lines.push_back(
        fmt::format("packet {}, {} bytes, {}", packet.number, packet.bytes.size(), full_time_text({packet.time_ns})));
    for (std::size_t line = 0; line * kHexBytesPerLine < packet.bytes.size(); ++line) {
      lines.push_back(hex_line(packet.bytes, line, {}));
    }
  }
  return lines;
}

}  // namespace overhear
