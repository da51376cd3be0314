// Opens the protected records of one direction: keeps what they are sealed with at the moment and their sequence
// number, and finds both again where records were lost or damaged. That a record opens is the proof.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/limits.hpp"
#include "dissectors/tls/tls_connection.hpp"

namespace overhear {

class RecordOpener {
 public:
  struct Opened {
    std::uint8_t type = 0;  // ContentType
    std::size_t size = 0;   // of the content
    TlsEpoch epoch = TlsEpoch::Application;
    KeySource source = KeySource::File;
    bool follows = true;  // the record opened before, without one between them that did not open
  };

  // Both outlive this.
  RecordOpener(TlsConnection& connection, Direction direction, const Limits& limits)
      : connection_(connection), direction_(direction), limits_(limits), credit_(limits.tls_search_bytes) {}

  // The records that follow are sealed anew, the first with number 0.
  void enter(TlsEpoch epoch);
  void update_keys();  // RFC 8446, 4.6.3

  // Opens a record into `out`, which has room for as many bytes. A record that stands in its place counts even if it
  // does not open; while the place is looked for (`is_found` false) it does not.
  std::optional<Opened> open(Bytes record, std::span<std::uint8_t> out, bool is_found);
  // So many bytes of records were lost.
  void on_loss(std::uint64_t missing);

  bool has_started() const { return !states_.empty(); }
  TlsEpoch epoch() const { return has_started() ? states_.front().epoch : first_epoch(); }
  // Whether there is a key for what comes now.
  bool has_key() const { return has_started() && states_.front().cipher.has_value(); }
  // Whether there is a key for what comes now or later.
  bool can_open();
  bool has_opened() const { return has_opened_; }
  // Records in a row that did not open, though there was a key.
  std::size_t misses() const { return misses_; }

 private:
  TlsEpoch first_epoch() const;
  void look_ahead();
  std::optional<Opened> try_at(std::size_t state, std::uint64_t sequence, Bytes record, std::span<std::uint8_t> out);
  std::optional<Opened> search(Bytes record, std::span<std::uint8_t> out, std::uint64_t tried);

  TlsConnection& connection_;
  Direction direction_;
  const Limits& limits_;
  // The first is that of now. Those behind it may have begun unseen, or are of other suites.
  std::vector<TlsReadState> states_;
  bool has_looked_ahead_ = false;
  std::uint64_t revision_ = 0;  // of the keys, when it was looked ahead
  bool has_opened_ = false;
  std::size_t misses_ = 0;
  std::size_t lost_ = 0;  // records that may have been lost, at most
  std::uint64_t
      credit_;  // bytes that may still be tried, so that whoever wrote the capture cannot choose how much work
};

}  // namespace overhear
