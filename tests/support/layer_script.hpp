// Drives a layer as a session does, from a script of what both ends send, lose and end, and keeps all that it says. The
// heart is cut_anywhere(): the same bytes cut in any way must say the same.
//
//   Script script;
//   script.client("{\"a\":1}").server("{}").gap(Direction::Client, 5).client("{}").fin();
//   const Heard heard = run(script, {.make = framed_by<JsonPackages>()});
//
// Each step is one packet: number 1 at 1 s, number 2 at 2 s and so on, however it is cut into calls.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/layer.hpp"

namespace overhear::testing {

// Bytes from "81 05 48 65"; white space is ignored. Throws std::invalid_argument.
std::string hex(std::string_view text);

class Script {
 public:
  enum class Kind : std::uint8_t { Bytes, Gap, Fin };
  struct Step {
    Kind kind = Kind::Bytes;
    Direction direction = Direction::Client;
    std::string bytes;
    std::uint64_t missing = 0;
  };

  Script& send(Direction direction, std::string_view bytes);
  Script& client(std::string_view bytes) { return send(Direction::Client, bytes); }
  Script& server(std::string_view bytes) { return send(Direction::Server, bytes); }
  Script& gap(Direction direction, std::uint64_t missing);
  Script& fin(Direction direction);
  // Both sides. A stream without a FIN ends with the script, cut short.
  Script& fin() { return fin(Direction::Client).fin(Direction::Server); }

  const std::vector<Step>& steps() const { return steps_; }
  std::size_t bytes() const;

 private:
  std::vector<Step> steps_;
};

using LayerMaker = std::function<std::unique_ptr<Layer>(LayerContext&)>;

struct LayerSetup {
  LayerMaker make;
  Limits limits = {};
  KeyStore* keys = nullptr;
  bool is_midstream = false;
  // Stands for the session's protocol where a layer looks for the next message.
  std::function<bool(const JsonIndex&)> is_message = [](const JsonIndex& json) { return json.find("type") != nullptr; };
};

// A unit, copied.
struct Said {
  Direction direction = Direction::Client;
  std::string bytes;
  std::uint64_t size = 0;
  bool is_opaque = false;
  bool is_encrypted = false;
  bool boundaries_unknown = false;
  bool is_json = false;  // parsed: by the framing, or afterwards as a session does
  std::string decrypted;
  std::string variant;
  std::vector<std::string> findings;  // codes
  std::vector<std::uint64_t> packets;
  Timestamp first;
  Timestamp last;

  bool is_message() const { return !is_opaque && !is_encrypted; }
  bool has(std::string_view code) const;
};

struct Heard {
  std::vector<Said> units;
  std::vector<std::string> findings;  // on no unit: "client ws.mask"
  std::vector<std::string> events;    // "server ws close 1000 bye"
  std::vector<std::string> log;       // all of them in order, with everything that is known: what comparisons compare

  // The bytes of what was said, without opaque and encrypted units; of one side where one is named.
  std::vector<std::string> messages() const;
  std::vector<std::string> messages(Direction direction) const;
  bool has_finding(std::string_view code) const;  // on a unit or on none
};

// `cuts`: ascending offsets into all bytes of the script, where a call ends besides the ends of steps.
Heard run(const Script& script, const LayerSetup& setup, const std::vector<std::size_t>& cuts = {});
Heard run_bytewise(const Script& script, const LayerSetup& setup);
// Byte by byte it says the same as whole: the quick half of cut_anywhere.
void same_bytewise(const Script& script, const LayerSetup& setup);

// Where two logs part, for people.
std::string difference(const std::vector<std::string>& expected, const std::vector<std::string>& actual);

// Whole, byte by byte, cut at every position, and at every pair of positions or, for longer scripts, at seeded random
// ones: all must say the same. Fails the test that calls it, once.
void cut_anywhere(const Script& script, const LayerSetup& setup);

// A conversation whose every part is known, to lose bytes of.
struct Part {
  Direction direction = Direction::Client;
  std::string wire;
  std::string text;  // the message that it is; empty where it is none
};
struct Loss {
  bool finds_what_follows = true;  // whole messages behind the loss must be found
  bool is_cut_too = true;          // also byte by byte, which must say the same
  std::vector<std::size_t> lengths = {1, 2, 3, 7, 20};
  std::size_t kept_parts = 0;  // the first parts are never hit
};
// Loses bytes at every position of one side's stream. Nothing may be said that is not a part's text, all that lies
// before the loss must be said, and all behind it too.
void lose_anywhere(const std::vector<Part>& parts, const LayerSetup& setup, const Loss& loss = {});

// A layer of one Framer for each direction.
template <typename T, typename... Arguments>
LayerMaker framed_by(Arguments... arguments) {
  class Framed final : public Layer {
   public:
    Framed(LayerContext& context, Arguments... rest)
        : framers_{T(context, Direction::Client, rest...), T(context, Direction::Server, rest...)} {}
    void on_data(Direction direction) override { at(direction).on_data(); }
    void on_gap(Direction direction, std::uint64_t missing) override { at(direction).on_gap(missing); }
    void on_end(Direction direction) override { at(direction).on_end(); }

   private:
    T& at(Direction direction) { return framers_[static_cast<std::size_t>(direction)]; }
    T framers_[2];
  };
  return [=](LayerContext& context) { return std::make_unique<Framed>(context, arguments...); };
}

template <typename T, typename... Arguments>
LayerMaker layer(Arguments... arguments) {
  return [=](LayerContext& context) { return std::make_unique<T>(context, arguments...); };
}

}  // namespace overhear::testing
