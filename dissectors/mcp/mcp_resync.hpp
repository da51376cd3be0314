// Finds the next whole package of one direction behind a loss: in clear, encrypted with the variant that is known, or,
// while none is, with any that the key allows. Looks at one place after the other, so that what is found does not
// depend on how the bytes come. A continuous keystream is lost with the bytes: it cannot be found again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/mcp/mcp_keys.hpp"

namespace overhear::mcp {

class Resync {
 public:
  enum class Found : std::uint8_t {
    Nothing,     // so far
    Clear,       // a package in clear
    Sealed,      // one that variant() opens
    SealedLine,  // a line of base64, and no key is known
  };

  // `known`: the direction's variant, or nullptr.
  Resync(LayerContext& context, ConnectionKeys& keys, const McpVariant* known)
      : context_(context), keys_(keys), known_(known) {}

  // `text`: all that is not consumed. `is_final`: nothing follows.
  Found advance(std::string_view text, bool is_final);

  std::size_t position() const { return at_; }  // of what was found, or up to where there is nothing
  const McpVariant* variant() const { return variant_; }
  // So many bytes were taken from the front.
  void consumed(std::size_t bytes) { at_ -= bytes; }

 private:
  // The two bytes that `{"` becomes.
  struct Start {
    const McpVariant* variant;
    Keystream* keystream;
    char first;
    char second;
  };
  struct Candidate {
    const McpVariant* variant = nullptr;  // null: in clear
    Keystream* keystream = nullptr;
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
  bool opens(const McpVariant& variant, const std::vector<std::uint8_t>& cipher);

  LayerContext& context_;
  ConnectionKeys& keys_;
  const McpVariant* known_;
  bool has_keys_ = false;
  std::vector<Start> starts_;
  std::vector<Candidate> candidates_;  // at at_
  std::size_t at_ = 0;
  bool is_line_start_ = true;
  char before_ = '\0';  // what stands before at_, white space left out
  const McpVariant* variant_ = nullptr;
};

}  // namespace overhear::mcp
