// JSON values back to back on a bare stream, with white space, line ends or nothing between them; each may be a zlib
// stream of its own. A value ends where its brackets balance, also one that is wrong inside; one that is wrong and has
// no end (a string that is not closed) ends where the next message begins. After a loss the next message is looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "dissectors/framing/json_search.hpp"
#include "dissectors/framing/separators.hpp"
#include "dissectors/framing/zlib_package.hpp"
#include "dissectors/json/json_boundary.hpp"
#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"

namespace overhear {

class JsonPackages final : public Framer {
 public:
  JsonPackages(LayerContext& context, Direction direction);

  void on_data() override { run(false); }
  void on_gap(std::uint64_t missing) override;
  void on_end() override;
  std::size_t held() const override;

 private:
  // What stands at the front of the stream.
  enum class State : std::uint8_t {
    Fresh,      // not looked at yet
    Object,     // an object, valid so far
    Doubtful,   // a value that is not known to be valid: it has an end, or the next message begins inside it
    Package,    // a zlib stream
    Searching,  // bytes of no message
  };

  void run(bool is_final);
  bool step(bool is_final);
  bool take_fresh();
  bool take_object();
  bool take_doubtful(bool is_final);
  bool take_package();
  bool search(bool is_final);

  void start_fresh();
  void start_value(std::size_t prefix);
  void doubt();
  void start_search(const Rule& skipped_as, char before = '\0');
  void give_up();
  void skip_separators();
  void emit(std::size_t length, const JsonIndex* json);
  void emit_package();
  void emit_torn();

  StreamBuffer& in() { return context_.streams[direction_]; }
  // As much of what has come as one message may be; with the byte order mark in front of it, where there is one.
  std::string_view front() { return in().view().substr(0, prefix_ + context_.limits.message_bytes); }
  bool is_over_limit() { return in().size() > prefix_ + context_.limits.message_bytes; }

  LayerContext& context_;
  Direction direction_;
  State state_ = State::Fresh;
  Separators separators_;
  std::size_t prefix_ = 0;            // bytes of the byte order mark before the value
  JsonProgress object_;               // Object
  JsonBoundary boundary_;             // Doubtful: where the value ends if brackets and quotes are trusted
  std::size_t ending_ = 0;            // the same, once known
  std::optional<JsonSearch> search_;  // Doubtful, Searching
  const Rule* skipped_as_;            // Searching: the finding about what is passed over
  std::unique_ptr<ZlibPackage> package_;
};

}  // namespace overhear
