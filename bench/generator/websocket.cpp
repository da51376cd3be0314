#include "bench/generator/websocket.hpp"

#include <openssl/sha.h>
#include <zlib.h>

#include <array>
#include <cstring>

#include "bench/generator/append.hpp"

namespace overhear::bench {
namespace {

constexpr std::string_view kAcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
// What a common Python server agrees to, and 38 KiB per direction instead of zlib's 264.
constexpr int kWindowBits = 12;
constexpr int kMemoryLevel = 5;
// Real peers leave what is short as it is; so both kinds of frame are in the capture.
constexpr std::size_t kDeflateFrom = 128;

std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random.next() >> 56);
  return bytes;
}

std::string accept_for(std::string_view key) {
  std::string text(key);
  text += kAcceptSuffix;
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1(as_bytes(text).data(), text.size(), digest.data());
  std::string accept;
  append_base64(accept, digest);
  return accept;
}

void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes));
}

}  // namespace

MessageDeflater::MessageDeflater() : stream_(new z_stream{}) {
  if (deflateInit2(stream_.get(), Z_BEST_SPEED, Z_DEFLATED, -kWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

void MessageDeflater::End::operator()(z_stream_s* stream) const {
  deflateEnd(stream);
  delete stream;
}

std::string_view MessageDeflater::deflate(std::string_view message) {
  out_.resize(deflateBound(stream_.get(), message.size()) + 16);
  stream_->next_in = const_cast<Bytef*>(as_bytes(message).data());
  stream_->avail_in = static_cast<uInt>(message.size());
  stream_->next_out = reinterpret_cast<Bytef*>(out_.data());
  stream_->avail_out = static_cast<uInt>(out_.size());
  ::deflate(stream_.get(), Z_SYNC_FLUSH);
  // The flush ends in 00 00 ff ff, which is not sent.
  return std::string_view(out_).substr(0, out_.size() - stream_->avail_out - 4);
}

WebSocket::WebSocket(Random random, bool deflate) : random_(random) {
  if (!deflate) return;
  for (auto& deflater : deflaters_) deflater = std::make_unique<MessageDeflater>();
}

void WebSocket::plan_upgrade(Script& script, std::size_t member, const UpgradeRequest& request) {
  std::string key;
  append_base64(key, as_bytes(random_bytes(random_, 16)));
  std::string& head = script.add(member, Party::Client, LineKind::Transport);
  append(head, "GET ", request.path, " HTTP/1.1\r\nHost: ", request.host,
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ", key,
         "\r\nSec-WebSocket-Version: 13\r\n",
         deflaters_[0] ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" : "", "\r\n");
  std::string& answer = script.add(member, Party::Server, LineKind::Transport);
  append(answer,
         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ",
         accept_for(key), "\r\n");
  if (deflaters_[0]) {
    append(answer, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=", kWindowBits,
           "; client_max_window_bits=", kWindowBits, "\r\n");
  }
  answer += "\r\n";
}

void WebSocket::plan_ping(Script& script, std::size_t member) {
  const std::string payload = random_bytes(random_, 4);
  append_frame(script.add(member, Party::Server, LineKind::Transport), Party::Server, Opcode::Ping, payload, false);
  append_frame(script.add(member, Party::Client, LineKind::Transport), Party::Client, Opcode::Pong, payload, false);
}

void WebSocket::plan_close(Script& script, std::size_t member) {
  constexpr std::string_view kNormalClosure("\x03\xe8", 2);  // 1000
  for (const Party from : {Party::Client, Party::Server}) {
    append_frame(script.add(member, from, LineKind::Transport), from, Opcode::Close, kNormalClosure, false);
  }
}

void WebSocket::append_message(std::string& out, Party from, Opcode opcode, std::string_view payload) {
  MessageDeflater* deflater = deflaters_[static_cast<std::size_t>(from)].get();
  const bool is_deflated = deflater != nullptr && payload.size() >= kDeflateFrom;
  append_frame(out, from, opcode, is_deflated ? deflater->deflate(payload) : payload, is_deflated);
}

void WebSocket::append_frame(std::string& out, Party from, Opcode opcode, std::string_view payload, bool is_deflated) {
  const std::uint8_t mask_bit = from == Party::Client ? 0x80 : 0;
  out += static_cast<char>(0x80 | (is_deflated ? 0x40 : 0) | static_cast<std::uint8_t>(opcode));
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | payload.size());
  } else if (payload.size() < 65536) {
    out += static_cast<char>(mask_bit | 126);
    append_big_endian(out, payload.size(), 2);
  } else {
    out += static_cast<char>(mask_bit | 127);
    append_big_endian(out, payload.size(), 8);
  }
  if (from == Party::Server) {
    out += payload;
    return;
  }
  std::array<char, 4> mask{};
  const std::uint64_t bits = random_.next();
  std::memcpy(mask.data(), &bits, mask.size());
  out.append(mask.data(), mask.size());
  const std::size_t begin = out.size();
  out += payload;
  for (std::size_t i = 0; i < payload.size(); ++i) out[begin + i] ^= mask[i % 4];
}

}  // namespace overhear::bench
