#include "session/draft_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/json/json_check.hpp"
#include "dissectors/json/json_rules.hpp"
#include "dissectors/protocol.hpp"
#include "session/text/finding_text.hpp"

namespace overhear {
namespace {

// As editors count: from 1, columns in characters.
std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line = before.rfind('\n') + 1;  // npos: the first one
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return fmt::format("line {}, column {}", std::ranges::count(before, '\n') + 1,
                     std::ranges::count_if(before.substr(line), is_start) + 1);
}

void dissect(const Protocol& protocol, Direction from, const JsonIndex& json, const Limits& limits,
             FindingList& findings) {
  Dissection dissection;
  protocol.make_dissector({&limits, nullptr})->dissect(json, from, dissection);
  if (const MessageType* const type = dissection.type_spec) {
    const bool may_send = from == Direction::Client ? type->from_client : type->from_server;
    if (!may_send) findings.add(app_rules::kWrongSender).spec = type->section;
  }
  findings.take(dissection.findings);
  findings.take(dissection.action_findings);
}

}  // namespace

std::vector<std::string> check_draft(const Protocol* protocol, Direction from, std::string_view text,
                                     const Limits& limits) {
  JsonIndex json;
  const JsonIndex::Status status = json.parse(text, limits);
  if (status == JsonIndex::Status::Invalid || status == JsonIndex::Status::Incomplete) {
    return {fmt::format("{}: {} ({})", place_of(text, json.error_offset()), json.error(), json_rules::kInvalid.spec)};
  }
  FindingList findings;
  check_json(json, text.size(), findings);
  const bool is_known = protocol != nullptr && protocol->make_dissector != nullptr;
  if (is_known && status == JsonIndex::Status::Valid && json.root().kind == JsonKind::Object) {
    dissect(*protocol, from, json, limits, findings);
  }
  std::vector<std::string> lines;
  for (const Finding& finding : findings.items()) {
    if (!is_known || finding.rule != protocol->by_session) lines.push_back(cited_text(finding));
  }
  if (is_known && protocol->over_frame_limit != nullptr && text.size() > protocol->frame_limit) {
    lines.push_back(fmt::format("{} bytes, and a frame may carry {}: too much unless it is compressed ({})",
                                text.size(), protocol->frame_limit, protocol->over_frame_limit->spec));
  }
  return lines;
}

}  // namespace overhear
