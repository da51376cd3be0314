#include "cli/message_color.hpp"

#include "cli/text_line.hpp"

namespace overhear {
namespace {

struct ProtocolColor {
  std::string_view protocol;
  std::string_view code;
};
constexpr ProtocolColor kProtocolColors[] = {{"cchat", "\x1b[36m"},      {"mcp", "\x1b[32m"},
                                             {"chatmaster", "\x1b[35m"}, {"scrp", "\x1b[34m"},
                                             {"gradagenda", "\x1b[33m"}, {"data", "\x1b[2m"}};

}  // namespace

std::string_view color_of_protocol(std::string_view protocol) {
  for (const auto& [name, code] : kProtocolColors) {
    if (name == protocol) return code;
  }
  return {};
}

std::string_view color_of(Severity severity) {
  switch (severity) {
    case Severity::Note: return color::kBlue;
    case Severity::Warning: return color::kYellow;
    case Severity::Error: return color::kRed;
  }
  return {};
}

}  // namespace overhear
