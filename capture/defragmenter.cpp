#include "capture/defragmenter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "capture/ip_rules.hpp"

namespace overhear {

namespace {

constexpr std::uint32_t kMostBytes = 65'535;  // of a datagram, by the width of its length field
constexpr std::size_t kSpare = 64;            // readable behind every payload
constexpr std::size_t kOverhead = 256;        // of a datagram, beside its bytes

std::string name_of(const Address& address) {
  std::string text = to_string(Endpoint{address, 0});
  text.resize(text.size() - 2);  // ":0"
  return text;
}

}  // namespace

Defragmenter::Defragmenter(const Limits& limits, FindingHandler on_finding)
    : limits_(limits), on_finding_(std::move(on_finding)) {}

std::expected<bool, IpFault> Defragmenter::add(IpPacket& ip, const Stamp& at) {
  const std::size_t claimed = ip.payload.size() + ip.missing_tail;
  if (claimed == 0) return std::unexpected(IpFault{"the fragment is empty"});
  if (ip.fragment_offset + claimed > kMostBytes) {
    return std::unexpected(IpFault{"the fragment reaches beyond the largest datagram"});
  }
  if (ip.has_more_fragments && claimed % 8 != 0) {
    return std::unexpected(IpFault{"the fragment is not the last, and its length is no multiple of 8"});
  }
  const Datagrams::iterator it = find_or_start(ip, at);
  Datagram& datagram = it->second;
  if (datagram.state != State::Waiting || contains(datagram, ip)) return false;

  const Overlap overlap = overlap_with(datagram, ip);
  report_overlap(it->first, datagram, overlap, at);
  if (overlap == Overlap::Conflict && ip.source.is_v6) {
    settle(it, State::Dropped);
    return false;
  }
  waiting_bytes_ -= cost(datagram);
  store(datagram, ip);
  waiting_bytes_ += cost(datagram);
  const bool is_whole = datagram.length == datagram.received;
  if (is_whole) {
    assemble(datagram, ip);
    settle(it, State::Whole);
  }
  keep_limits(at);
  return is_whole;
}

std::size_t Defragmenter::cost(const Datagram& datagram) {
  return kOverhead + datagram.bytes.size() + datagram.pieces.size() * sizeof(Piece);
}

Defragmenter::Datagrams::iterator Defragmenter::find_or_start(const IpPacket& ip, const Stamp& at) {
  const std::uint8_t protocol = ip.source.is_v6 ? std::uint8_t{0} : ip.protocol;
  const Key key{ip.source, ip.destination, ip.identification, protocol};
  Datagrams::iterator it = datagrams_.find(key);
  if (it != datagrams_.end()) {
    // Of a datagram that is whole only duplicates can come. Anything else is the next one with its identification.
    if (it->second.state != State::Whole || contains(it->second, ip)) return it;
    erase(it);
  }
  it = datagrams_.emplace(key, Datagram{}).first;
  it->second.first = at;
  it->second.age = next_age_++;
  waiting_.emplace(it->second.age, it);
  waiting_bytes_ += cost(it->second);
  return it;
}

// Whether this very fragment is there already: all its bytes, equal, and no other end than it says.
bool Defragmenter::contains(const Datagram& datagram, const IpPacket& ip) {
  const std::uint32_t begin = ip.fragment_offset;
  const auto end = static_cast<std::uint32_t>(begin + ip.payload.size());
  if (!ip.has_more_fragments && datagram.length != end + ip.missing_tail) return false;
  const auto piece = std::ranges::find(datagram.pieces, begin, &Piece::begin);
  return piece != datagram.pieces.end() && piece->end == end && !ip.payload.empty() &&
         std::memcmp(datagram.bytes.data() + piece->stored, ip.payload.data(), ip.payload.size()) == 0;
}

Defragmenter::Overlap Defragmenter::overlap_with(const Datagram& datagram, const IpPacket& ip) {
  const std::uint32_t begin = ip.fragment_offset;
  const auto end = static_cast<std::uint32_t>(begin + ip.payload.size());
  const std::uint32_t claimed_end = end + ip.missing_tail;
  // The ends that fragments give to the datagram may contradict each other, too.
  if (datagram.length &&
      (claimed_end > *datagram.length || (!ip.has_more_fragments && claimed_end != *datagram.length))) {
    return Overlap::Conflict;
  }
  if (!ip.has_more_fragments && !datagram.pieces.empty() && datagram.pieces.back().end > claimed_end) {
    return Overlap::Conflict;
  }
  Overlap found = Overlap::None;
  for (const Piece& piece : datagram.pieces) {
    const std::uint32_t from = std::max(begin, piece.begin);
    const std::uint32_t to = std::min(end, piece.end);
    if (from >= to) continue;
    found = Overlap::Same;
    if (std::memcmp(datagram.bytes.data() + piece.stored + (from - piece.begin), ip.payload.data() + (from - begin),
                    to - from) != 0) {
      return Overlap::Conflict;
    }
  }
  return found;
}

// Keeps what is new of a fragment: first come, first served.
void Defragmenter::store(Datagram& datagram, const IpPacket& ip) {
  std::uint32_t begin = ip.fragment_offset;
  auto end = static_cast<std::uint32_t>(begin + ip.payload.size());
  const bool ends_beyond = !datagram.pieces.empty() && datagram.pieces.back().end > end + ip.missing_tail;
  if (!ip.has_more_fragments && !datagram.length && !ends_beyond) datagram.length = end + ip.missing_tail;
  if (datagram.length) end = std::min(end, *datagram.length);
  if (ip.fragment_offset == 0) datagram.protocol = ip.protocol;

  std::size_t at = 0;
  while (begin < end) {
    while (at < datagram.pieces.size() && datagram.pieces[at].end <= begin) ++at;
    const std::uint32_t next = at < datagram.pieces.size() ? datagram.pieces[at].begin : end;
    if (const std::uint32_t to = std::min(next, end); begin < to) {
      const std::uint8_t* const bytes = ip.payload.data() + (begin - ip.fragment_offset);
      datagram.pieces.insert(datagram.pieces.begin() + static_cast<std::ptrdiff_t>(at),
                             Piece{begin, to, datagram.bytes.size()});
      datagram.bytes.insert(datagram.bytes.end(), bytes, bytes + (to - begin));
      datagram.received += to - begin;
    }
    begin = at < datagram.pieces.size() ? std::max(begin, datagram.pieces[at].end) : end;
  }
}

void Defragmenter::assemble(const Datagram& datagram, IpPacket& ip) {
  whole_.resize(datagram.received + kSpare);
  for (const Piece& piece : datagram.pieces) {
    std::memcpy(whole_.data() + piece.begin, datagram.bytes.data() + piece.stored, piece.end - piece.begin);
  }
  ip.protocol = datagram.protocol;
  ip.payload = Bytes(whole_).first(datagram.received);
  ip.missing_tail = 0;
  ip.is_fragment = false;
}

// A dropped datagram stays as a name only, so that its other fragments are recognised.
void Defragmenter::settle(Datagrams::iterator it, State state) {
  Datagram& datagram = it->second;
  waiting_bytes_ -= cost(datagram);
  waiting_.erase(datagram.age);
  datagram.state = state;
  if (state == State::Dropped) {
    datagram.pieces = {};
    datagram.bytes = {};
  }
  datagram.age = next_age_++;
  settled_bytes_ += cost(datagram);
  settled_.emplace(datagram.age, it);
}

void Defragmenter::erase(Datagrams::iterator it) {
  const bool is_waiting = it->second.state == State::Waiting;
  (is_waiting ? waiting_bytes_ : settled_bytes_) -= cost(it->second);
  (is_waiting ? waiting_ : settled_).erase(it->second.age);
  datagrams_.erase(it);
}

void Defragmenter::give_up(Datagrams::iterator it, const Stamp& at) {
  const auto& [key, datagram] = *it;
  Finding finding;
  finding.rule = &ip_rules::kFragMissing;
  const std::string from_to = fmt::format("{} > {}", name_of(key.source), name_of(key.destination));
  if (datagram.length) {
    finding.bytes = *datagram.length - datagram.received;
    finding.text = fmt::format("{} of {} bytes of the datagram {:#06x} that began in packet {} never came ({})",
                               *finding.bytes, *datagram.length, key.identification, datagram.first.packet, from_to);
  } else {
    finding.text = fmt::format("the end of the datagram {:#06x} that began in packet {} never came ({})",
                               key.identification, datagram.first.packet, from_to);
  }
  erase(it);
  on_finding_(finding, at);
}

void Defragmenter::expire(const Stamp& at) {
  // Time may run backwards in a capture: then what is far in the future has waited too long as well.
  const auto is_over = [&](const Datagrams::iterator it) {
    return std::abs(at.time - it->second.first.time) > limits_.fragment_time_ns;
  };
  while (!waiting_.empty() && is_over(waiting_.begin()->second)) give_up(waiting_.begin()->second, at);
  while (!settled_.empty() && is_over(settled_.begin()->second)) erase(settled_.begin()->second);
}

void Defragmenter::keep_limits(const Stamp& at) {
  const std::size_t for_settled = limits_.fragment_bytes / 4;
  while (!settled_.empty() && settled_bytes_ > for_settled) erase(settled_.begin()->second);
  while (!waiting_.empty() && waiting_bytes_ > limits_.fragment_bytes - for_settled) {
    give_up(waiting_.begin()->second, at);
  }
}

void Defragmenter::finish(const Stamp& at) {
  while (!waiting_.empty()) give_up(waiting_.begin()->second, at);
  while (!settled_.empty()) erase(settled_.begin()->second);
}

void Defragmenter::report_overlap(const Key& key, Datagram& datagram, Overlap overlap, const Stamp& at) {
  if (overlap <= datagram.reported) return;
  datagram.reported = overlap;
  std::string_view what = "; they agree where they overlap";
  if (overlap == Overlap::Conflict) {
    what =
        key.source.is_v6 ? " and contradict each other; it is dropped" : " and contradict each other; the first stays";
  }
  Finding finding;
  finding.rule = &ip_rules::kFragOverlap;
  finding.text =
      fmt::format("fragments of the datagram {:#06x} that began in packet {} overlap{} ({} > {})", key.identification,
                  datagram.first.packet, what, name_of(key.source), name_of(key.destination));
  on_finding_(finding, at);
}

}  // namespace overhear
