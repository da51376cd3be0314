#include "dissectors/detection.hpp"

#include <algorithm>

#include "dissectors/framing/first_bytes.hpp"
#include "dissectors/http/http_head.hpp"
#include "dissectors/registry.hpp"
#include "dissectors/tls/tls_record.hpp"

namespace overhear {
namespace {

// Which layer reads a connection of this protocol that does not begin with HTTP.
Carriage carriage_of(const Protocol& protocol, FirstBytes first, bool is_midstream) {
  switch (protocol.framing) {
    case StreamFraming::Mcp: return Carriage::Mcp;
    case StreamFraming::WebSocket:
      return first == FirstBytes::Unknown || is_midstream ? Carriage::WebSocket : Carriage::Plain;
    case StreamFraming::Json:
    case StreamFraming::LengthPrefix: return Carriage::Plain;
  }
  return Carriage::Plain;
}

}  // namespace

Recognized recognize(const JsonIndex& json, const Protocol* preferred) {
  Recognized best;
  if (json.root().kind != JsonKind::Object) return best;
  for (const Protocol* protocol : all_protocols()) {
    const Recognition found = protocol->recognize(json);
    const bool is_better =
        found.evidence > best.recognition.evidence ||
        (found.evidence == best.recognition.evidence && found.evidence != Evidence::None && protocol == preferred);
    if (is_better) best = {protocol, found};
  }
  return best;
}

std::optional<Verdict> Detector::look(std::string_view text, const Hints& hints, const Limits& limits, JsonIndex& json,
                                      bool is_end) {
  // What TLS carries, which is what the user and the port speak of, is found out when it is opened.
  const auto is_tls = hints.is_inside_tls ? false : looks_like_tls(text, hints.is_midstream);
  if (!is_tls && !is_end) return std::nullopt;
  if (is_tls.value_or(false)) return Verdict{Carriage::Tls, hints.forced, sender_of_hello(text), false};
  const auto is_http = looks_like_http(text);
  if (!is_http && !is_end) return std::nullopt;
  if (is_http.value_or(false)) {
    return Verdict{Carriage::Http, hints.forced,
                   text.substr(empty_lines(text)).starts_with("HTTP/") ? Direction::Server : Direction::Client, false};
  }
  const auto first = framing_of(text);
  if (!first && !is_end) return std::nullopt;
  const FirstBytes kind = first.value_or(FirstBytes::Unknown);
  if (hints.forced != nullptr) {
    return Verdict{carriage_of(*hints.forced, kind, hints.is_midstream), hints.forced, std::nullopt, false};
  }
  if (kind == FirstBytes::Json) {
    auto verdict = look_at_object(text, hints, limits, json, is_end);
    // Behind a loss an object may be a part of a message: only what is clearly a message tells.
    if (!hints.is_midstream || !verdict || verdict->is_recognized) return verdict;
  }
  if (kind == FirstBytes::LengthPrefix) {
    return Verdict{Carriage::Plain, nullptr, std::nullopt, false, StreamFraming::LengthPrefix};
  }
  if (kind == FirstBytes::Zlib) return Verdict{Carriage::Plain, nullptr, std::nullopt, false};
  if (hints.by_port == nullptr) {
    return Verdict{kind == FirstBytes::Json ? Carriage::Plain : Carriage::Opaque, nullptr, std::nullopt, false};
  }
  return Verdict{carriage_of(*hints.by_port, kind, hints.is_midstream), hints.by_port, std::nullopt, false};
}

std::optional<Verdict> Detector::look_at_object(std::string_view text, const Hints& hints, const Limits& limits,
                                                JsonIndex& json, bool is_end) {
  const std::string_view object = text.substr(text.find('{'));
  if (!object_) object_.emplace(limits);
  const auto status = object_->scan(object);
  if (status == JsonProgress::Status::NeedMore && !is_end && object.size() <= limits.message_bytes) return std::nullopt;
  Verdict verdict{Carriage::Plain, hints.by_port, std::nullopt, false};
  if (status == JsonProgress::Status::Whole &&
      json.parse(object.substr(0, object_->length()), limits) == JsonIndex::Status::Valid) {
    const Recognized found = recognize(json, hints.by_port);
    if (found.protocol != nullptr) {
      verdict.protocol = found.protocol;
      verdict.is_recognized = found.recognition.evidence == Evidence::Strong;
      verdict.sender = found.recognition.sender;
    }
  }
  if (verdict.protocol != nullptr) verdict.carriage = carriage_of(*verdict.protocol, FirstBytes::Json, false);
  return verdict;
}

}  // namespace overhear
