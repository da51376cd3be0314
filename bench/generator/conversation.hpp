// A conversation: several clients of one server that are in one room, each with a connection of its own. It decides
// what is said next and how that looks as bytes; it knows nothing of TCP. One file per protocol implements it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "bench/generator/random.hpp"
#include "bench/generator/vocabulary.hpp"

namespace overhear::bench {

enum class Party : std::uint8_t { Client, Server };

constexpr Party other(Party party) {
  return party == Party::Client ? Party::Server : Party::Client;
}

enum class LineKind : std::uint8_t {
  Message,    // one message of the protocol
  Handshake,  // a message without which the others make no sense: always captured
  Transport,  // bytes of the layer below (HTTP upgrade, WebSocket control frame), written as they are
};

struct Line {
  std::size_t member = 0;
  Party from = Party::Client;
  LineKind kind = LineKind::Message;
  std::string text;
};

// What has been planned and not yet said, in causal order: a line may answer those before it. Keeps its strings'
// memory.
class Script {
 public:
  // The text of a new last line, empty, to be appended to. Valid until the next call.
  std::string& add(std::size_t member, Party from, LineKind kind = LineKind::Message);
  void add_all(std::size_t members, Party from, std::string_view text);

  bool empty() const { return next_ == size_; }
  // REQUIRES: !empty(). Valid until the next add.
  const Line& front() const { return lines_[next_]; }
  void pop();

 private:
  std::vector<Line> lines_;
  std::size_t next_ = 0;
  std::size_t size_ = 0;
};

class Conversation {
 public:
  virtual ~Conversation() = default;

  // Adds what is said next, at least one line. The first calls open the connections and log in.
  virtual void plan(Script& script, Timestamp now) = 0;
  // Appends a message of the script as the bytes that stand for it in its stream. Called once for each, in order.
  virtual void encode(const Line& line, std::string& out) = 0;
  // Adds what the layer below says before the connections close; only Transport lines.
  virtual void plan_end(Script&) {}
};

enum class McpVariant : std::uint8_t { Raw, Base64Line };
enum class KeyForm : std::uint8_t { Key, Secret, Private };

// What all conversations share.
struct Setting {
  Vocabulary vocabulary;
  bool deflate = false;          // WebSocket: permessage-deflate
  bool chatmaster_zlib = false;  // each package a zlib stream of its own
  McpVariant mcp_variant = McpVariant::Raw;
  KeyForm key_form = KeyForm::Key;
  std::FILE* key_log = nullptr;
};

struct RoomSetup {
  const Setting& setting;
  std::uint64_t number;  // of the room, unique
  std::size_t members;   // at least one
  Random random;
};

std::unique_ptr<Conversation> make_cchat(RoomSetup setup);
std::unique_ptr<Conversation> make_mcp(RoomSetup setup);
std::unique_ptr<Conversation> make_chatmaster(RoomSetup setup);
std::unique_ptr<Conversation> make_scrp(RoomSetup setup);
std::unique_ptr<Conversation> make_gradagenda(RoomSetup setup);

// A protocol by its name on the command line, with the port that its servers use.
struct Protocol {
  std::string_view name;
  std::uint16_t port;
  std::unique_ptr<Conversation> (*make)(RoomSetup);
};

inline constexpr Protocol kProtocols[] = {
    {"cchat", 8888, make_cchat},           {"mcp", 3072, make_mcp},
    {"chatmaster", 9000, make_chatmaster}, {"scrp", 42015, make_scrp},
    {"gradagenda", 8080, make_gradagenda},
};

}  // namespace overhear::bench
