// Finds out how one direction encrypts: every variant of the list is tried with one secret on the first encrypted
// message, as its bytes come, and the first that makes a package of them is it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/mcp/mcp_keys.hpp"
#include "dissectors/mcp/mcp_reading.hpp"

namespace overhear::mcp {

class VariantTrial {
 public:
  explicit VariantTrial(const McpSecret& secret) : keystreams_(secret) {}

  // `text` are the bytes of the direction from the first encrypted one on, the same as at the call before or more.
  // `is_end`: nothing more will come.
  Reading advance(std::string_view text, LayerContext& context, bool is_end);

  // REQUIRES: a package. The keystream is moved out.
  Opening take_opening();
  // White space in front of the ciphertext that belongs to the message before.
  std::size_t skipped() const { return skipped_; }
  // Bytes decrypted on trial.
  std::size_t held() const;

 private:
  struct Raw {
    const McpVariant* variant;
    std::size_t skipped;
    Keystream* keystream;
    std::string plain;
    JsonProgress progress;
  };

  void start(std::string_view text, const Limits& limits);
  Reading try_raw(Raw& raw, std::string_view text, LayerContext& context, bool is_end);
  Reading try_line(std::string_view text, LayerContext& context, bool is_end);

  SecretKeystreams keystreams_;
  bool has_started_ = false;
  bool are_lines_possible_ = true;
  std::size_t scanned_ = 0;  // for the end of the line
  std::vector<Raw> raws_;
  const McpVariant* variant_ = nullptr;
  std::size_t skipped_ = 0;
};

}  // namespace overhear::mcp
