// Layers turn the two streams of a connection into units (messages as framed, not understood yet), by whatever lies
// between: HTTP upgrade and WebSocket, a length prefix, JSON back to back, MCP's encryption. Sans-I/O: bytes and stamps
// in, units out; no clock, no socket. The same bytes cut in any way give the same units.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "base/limits.hpp"
#include "dissectors/message.hpp"
#include "dissectors/stream_buffer.hpp"

namespace overhear {

class KeyStore;

// One message as framed. Valid during the call.
struct Unit {
  Direction direction = Direction::Client;
  std::string_view bytes;
  std::uint64_t size = 0;           // on the wire, with framing
  std::uint64_t end = 0;            // how far its last byte is in the stream that it was cut out of
  std::uint64_t largest_frame = 0;  // payload of its largest WebSocket frame; 0 where it came in none
  FrameKind frame = FrameKind::None;
  const Carrier* carrier = nullptr;
  const JsonIndex* json = nullptr;  // where the framing has parsed the bytes already (Valid)
  bool is_opaque = false;           // bytes of no message: shown as data
  bool is_encrypted = false;        // ciphertext that could not be opened
  bool boundaries_unknown = false;
  std::string_view decrypted;
  std::string_view variant;
  FindingList* findings = nullptr;  // that ride on it; taken
};

class UnitSink {
 public:
  virtual ~UnitSink() = default;

  virtual void on_unit(Unit& unit) = 0;
  // An observation about the stream that rides on no unit.
  virtual void on_finding(std::optional<Direction> direction, Finding& finding) = 0;
  // Something that is no message but happened: an upgrade, a ping.
  virtual void on_event(Direction direction, std::string_view layer, std::string_view event,
                        std::optional<std::uint64_t> size, std::string_view detail) = 0;
  // Whether a JSON object found while resynchronising looks like a message of this session's protocol.
  virtual bool is_message(const JsonIndex& json) const = 0;
};

// The bytes of one connection that no layer has consumed yet.
struct Streams {
  StreamBuffer client;
  StreamBuffer server;

  StreamBuffer& operator[](Direction direction) { return direction == Direction::Client ? client : server; }
  const StreamBuffer& operator[](Direction direction) const { return direction == Direction::Client ? client : server; }
};

// Memory that all layers of one analysis share, since only one works at a time. Nothing in it outlives a call. TLS,
// which hands on to layers that work meanwhile, has its own.
struct Workspace {
  JsonIndex json;
  Carrier carrier;
  FindingList findings;
  std::string bytes;     // unmasked or decrypted
  std::string inflated;  // from `bytes` or from the stream
  struct {
    std::vector<std::uint8_t> content;  // of the record that was opened
    Carrier carrier;                    // of that record
  } tls;
};

// What a layer works with; all of it outlives the layer.
struct LayerContext {
  const Limits& limits;
  KeyStore* keys;  // null: none were given
  Streams& streams;
  UnitSink& sink;
  Workspace& workspace;
  bool is_midstream = false;  // the first bytes may lie inside a message
  bool has_losses = false;    // something was said that the layers could not tell
  // By direction, set before on_end: the stream did not end with a FIN, so more was said than was captured.
  std::array<bool, 2> is_cut_short{};
  // A key may still come. A layer that lacks one then leaves the ciphertext in its stream, says so in `lacks_key` of
  // that direction, and returns; nothing more is told to it until on_data of that direction comes again, without new
  // bytes: when there are more keys, and, `may_wait` being false, when the wait is over. At a gap or an end nothing
  // waits.
  bool may_wait = false;
  std::array<bool, 2> lacks_key{};  // by Direction
};

class Layer {
 public:
  virtual ~Layer() = default;

  // New bytes stand at the end of this direction's stream. Consumes what is complete and leaves the rest.
  virtual void on_data(Direction direction) = 0;
  // `missing` bytes follow behind what the stream holds and were not captured.
  virtual void on_gap(Direction direction, std::uint64_t missing) = 0;
  // Nothing more comes in this direction. What the stream still holds is a torn message.
  virtual void on_end(Direction direction) = 0;
  // Bytes of a message under way that are kept beside its stream: inflated, unmasked, decrypted.
  virtual std::size_t held(Direction) const { return 0; }
  // on_data() comes soon (see base/prefetch.hpp).
  virtual void fetch_ahead(int) const {}
};

// The same for one direction: what cuts a stream into messages.
class Framer {
 public:
  virtual ~Framer() = default;

  virtual void on_data() = 0;
  virtual void on_gap(std::uint64_t missing) = 0;
  virtual void on_end() = 0;
  virtual std::size_t held() const { return 0; }
};

// Hands on the unit that the first `length` bytes of a stream carry, and consumes them. `unit` says what it holds
// (bytes, flags, findings; without findings those of the workspace ride on it), the rest is filled in.
void emit_unit(LayerContext& context, Direction direction, std::size_t length, Unit& unit);
// Hands the first `length` bytes of a stream on as data of no message, with one finding, and consumes them.
void emit_opaque(LayerContext& context, Direction direction, std::size_t length, const Rule& rule,
                 std::string_view text = {});
// Hands on bytes that were searched without success, in records with a finding each that do not depend on how they
// came: all but the last are opaque_run_bytes long.
void pass_over(LayerContext& context, Direction direction, std::size_t length, const Rule& rule);
// Like emit_opaque, without a finding.
void emit_data(LayerContext& context, Direction direction, std::size_t length);

}  // namespace overhear
