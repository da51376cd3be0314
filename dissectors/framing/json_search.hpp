// Looks for the next message of a bare JSON stream among bytes that are none: an object, in clear or compressed, that
// is whole and valid, stands inside no other value, and looks like one of this session's protocol. One place after the
// other, so that what is found does not depend on how the bytes come; each is looked at no further than it takes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "dissectors/framing/zlib_package.hpp"
#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"

namespace overhear {

class JsonSearch {
 public:
  enum class Found : std::uint8_t {
    Message,   // begins at position()
    Nothing,   // begins before position()
    NeedMore,  // what stands at position() may become one
  };

  // Whether an object is a message; the sink knows it where nothing else is named.
  using IsMessage = bool (*)(const JsonIndex& json);

  // `from`: where to begin in the text. `before`: the last byte in front of the text, NUL where nothing is known of it.
  explicit JsonSearch(LayerContext& context, std::size_t from = 0, char before = '\0', IsMessage is_message = nullptr)
      : context_(context), is_message_(is_message), at_(from), before_(before) {}

  // `text`: the same as at the call before, possibly longer. Only what begins before `end` counts. `is_final`: nothing
  // follows the text, so the answer is never NeedMore.
  Found advance(std::string_view text, bool is_final, std::size_t end = std::string_view::npos);

  std::size_t position() const { return at_; }
  // The first `bytes` (at most position()) were taken off the text, `last` being the last of them.
  void consumed(std::size_t bytes, char last);
  // The message that was found is not what is looked for.
  void skip() { at_ += std::max<std::size_t>(close_candidate(), 1); }
  // All of the text was taken off, and what comes next is not connected with it.
  void restart();
  // Whether what stands at position() is more than chance, though not whole.
  bool is_telling() const;
  // Memory beyond the object itself.
  std::size_t held() const { return package_ ? package_->text.size() : 0; }

 private:
  enum class Judgement : std::uint8_t { Message, Nothing, NeedMore };

  bool is_inside_value(std::string_view text) const;
  bool is_sought(std::string_view text);
  Judgement judge(std::string_view text);
  Judgement judge_package(std::string_view text);
  Judgement judge_object(std::string_view text);
  std::size_t close_candidate();

  LayerContext& context_;
  IsMessage is_message_;
  std::size_t at_;
  char before_;
  // The candidate at at_, if one was begun.
  std::optional<JsonProgress> object_;
  std::unique_ptr<ZlibPackage> package_;

  std::uint64_t passed_ = 0;  // bytes that were taken off
  std::uint64_t wasted_ = 0;  // on candidates that were none
};

}  // namespace overhear
