#include "session/rules.hpp"

#include <algorithm>
#include <vector>

#include "capture/file_rules.hpp"
#include "capture/ip_rules.hpp"
#include "capture/tcp_rules.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/http/http_rules.hpp"
#include "dissectors/json/json_rules.hpp"
#include "dissectors/proxy_protocol/proxy_header.hpp"
#include "dissectors/registry.hpp"
#include "dissectors/tls/tls_rules.hpp"
#include "dissectors/websocket/ws_rules.hpp"
#include "session/key_rules.hpp"
#include "session/proxy_rules.hpp"

namespace overhear {

std::span<const RuleGroup> rule_groups() {
  static const std::vector<RuleGroup> kGroups = [] {
    std::vector<RuleGroup> groups{{"file", "capture files", file_rules::kAll},
                                  {"keys", "key logs", key_rules::kAll},
                                  {"ip", "IP and TCP headers", ip_rules::kAll},
                                  {"tcp", "TCP reassembly", tcp_rules::kAll},
                                  {"proxy_protocol", "the PROXY protocol", proxy_header_rules::kAll},
                                  {"proxy", "connections through overhear proxy", proxy_rules::kAll},
                                  {"tls", "TLS", tls_rules::kAll},
                                  {"http", "HTTP", http_rules::kAll},
                                  {"ws", "WebSocket", ws_rules::kAll},
                                  {"json", "JSON", json_rules::kAll},
                                  {"app", "messages of every protocol", app_rules::kAll}};
    for (const Protocol* protocol : all_protocols()) {
      groups.push_back({protocol->name, protocol->title, protocol->rules});
    }
    return groups;
  }();
  return kGroups;
}

const RuleGroup* find_rule_group(std::string_view name) {
  const auto groups = rule_groups();
  const auto found = std::ranges::find(groups, name, &RuleGroup::name);
  return found == groups.end() ? nullptr : &*found;
}

std::span<const std::string_view> finding_codes() {
  static const std::vector<std::string_view> kCodes = [] {
    std::vector<std::string_view> codes;
    for (const RuleGroup& group : rule_groups()) {
      for (const Rule* rule : group.rules) codes.push_back(rule->code);
    }
    std::ranges::sort(codes);
    const auto twice = std::ranges::unique(codes);
    codes.erase(twice.begin(), twice.end());
    return codes;
  }();
  return kCodes;
}

}  // namespace overhear
