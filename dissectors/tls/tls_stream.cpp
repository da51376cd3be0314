#include "dissectors/tls/tls_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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
    look_for_record(tls_rules::kNotRecord, {});
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
  in().consume(record.size());
  return true;
}

// What follows is protected (RFC 5246, 7.1); in TLS 1.3 it means nothing (RFC 8446, 5).
bool TlsStream::take_change_cipher_spec(std::string_view record, bool is_end) {
  if (!connection_.is_tls13() && waits_for_hello(is_end)) return false;
  if (connection_.is_version_unknown() && waits_for_key(is_end)) return false;
  flush_run();
  if (!connection_.is_tls13()) {
    is_protected_ = true;
    has_sealed_handshake_ = false;
    handshake_.reset();
    opener_.enter(TlsEpoch::Application);
  }
  event("change_cipher_spec", record.size() - kTlsHeaderBytes);
  in().consume(record.size());
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
  const auto opened = open(record, true);
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

// Opens a record into the workspace.
std::optional<RecordOpener::Opened> TlsStream::open(std::string_view record, bool is_found) {
  auto& content = context_.workspace.tls.content;
  content.resize(kMaxRecordBytes);
  const bool was_known = connection_.suite() != nullptr;
  const auto opened = opener_.open(as_bytes(record), content, is_found);
  if (opened && !was_known) {
    report(tls_rules::kSuiteFound, fmt::format("{}: the server's hello was not captured; that this opens the records "
                                               "was found by trying",
                                               connection_.describe()));
  }
  return opened;
}

// The record's content is in the workspace.
void TlsStream::take_opened(const RecordOpener::Opened& opened, std::size_t record_bytes) {
  Carrier& carrier = context_.workspace.tls.carrier;
  carrier.clear();
  in().carried(0, record_bytes, carrier, context_.limits.message_packets);
  in().consume(record_bytes);
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
      in().consume(record.size());
    }
  }
  if (opener_.misses() >= context_.limits.tls_search_records) give_up();
}

// Says once for each stretch of the session why it stays encrypted.
void TlsStream::report_closed() {
  const TlsEpoch epoch = opener_.epoch();
  if (std::exchange(is_closed_[static_cast<std::size_t>(epoch)], true)) return;
  if (opener_.has_key()) {
    return report(tls_rules::kWrongKey, fmt::format("{}: what the key log has opens none of the {}'s records",
                                                    connection_.describe(), to_string(direction_)));
  }
  const bool is_unsupported = connection_.has_hello(Direction::Server) && !connection_.is_supported();
  if (is_unsupported) return;  // said at the hello
  const bool is_about_session = !connection_.is_in_key_log();
  if (is_about_session && !connection_.take_first_report()) return;
  Finding finding{.rule = &tls_rules::kNoKey,
                  .spec = {},
                  .text = fmt::format("{}: {}", connection_.describe(), connection_.why_unknown(direction_, epoch)),
                  .field = {},
                  .bytes = {}};
  context_.sink.on_finding(is_about_session ? std::nullopt : std::optional(direction_), finding);
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
