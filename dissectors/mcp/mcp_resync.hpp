// Finds the next whole package of one direction behind a loss: in clear, encrypted as the opener opens it, or, while
// there is none, with any secret and variant that may be it. Looks at one place after the other, so that what is found
// does not depend on how the bytes come. A continuous keystream is lost with the bytes: it cannot be found again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/mcp/mcp_keys.hpp"
#include "dissectors/mcp/mcp_opener.hpp"

namespace overhear::mcp {

class Resync {
 public:
  enum class Found : std::uint8_t {
    Nothing,     // so far
    Clear,       // a package in clear
    Sealed,      // one that the opener opens, or take_opening()
    SealedLine,  // a line of base64, and no key is known
  };

  // `opener`: the direction's, or nullptr. Both outlive this.
  Resync(LayerContext& context, ConnectionKeys& keys, McpOpener* opener)
      : context_(context), keys_(keys), opener_(opener) {}

  // `text`: all that is not consumed. `is_final`: nothing follows.
  Found advance(std::string_view text, bool is_final);

  std::size_t position() const { return at_; }  // of what was found, or up to where there is nothing
  // REQUIRES: Sealed was found, and there is no opener. The keystream is moved out.
  Opening take_opening() { return {found_->variant, found_->origin, std::move(*found_->keystream)}; }
  // Whether what stands at position() is more than chance, though not whole: the other side may speak meanwhile.
  bool is_telling() const;
  // Bytes decrypted on trial.
  std::size_t held() const;
  // So many bytes were taken from the front.
  void consumed(std::size_t bytes) { at_ -= bytes; }

 private:
  // One way in which a message may be encrypted.
  struct Cipher {
    const McpVariant* variant;
    std::string_view origin;
    Keystream* keystream;
    char start[2];  // what `{"` becomes
  };
  struct Candidate {
    const Cipher* cipher = nullptr;  // null: in clear, or a line that is not opened yet
    bool is_line = false;
    std::size_t scanned = 0;  // how much of it was looked at
    std::string plain;
    JsonProgress progress;
  };
  enum class Judgement : std::uint8_t { Package, NeedMore, None };

  void prepare();
  void step_over(char c);
  void open_candidates(std::string_view text);
  Judgement judge(Candidate& candidate, std::string_view text, bool is_final);
  Judgement judge_line(Candidate& candidate, std::string_view text, bool is_final);
  Judgement judge_text(Candidate& candidate, std::string_view plain, bool is_all, bool is_final);
  void add(const McpVariant& variant, std::string_view origin, Keystream* keystream);
  bool opens(const Cipher& cipher, const std::vector<std::uint8_t>& line);

  LayerContext& context_;
  ConnectionKeys& keys_;
  McpOpener* opener_;
  std::list<SecretKeystreams> keystreams_;  // of the secrets that may be it
  std::deque<Cipher> ciphers_;              // addresses stay
  std::vector<Candidate> candidates_;       // at at_
  std::size_t at_ = 0;
  bool is_line_start_ = true;
  char before_ = '\0';  // what stands before at_, white space left out
  const Cipher* found_ = nullptr;
};

}  // namespace overhear::mcp
