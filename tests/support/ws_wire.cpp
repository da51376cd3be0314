#include "tests/support/ws_wire.hpp"

#include <zlib.h>

namespace overhear::testing {

std::string frame(std::uint8_t opcode, std::string_view payload, const FrameShape& shape) {
  std::string out;
  out += static_cast<char>((shape.is_final ? 0x80 : 0) | shape.reserved << 4 | opcode);
  const std::size_t needed = payload.size() < 126 ? 0 : payload.size() < 65536 ? 2 : 8;
  const std::size_t extra = shape.length_bytes > needed ? shape.length_bytes : needed;
  const std::size_t first = extra == 0 ? payload.size() : extra == 2 ? 126 : 127;
  out += static_cast<char>((shape.is_masked ? 0x80 : 0) | static_cast<int>(first));
  for (std::size_t i = extra; i-- > 0;) out += static_cast<char>(payload.size() >> 8 * i & 0xFF);
  if (!shape.is_masked) return out.append(payload);
  out += shape.mask;
  for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ shape.mask[i % 4]);
  return out;
}

std::string from_client(std::string_view text) {
  return frame(1, text, {.is_masked = true});
}

std::string from_server(std::string_view text) {
  return frame(1, text);
}

struct MessageDeflater::State {
  z_stream stream{};
};

MessageDeflater::MessageDeflater(bool has_takeover) : state_(std::make_unique<State>()), has_takeover_(has_takeover) {
  deflateInit2(&state_->stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}

MessageDeflater::~MessageDeflater() {
  deflateEnd(&state_->stream);
}

std::string MessageDeflater::deflate(std::string_view text) {
  z_stream& stream = state_->stream;
  std::string out(deflateBound(&stream, text.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out - 4);  // without 00 00 ff ff
  if (!has_takeover_) deflateReset(&stream);
  return out;
}

std::string upgrade_request(std::string_view line) {
  std::string out =
      "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  if (!line.empty()) out.append(line).append("\r\n");
  return out + "\r\n";
}

std::string upgrade_response(std::string_view line) {
  std::string out =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
  if (!line.empty()) out.append(line).append("\r\n");
  return out + "\r\n";
}

}  // namespace overhear::testing
