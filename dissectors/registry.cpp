#include "dissectors/registry.hpp"

#include <algorithm>

#include "dissectors/cchat/cchat.hpp"
#include "dissectors/chatmaster/chatmaster.hpp"
#include "dissectors/gradagenda/gradagenda.hpp"
#include "dissectors/mcp/mcp.hpp"
#include "dissectors/scrp/scrp.hpp"

namespace overhear {
namespace {

constexpr const Protocol* kProtocols[] = {&cchat::kProtocol, &mcp::kProtocol, &chatmaster::kProtocol, &scrp::kProtocol,
                                          &gradagenda::kProtocol};

constexpr Protocol make_data() {
  Protocol data;
  data.name = "data";
  data.title = "bytes of no known protocol";
  return data;
}
constexpr Protocol kData = make_data();

}  // namespace

std::span<const Protocol* const> all_protocols() {
  return kProtocols;
}

const Protocol* find_protocol(std::string_view name) {
  const auto found = std::ranges::find(kProtocols, name, [](const Protocol* p) { return p->name; });
  return found == std::end(kProtocols) ? nullptr : *found;
}

const Protocol* protocol_of_port(std::uint16_t port) {
  for (const Protocol* protocol : kProtocols) {
    if (std::ranges::find(protocol->ports, port) != protocol->ports.end()) return protocol;
  }
  return nullptr;
}

const Protocol& data_protocol() {
  return kData;
}

}  // namespace overhear
