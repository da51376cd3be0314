#include "bench/generator/tcp_connection.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace overhear::bench {

TcpConnection::TcpConnection(Host client, Host server, Random random, const TcpSettings& settings,
                             PacketWriter& packets, std::FILE* payloads)
    : random_(random), settings_(settings), packets_(packets), payloads_(payloads) {
  stream(Party::Client).host = client;
  stream(Party::Server).host = server;
  for (Stream& each : streams_) each.first_sequence = static_cast<std::uint32_t>(random_.next());
}

void TcpConnection::write_packet(Party from, std::uint8_t flags, std::uint64_t offset, std::string_view payload) {
  Stream& back = stream(other(from));
  back.acknowledged = back.delivered;
  back.unacknowledged_segments = 0;
  packets_.write({.from = stream(from).host,
                  .to = back.host,
                  .from_client = from == Party::Client,
                  .sequence = stream(from).first_sequence + static_cast<std::uint32_t>(offset),
                  .acknowledged = back.first_sequence + static_cast<std::uint32_t>(back.delivered),
                  .flags = static_cast<std::uint8_t>(flags | kAck),
                  .announced_mss = settings_.mss,
                  .payload = payload});
}

void TcpConnection::open() {
  is_open_ = true;
  const Stream& client = stream(Party::Client);
  // A SYN takes one sequence number, before the first byte's; only the client's first has nothing to acknowledge.
  packets_.write({.from = client.host,
                  .to = stream(Party::Server).host,
                  .from_client = true,
                  .sequence = client.first_sequence - 1,
                  .acknowledged = 0,
                  .flags = kSyn,
                  .announced_mss = settings_.mss,
                  .payload = {}});
  packets_.write({.from = stream(Party::Server).host,
                  .to = client.host,
                  .from_client = false,
                  .sequence = stream(Party::Server).first_sequence - 1,
                  .acknowledged = client.first_sequence,
                  .flags = kSyn | kAck,
                  .announced_mss = settings_.mss,
                  .payload = {}});
  write_packet(Party::Client, 0, 0, {});
}

void TcpConnection::write(Party from, std::string_view bytes, std::string_view spoken) {
  Stream& to = stream(from);
  const std::uint64_t begin = to.offset + to.bytes.size();
  to.bytes += bytes;
  if (payloads_ != nullptr && !spoken.empty()) {
    to.spoken.push_back({begin, begin + bytes.size(), std::string(spoken)});
  }
}

void TcpConnection::cut(Party from, bool may_be_lost) {
  assert(next_piece_ == pieces_.size());
  pieces_.clear();
  next_piece_ = 0;
  cut_from_ = from;
  const Stream& source = stream(from);
  const std::uint64_t end = source.offset + source.bytes.size();
  for (std::uint64_t at = source.offset; at < end;) {
    const std::uint64_t next = std::min(end, at + settings_.mss);
    if (may_be_lost && random_.chance(settings_.disturbance.loss)) {
      pieces_.push_back({at, next, true});
    } else if (!random_.chance(settings_.disturbance.reorder)) {
      pieces_.push_back({at, next});
    } else if (next < end) {
      const std::uint64_t after = std::min(end, next + settings_.mss);
      pieces_.push_back({next, after});
      pieces_.push_back({at, next});
      at = after;
      continue;
    } else if (next - at > 1) {
      const std::uint64_t middle = at + 1 + random_.below(static_cast<std::uint32_t>(next - at - 1));
      pieces_.push_back({middle, next});
      pieces_.push_back({at, middle});
    } else {
      pieces_.push_back({at, next});
    }
    at = next;
  }
}

bool TcpConnection::send(unsigned count) {
  for (; count > 0 && next_piece_ < pieces_.size(); --count) {
    const Piece piece = pieces_[next_piece_++];
    send_piece(piece, next_piece_ == pieces_.size());
  }
  if (next_piece_ < pieces_.size()) return true;
  Stream& source = stream(cut_from_);
  source.offset += source.bytes.size();
  source.bytes.clear();
  return false;
}

void TcpConnection::send_piece(const Piece& piece, bool is_last) {
  Stream& source = stream(cut_from_);
  if (!copy_.empty()) send_copy();
  const std::string_view payload =
      std::string_view(source.bytes).substr(piece.begin - source.offset, piece.end - piece.begin);
  if (piece.is_lost) {
    tear(source, piece);
  } else {
    write_packet(cut_from_, is_last ? kPsh : 0, piece.begin, payload);
    if (random_.chance(settings_.disturbance.retransmit)) {
      copy_ = payload;
      copy_from_ = cut_from_;
      copy_offset_ = piece.begin;
    }
  }
  if (piece.begin != source.delivered) {
    early_ = piece;
    return;
  }
  source.delivered = early_.end > piece.end ? early_.end : piece.end;
  early_ = {0, 0};
  ++source.unacknowledged_segments;
  complete(source);
  // Every second segment, as RFC 9293, 3.8.6.3 asks, and now and then one alone, whose delayed acknowledgement ran out.
  if (source.unacknowledged_segments >= 2 || random_.one_in(4)) acknowledge(cut_from_);
}

void TcpConnection::acknowledge(Party to) {
  const Stream& heard = stream(to);
  if (heard.acknowledged == heard.delivered) return;
  write_packet(other(to), 0, stream(other(to)).delivered, {});
}

void TcpConnection::send_copy() {
  const std::string copy = std::exchange(copy_, {});
  write_packet(copy_from_, kPsh, copy_offset_, copy);
}

void TcpConnection::complete(Stream& source) {
  while (!source.spoken.empty() && source.spoken.front().end <= source.delivered) {
    const Spoken& message = source.spoken.front();
    if (!message.is_torn) {
      std::fwrite(message.text.data(), 1, message.text.size(), payloads_);
      std::fputc('\n', payloads_);
    }
    source.spoken.pop_front();
  }
}

void TcpConnection::tear(Stream& source, const Piece& piece) {
  for (Spoken& message : source.spoken) {
    if (message.begin < piece.end && piece.begin < message.end) message.is_torn = true;
  }
}

void TcpConnection::close() {
  assert(next_piece_ == pieces_.size());
  if (!copy_.empty()) send_copy();
  const std::uint64_t client_end = stream(Party::Client).delivered;
  const std::uint64_t server_end = stream(Party::Server).delivered;
  write_packet(Party::Client, kFin, client_end, {});
  stream(Party::Client).delivered += 1;  // a FIN takes one sequence number
  write_packet(Party::Server, kFin, server_end, {});
  stream(Party::Server).delivered += 1;
  write_packet(Party::Client, 0, client_end + 1, {});
  is_open_ = false;
}

}  // namespace overhear::bench
