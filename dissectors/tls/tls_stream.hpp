// One direction of a TLS connection: records in, the content of application data out. What cannot be opened is shown as
// encrypted: in runs where there is no key, one by one where a key fits and a record is bad. Behind a loss the next
// record is looked for, and known by its opening.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dissectors/layer.hpp"
#include "dissectors/tls/handshake_reader.hpp"
#include "dissectors/tls/record_opener.hpp"
#include "dissectors/tls/tls_connection.hpp"
#include "dissectors/tls/tls_record.hpp"

namespace overhear {

// Whom a stream gives what it has opened.
class TlsContentSink {
 public:
  virtual ~TlsContentSink() = default;

  // `content` is valid during the call; the records that carried it came in `carrier`.
  virtual void on_content(Direction direction, Bytes content, const Carrier& carrier, KeySource source) = 0;
  // Content may be missing between what came before and what comes next.
  virtual void on_content_lost(Direction direction) = 0;
};

class TlsStream {
 public:
  TlsStream(LayerContext& context, TlsConnection& connection, Direction direction, TlsContentSink& sink);

  // Takes one record, or one decision; false where more is needed.
  bool step() { return step(false); }
  void on_gap(std::uint64_t missing);
  void on_end();
  std::size_t held() const { return handshake_.held(); }
  // The other side speaks: a run of encrypted records ends here.
  void on_turn();

  // A record waits for what the other side's stream has to tell.
  bool is_waiting() const { return is_waiting_; }

 private:
  void run_to_end();
  bool step(bool is_end);
  bool take_record(const TlsRecordHeader& header, std::string_view record, bool is_end);
  bool take_change_cipher_spec(std::string_view record, bool is_end);
  bool take_protected(const TlsRecordHeader& header, std::string_view record, bool is_end);
  bool waits_for_hello(bool is_end);
  bool waits_for_early_data(bool is_end);
  bool waits_for_key(bool is_end);
  std::optional<RecordOpener::Opened> open(std::string_view record, bool is_found);
  void take_opened(const RecordOpener::Opened& opened, std::size_t record_bytes);
  void take_unopened(const TlsRecordHeader& header, std::string_view record);
  bool take_rest(bool is_end);
  void on_handshake_fragment(std::string_view fragment);
  void on_handshake(HandshakeType type, Bytes body);
  void on_client_hello(Bytes body);
  void on_server_hello(Bytes body);
  void on_certificate(Bytes body);
  void on_alert(std::string_view alert);
  void on_content(const RecordOpener::Opened& opened, Bytes content, const Carrier& carrier);

  void look_for_record(const Rule& why, std::optional<std::uint64_t> bytes);
  bool search(bool is_end);
  void pass_over(std::size_t length);
  void give_up();

  void add_to_run(std::size_t record_bytes);
  void flush_run();
  void emit_encrypted(std::size_t length, const Rule* rule, bool boundaries_unknown);
  void report(const Rule& rule, std::string text = {}, std::optional<std::uint64_t> bytes = {});
  void report_closed();
  void event(std::string_view name, std::size_t size, std::string_view detail = {});

  StreamBuffer& in() { return context_.streams[direction_]; }

  LayerContext& context_;
  TlsConnection& connection_;
  Direction direction_;
  TlsContentSink& sink_;
  RecordOpener opener_;
  HandshakeReader handshake_;
  bool is_protected_ = false;  // TLS 1.2: a ChangeCipherSpec went by
  bool has_sealed_handshake_ = false;
  bool is_waiting_ = false;
  bool is_searching_ = false;  // the next record must be found
  bool is_lost_ = false;       // it was not, or cannot be: the rest stays encrypted
  bool has_early_finding_ = false;
  std::array<bool, 3> is_closed_{};  // by epoch: it was told that there is no key, or a wrong one
  std::size_t run_ = 0;              // bytes at the front that are records which do not open
  std::size_t searched_ = 0;         // bytes at the front in which no record begins that opens
  std::size_t tried_ = 0;            // records that did not open in this search
};

}  // namespace overhear
