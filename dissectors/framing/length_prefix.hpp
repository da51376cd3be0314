// Messages behind a 4-byte big-endian length.
//
//   0       4                    4 + length
//   | length | JSON text, UTF-8 |
//
// A length is believed unless the next message stands inside what it spans. After a loss the rest of a torn message is
// passed over if the loss lies inside it; else the next message is looked for. Until one has come behind a length, that
// may also be one without (some programs write none): then the stream is bare JSON from there on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "dissectors/framing/json_packages.hpp"
#include "dissectors/framing/json_search.hpp"
#include "dissectors/framing/prefix_search.hpp"
#include "dissectors/layer.hpp"

namespace overhear {

class LengthPrefix final : public Framer {
 public:
  LengthPrefix(LayerContext& context, Direction direction);

  void on_data() override { run(false); }
  void on_gap(std::uint64_t missing) override;
  void on_end() override;
  std::size_t held() const override;

 private:
  void run(bool is_final);
  bool step(bool is_final);
  bool take_message(bool is_final);
  bool take_empty();
  bool look_inside(std::size_t end, bool is_final);
  bool skip_rest();
  bool search(bool is_final);
  bool find_bare(std::size_t end, bool is_final);
  void start_search(std::size_t from);
  void emit(std::size_t length, const JsonIndex* json);

  StreamBuffer& in() { return context_.streams[direction_]; }

  LayerContext& context_;
  Direction direction_;
  bool is_searching_ = false;
  std::optional<PrefixSearch> search_;     // while searching, or for a message inside the one at the front
  std::optional<JsonSearch> bare_search_;  // while searching, as long as no length was right
  std::unique_ptr<JsonPackages> bare_;     // there are no lengths
  bool is_confirmed_ = false;              // a message came behind its length
  bool is_after_loss_ = false;             // what is searched may begin inside a message
  unsigned empty_ = 0;                     // lengths of zero in a row
  std::uint64_t rest_ = 0;                 // bytes of a torn message that are still to come
};

}  // namespace overhear
