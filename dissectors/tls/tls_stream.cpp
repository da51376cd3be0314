#include "dissectors/tls/tls_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "decrypt/certificate.hpp"
#include "dissectors/app_rules.hpp"
#include "dissectors/tls/tls_rules.hpp"

namespace overhear {

TlsStream::TlsStream(LayerContext& context, TlsConnection& connection, Direction direction, TlsContentSink& sink)
    : context_(context),
      connection_(connection),
      direction_(direction),
      sink_(sink),
      opener_(connection, direction, context.limits),
      handshake_(context.limits.tls_handshake_bytes) {}

void TlsStream::run_to_end() {
  while (step(true)) {
  }
}

bool TlsStream::step(bool is_end) {
  is_waiting_ = false;
  if (is_lost_) return take_rest(is_end);
  if (is_searching_) return search(is_end);
  const std::string_view view = in().view().substr(run_);
  if (view.empty()) return false;
  if (!may_begin_record(view)) {
    flush_run();
    look_for_record(tls_rules::kNotRecord, 0);
    return true;
  }
  const auto header = parse_record_header(view);
  if (!header || view.size() < header->record_bytes()) return false;
  return take_record(*header, view.substr(0, header->record_bytes()), is_end);
}

bool TlsStream::take_record(const TlsRecordHeader& header, std::string_view record, bool is_end) {
  const std::string_view fragment = record.substr(kTlsHeaderBytes);
  switch (header.type) {
    case ContentType::ChangeCipherSpec: return take_change_cipher_spec(record, is_end);
    case ContentType::ApplicationData: return take_protected(header, record, is_end);
    case ContentType::Alert:
      if (is_protected_) return take_protected(header, record, is_end);
      flush_run();
      on_alert(fragment);
      break;
    case ContentType::Handshake:
      if (is_protected_) return take_protected(header, record, is_end);
      flush_run();
      if (opener_.has_started()) {
        report(tls_rules::kUnexpected, "a handshake record in clear behind protected ones", record.size());
      } else {
        on_handshake_fragment(fragment);
      }
      break;
  }
  consume_record(record.size());
  return true;
}

// What follows is protected (RFC 5246, 7.1); in TLS 1.3 it means nothing (RFC 8446, 5).
bool TlsStream::take_change_cipher_spec(std::string_view record, bool is_end) {
  if (!connection_.is_tls13() && waits_for_hello(is_end)) return false;
  flush_run();
  if (!connection_.is_tls13()) {
    is_protected_ = true;
    has_sealed_handshake_ = false;
    handshake_.reset();
    opener_.enter(TlsEpoch::Application);
  }
  event("change_cipher_spec", record.size() - kTlsHeaderBytes);
  consume_record(record.size());
  return true;
}

// Which keys the record at the front has may depend on a hello that is still to come.
bool TlsStream::waits_for_hello(bool is_end) {
  if (!connection_.has_hello(direction_)) connection_.on_hello_missing(direction_);
  if (connection_.is_settled()) return false;
  if (!is_end && in().size() <= context_.limits.message_bytes) {
    is_waiting_ = true;
    return true;
  }
  connection_.on_hello_missing(other(direction_));
  return false;
}

// Whether early data counts is said by the server (RFC 8446, 4.2.10).
bool TlsStream::waits_for_early_data(bool is_end) {
  if (opener_.epoch() != TlsEpoch::Early || connection_.early_data() != TlsConnection::EarlyData::Offered) return false;
  if (!is_end && in().size() <= context_.limits.message_bytes) {
    is_waiting_ = true;
    return true;
  }
  connection_.on_early_data_unknown();
  return false;
}

// A key that opens what stands at the front may still come.
bool TlsStream::waits_for_key(bool is_end) {
  if (is_end || !context_.may_wait || !connection_.may_have_key()) return false;
  context_.lacks_key[static_cast<std::size_t>(direction_)] = true;
  return true;
}

bool TlsStream::take_protected(const TlsRecordHeader& header, std::string_view record, bool is_end) {
  if (waits_for_hello(is_end) || waits_for_early_data(is_end)) return false;
  auto& content = context_.workspace.tls.content;
  content.resize(kMaxRecordBytes);
  const auto opened = opener_.open(as_bytes(record), content, true);
  if (opened) {
    flush_run();
    take_opened(*opened, record.size());
  } else if (!opener_.has_key() && waits_for_key(is_end)) {
    return false;
  } else {
    take_unopened(header, record);
  }
  return true;
}

// The record's content is in the workspace.
void TlsStream::take_opened(const RecordOpener::Opened& opened, std::size_t record_bytes) {
  Carrier& carrier = context_.workspace.tls.carrier;
  carrier.clear();
  in().carried(0, record_bytes, carrier, context_.limits.message_packets);
  consume_record(record_bytes);
  if (!opened.follows) {
    handshake_.reset();
    sink_.on_content_lost(direction_);
  }
  const Bytes content = Bytes(context_.workspace.tls.content).first(opened.size);
  switch (static_cast<ContentType>(opened.type)) {
    case ContentType::ApplicationData: return on_content(opened, content, carrier);
    case ContentType::Handshake: return on_handshake_fragment(as_text(content));
    case ContentType::Alert: return on_alert(as_text(content));
    case ContentType::ChangeCipherSpec: break;
  }
  report(tls_rules::kUnexpected, fmt::format("a record of content type {}", opened.type), record_bytes);
}

void TlsStream::on_content(const RecordOpener::Opened& opened, Bytes content, const Carrier& carrier) {
  // The server's handshake is over, or was not readable.
  if (direction_ == Direction::Server) connection_.on_early_data_unknown();
  const bool is_early = opened.epoch == TlsEpoch::Early;
  if (is_early && connection_.early_data() == TlsConnection::EarlyData::Rejected) {
    if (!std::exchange(has_early_finding_, true)) report(tls_rules::kEarlyRejected);
    return event("early_data_rejected", content.size());
  }
  sink_.on_content(direction_, content, carrier, opened.source);
}

void TlsStream::take_unopened(const TlsRecordHeader& header, std::string_view record) {
  if (opener_.has_key() && opener_.has_opened()) {
    flush_run();
    emit_encrypted(record.size(), &tls_rules::kBadRecord, false);
  } else {
    report_closed();
    if (direction_ == Direction::Server) connection_.on_early_data_unknown();
    if (header.type == ContentType::ApplicationData) {
      add_to_run(record.size());
    } else {
      flush_run();
      if (header.type == ContentType::Handshake && std::exchange(has_sealed_handshake_, true)) {
        report(tls_rules::kRenegotiation, "an encrypted handshake behind the first one");
      }
      event(header.type == ContentType::Alert ? "encrypted_alert" : "encrypted_handshake", header.length);
      consume_record(record.size());
    }
  }
  if (opener_.misses() >= context_.limits.tls_search_records) give_up();
}

// Says once for each stretch of the session why it stays encrypted.
void TlsStream::report_closed() {
  const TlsEpoch epoch = opener_.epoch();
  if (!closed_.insert(epoch).second) return;
  if (opener_.has_key()) {
    return report(tls_rules::kWrongKey, fmt::format("{}: what the key log has opens none of the {}'s records",
                                                    connection_.describe(), to_string(direction_)));
  }
  const bool is_unsupported = connection_.has_hello(Direction::Server) && !connection_.is_supported();
  if (is_unsupported) return;  // said at the hello
  if (!connection_.is_in_key_log() && !connection_.take_first_report()) return;
  report(tls_rules::kNoKey, fmt::format("{}: {}", connection_.describe(), connection_.why_unknown(direction_, epoch)));
}

void TlsStream::on_handshake_fragment(std::string_view fragment) {
  handshake_.feed(
      fragment, [this](HandshakeType type, Bytes body) { on_handshake(type, body); },
      [this](HandshakeType type) { report(tls_rules::kHandshakeLimit, to_string(type)); });
}

void TlsStream::on_handshake(HandshakeType type, Bytes body) {
  switch (type) {
    case HandshakeType::ClientHello: return on_client_hello(body);
    case HandshakeType::ServerHello: return on_server_hello(body);
    case HandshakeType::Certificate: return on_certificate(body);
    case HandshakeType::EncryptedExtensions:
      if (const auto extensions = parse_encrypted_extensions(body)) {
        connection_.on_encrypted_extensions(*extensions);
        return event(to_string(type), body.size(), extensions->protocol);
      }
      report(tls_rules::kMalformed, to_string(type));
      return connection_.on_early_data_unknown();
    case HandshakeType::Finished:
      if (connection_.is_tls13()) opener_.enter(TlsEpoch::Application);
      break;
    case HandshakeType::EndOfEarlyData: opener_.enter(TlsEpoch::Handshake); break;
    case HandshakeType::KeyUpdate:
      if (connection_.is_tls13()) opener_.update_keys();
      break;
    case HandshakeType::HelloRequest:
    case HandshakeType::NewSessionTicket:
    case HandshakeType::ServerKeyExchange:
    case HandshakeType::CertificateRequest:
    case HandshakeType::ServerHelloDone:
    case HandshakeType::CertificateVerify:
    case HandshakeType::ClientKeyExchange: break;
  }
  event(to_string(type), body.size());
}

void TlsStream::on_client_hello(Bytes body) {
  const auto hello = parse_client_hello(body);
  if (!hello || direction_ != Direction::Client) {
    return report(hello ? tls_rules::kUnexpected : tls_rules::kMalformed, "a ClientHello");
  }
  if (opener_.has_started()) report(tls_rules::kRenegotiation);
  connection_.on_client_hello(*hello);
  std::string detail(hello->server_name);
  if (!hello->protocols.empty()) detail += fmt::format("{}ALPN {}", detail.empty() ? "" : ", ", hello->protocols);
  if (hello->offers_early_data) detail += detail.empty() ? "early data" : ", early data";
  event("client_hello", body.size(), detail);
}

void TlsStream::on_server_hello(Bytes body) {
  const auto hello = parse_server_hello(body);
  if (!hello || direction_ != Direction::Server) {
    return report(hello ? tls_rules::kUnexpected : tls_rules::kMalformed, "a ServerHello");
  }
  connection_.on_server_hello(*hello);
  if (hello->is_retry) return event("hello_retry_request", body.size());
  event("server_hello", body.size(), connection_.agreement());
  if (!connection_.is_supported()) {
    report(tls_rules::kUnsupported, fmt::format("{}: this is not opened, whatever the key", connection_.describe()));
  }
}

void TlsStream::on_certificate(Bytes body) {
  const auto certificate = parse_certificate(body, connection_.is_tls13());
  if (!certificate) return report(tls_rules::kMalformed, "a certificate");
  std::string subject = certificate->empty() ? std::string() : certificate_subject(*certificate);
  event("certificate", body.size(), subject);
  if (direction_ == Direction::Server) connection_.on_server_certificate(std::move(subject));
}

void TlsStream::on_alert(std::string_view alert) {
  if (alert.size() != 2) return event("encrypted_alert", alert.size());
  const auto level = static_cast<std::uint8_t>(alert[0]);
  const auto description = static_cast<std::uint8_t>(alert[1]);
  const std::string text = describe_alert(level, description);
  event("alert", alert.size(), text);
  const bool is_close_notify = description == 0;
  if (level == 2 && !is_close_notify) {
    report(tls_rules::kAlert, fmt::format("the {} ends the session: {}", to_string(direction_), text));
  }
}

void TlsStream::on_turn() {
  if (is_lost_) run_to_end();
  flush_run();
}

// Bytes that belong to no record that opens.
bool TlsStream::take_rest(bool is_end) {
  const std::size_t run = context_.limits.opaque_run_bytes;
  if (in().empty() || (in().size() < run && !is_end)) return false;
  emit_encrypted(std::min(run, in().size()), nullptr, true);
  return true;
}

void TlsStream::add_to_run(std::size_t record_bytes) {
  if (run_ + record_bytes > context_.limits.opaque_run_bytes) flush_run();
  run_ += record_bytes;
}

void TlsStream::flush_run() {
  if (run_ > 0) emit_encrypted(std::exchange(run_, 0), nullptr, true);
}

void TlsStream::emit_encrypted(std::size_t length, const Rule* rule, bool boundaries_unknown) {
  FindingList findings;
  if (rule != nullptr) findings.add(*rule).bytes = length;
  Unit unit;
  unit.bytes = in().view().substr(0, length);
  unit.is_encrypted = true;
  unit.boundaries_unknown = boundaries_unknown;
  unit.findings = &findings;
  emit_unit(context_, direction_, length, unit);
}

void TlsStream::consume_record(std::size_t record_bytes) {
  in().consume(record_bytes);
}

void TlsStream::report(const Rule& rule, std::string text, std::optional<std::uint64_t> bytes) {
  Finding finding{.rule = &rule, .spec = {}, .text = std::move(text), .field = {}, .bytes = bytes};
  context_.sink.on_finding(direction_, finding);
}

void TlsStream::event(std::string_view name, std::size_t size, std::string_view detail) {
  context_.sink.on_event(direction_, "tls", name, size, detail);
}

void TlsStream::on_gap(std::uint64_t missing) {
  if (is_searching_) run_to_end();
  flush_run();
  is_waiting_ = false;
  const std::size_t held = in().size();
  if (held > 0) emit_encrypted(held, &app_rules::kPartial, true);
  handshake_.reset();
  if (is_lost_) return;
  opener_.on_loss(missing + held);
  if (!connection_.has_hello(direction_)) connection_.on_hello_missing(direction_);
  sink_.on_content_lost(direction_);
  look_for_record(tls_rules::kLoss, missing);
}

void TlsStream::look_for_record(const Rule& why, std::uint64_t bytes) {
  if (bytes > 0) {
    report(why, {}, bytes);
  } else {
    report(why);
  }
  if (direction_ == Direction::Server) connection_.on_early_data_unknown();
  is_searching_ = true;
  searched_ = 0;
  tried_ = 0;
}

// Looks for a record that opens. Its place in the stream and its number are both proven by that.
bool TlsStream::search(bool is_end) {
  if (in().empty()) return false;
  if (waits_for_hello(is_end) || waits_for_early_data(is_end)) return false;
  if (!opener_.can_open()) {
    if (waits_for_key(is_end)) return false;
    report_closed();
    is_searching_ = false;
    is_lost_ = true;
    return true;
  }
  auto& content = context_.workspace.tls.content;
  content.resize(kMaxRecordBytes);
  for (;; ++searched_) {
    const std::string_view view = in().view().substr(searched_);
    if (view.empty()) break;
    if (!may_begin_record(view)) continue;
    const auto header = parse_record_header(view);
    if (!header || view.size() < header->record_bytes()) {
      if (!is_end) break;
      continue;
    }
    const std::string_view record = view.substr(0, header->record_bytes());
    if (const auto opened = opener_.open(as_bytes(record), content, false)) {
      const std::size_t size = record.size();
      pass_over(searched_);
      searched_ = 0;
      is_searching_ = false;
      is_protected_ = !connection_.is_tls13();
      report(tls_rules::kFound);
      take_opened(*opened, size);
      return true;
    }
    if (++tried_ < context_.limits.tls_search_records) continue;
    give_up();
    return true;
  }
  const std::size_t run = context_.limits.opaque_run_bytes;
  const std::size_t passed = is_end ? in().size() : searched_ / run * run;
  pass_over(passed);
  searched_ -= std::min(passed, searched_);
  return false;
}

void TlsStream::pass_over(std::size_t length) {
  while (length > 0) {
    const std::size_t part = std::min(length, context_.limits.opaque_run_bytes);
    emit_encrypted(part, &app_rules::kPartial, true);
    length -= part;
  }
}

void TlsStream::give_up() {
  flush_run();
  report(tls_rules::kLost, fmt::format("none of {} records opens: the rest of what the {} sends stays encrypted",
                                       context_.limits.tls_search_records, to_string(direction_)));
  sink_.on_content_lost(direction_);
  is_searching_ = false;
  is_lost_ = true;
}

void TlsStream::on_end() {
  run_to_end();
  flush_run();
  if (!connection_.has_hello(direction_)) connection_.on_hello_missing(direction_);
  if (direction_ == Direction::Server) connection_.on_early_data_unknown();
  if (in().empty()) return;
  if (opener_.has_started()) return emit_encrypted(in().size(), &app_rules::kPartial, true);
  emit_opaque(context_, direction_, in().size(), app_rules::kPartial);
}

}  // namespace overhear
