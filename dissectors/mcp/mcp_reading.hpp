// How what a key made of ciphertext reads: as the beginning of a package, or as nothing. Decides between keys, and
// between ciphertext and JSON in clear where the bytes could be either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string_view>
#include <vector>

#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/mcp/mcp_keys.hpp"

namespace overhear::mcp {

enum class Reading : std::uint8_t { NeedMore, Package, None };

// Of what a wrong key makes, not one in 2^40 reads as the beginning of an object for so long: a message that is torn or
// wrong behind it does not speak against the key.
inline constexpr std::size_t kTelling = 24;

// Beginnings of the ciphertext that are tried among white space.
inline constexpr std::size_t kMostSkips = 8;

// Whether `text`, of which nothing more comes, was opened by the right key.
bool is_opened(std::string_view text, LayerContext& context);

// `plain` is the same as at the call before with this `progress`, or longer. `is_final`: nothing more of it comes.
Reading read_plain(JsonProgress& progress, std::string_view plain, bool is_final, LayerContext& context);

// The beginning of `cipher`, opened with the keystream from `offset` on. Looks no further than it takes to tell.
Reading read_cipher(std::string_view cipher, Keystream& keystream, std::uint64_t offset, bool is_end,
                    LayerContext& context);

// What may open a direction's first ciphertext: every secret of its connection, in every variant without lines. Keeps
// the keystreams, since a peer chooses how often it is asked.
class AnyReading {
 public:
  // Both outlive this.
  AnyReading(LayerContext& context, ConnectionKeys& keys) : context_(context), keys_(keys) {}

  // Of ciphertext at the front of `text`, or behind some of the white space there.
  Reading read(std::string_view text, bool is_end);

 private:
  struct Way {
    Keystream* keystream;
    char start;  // what `{` becomes
  };

  void prepare();
  Reading read_behind_space(std::string_view text, const Way& way, bool is_end);

  LayerContext& context_;
  ConnectionKeys& keys_;
  std::uint64_t generation_ = 0;
  std::list<SecretKeystreams> keystreams_;  // of the first candidates
  std::vector<Way> ways_;                   // of these
};

}  // namespace overhear::mcp
