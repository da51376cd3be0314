#include "dissectors/tls/record_opener.hpp"

#include <algorithm>
#include <utility>

namespace overhear {
namespace {

constexpr std::size_t kSmallestRecord = kTlsHeaderBytes + 17;  // a byte of content and a tag
constexpr std::uint64_t kTryBytes = 1024;                      // what a try costs beside the record's bytes
constexpr std::uint64_t kCreditPerByte = 64;

}  // namespace

TlsEpoch RecordOpener::first_epoch() const {
  if (!connection_.is_tls13()) return TlsEpoch::Application;
  const bool has_early_data =
      direction_ == Direction::Client && connection_.early_data() != TlsConnection::EarlyData::None;
  return has_early_data ? TlsEpoch::Early : TlsEpoch::Handshake;
}

void RecordOpener::enter(TlsEpoch epoch) {
  states_ = connection_.read_states(direction_, epoch);
  has_looked_ahead_ = false;
  misses_ = 0;
  lost_ = 0;
}

void RecordOpener::update_keys() {
  if (!has_key()) return;
  TlsReadState next = connection_.updated(states_.front());
  states_.clear();
  states_.push_back(std::move(next));
  has_looked_ahead_ = false;
}

void RecordOpener::on_loss(std::uint64_t missing) {
  lost_ += static_cast<std::size_t>(std::min<std::uint64_t>(missing / kSmallestRecord + 1, limits_.tls_sequences));
  lost_ = std::min(lost_, limits_.tls_sequences);
}

// What the records may be sealed with if a change of keys went by unseen.
void RecordOpener::look_ahead() {
  if (has_looked_ahead_ && revision_ == connection_.revision()) return;
  has_looked_ahead_ = true;
  revision_ = connection_.revision();
  connection_.ask_key_log();
  const TlsEpoch now = states_.empty() ? first_epoch() : states_.front().epoch;
  const bool is_known =
      has_key() && (connection_.has_hello(Direction::Server) || states_.front().suite == connection_.suite());
  if (is_known) {
    states_.resize(1);
  } else {
    states_ = connection_.read_states(direction_, now);
  }
  if (!connection_.is_tls13()) return;
  for (const TlsEpoch epoch : {TlsEpoch::Handshake, TlsEpoch::Application}) {
    if (epoch <= now) continue;
    for (TlsReadState& later : connection_.read_states(direction_, epoch)) {
      if (later.cipher) states_.push_back(std::move(later));
    }
  }
  if (now != TlsEpoch::Application || connection_.suite() == nullptr) return;
  if (auto later = connection_.updated(states_.front()); later.cipher) states_.push_back(std::move(later));
}

bool RecordOpener::can_open() {
  look_ahead();
  return std::ranges::any_of(states_, [](const TlsReadState& state) { return state.cipher.has_value(); });
}

std::optional<RecordOpener::Opened> RecordOpener::try_at(std::size_t state, std::uint64_t sequence, Bytes record,
                                                         std::span<std::uint8_t> out) {
  TlsReadState& at = states_[state];
  const auto opened = at.cipher->open(sequence, record, out);
  if (!opened) return std::nullopt;
  const bool follows = state == 0 ? sequence == at.sequence : sequence == 0 && misses_ == 0 && lost_ == 0;
  at.sequence = sequence + 1;
  if (connection_.suite() == nullptr) connection_.on_suite_found(*at.suite);
  if (state > 0) {
    states_.front() = std::move(at);
    has_looked_ahead_ = false;
  }
  if (!has_looked_ahead_) states_.resize(1);
  has_opened_ = true;
  misses_ = 0;
  lost_ = 0;
  return Opened{opened->type, opened->size, states_.front().epoch, states_.front().source, follows};
}

std::optional<RecordOpener::Opened> RecordOpener::open(Bytes record, std::span<std::uint8_t> out, bool is_found) {
  credit_ += kCreditPerByte * record.size();
  if (states_.empty()) enter(first_epoch());
  if (!has_key()) look_ahead();  // it may have come
  const std::uint64_t expected = states_.front().sequence + misses_;
  if (states_.front().cipher) {
    if (auto opened = try_at(0, expected, record, out)) return opened;
  }
  if (auto opened = search(record, out, expected)) return opened;
  if (is_found && states_.front().cipher) ++misses_;
  return std::nullopt;
}

std::optional<RecordOpener::Opened> RecordOpener::search(Bytes record, std::span<std::uint8_t> out,
                                                         std::uint64_t tried) {
  look_ahead();
  const std::uint64_t span = misses_ + lost_;
  for (std::size_t state = 0; state < states_.size(); ++state) {
    if (!states_[state].cipher) continue;
    const std::uint64_t first = states_[state].sequence;
    for (std::uint64_t sequence = first; sequence <= first + span; ++sequence) {
      if (state == 0 && sequence == tried) continue;
      const std::uint64_t cost = record.size() + kTryBytes;
      if (credit_ < cost) return std::nullopt;
      credit_ -= cost;
      if (auto opened = try_at(state, sequence, record, out)) return opened;
    }
  }
  return std::nullopt;
}

}  // namespace overhear
