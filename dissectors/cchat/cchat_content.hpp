// Opens a chat message's content: base64 of text, or of what real clients encrypt under the room's key. Feeds the key
// exchange to the private keys that were given; which of them is this client's they find out themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decrypt/cchat_key.hpp"
#include "dissectors/json/json_index.hpp"
#include "dissectors/protocol.hpp"

namespace overhear::cchat {

// Whether a content is base64 as the specification has it; line breaks may stand in it, as Android writes it.
bool is_base64_text(std::string_view content);

class ContentOpener {
 public:
  explicit ContentOpener(const Environment& environment) : environment_(environment) {}

  // The key exchange, as this session's client sees it. The messages are objects of these types; fields of the wrong
  // type are passed over.
  void on_keyxchg_0(const JsonIndex& json);
  void on_keyxchg_1(const JsonIndex& json);
  void on_keyxchg_2(const JsonIndex& json);

  // What a content string says: `user` and `text` as they stand in a JSON string, valid until the next call;
  // empty where it does not say.
  struct Opened {
    std::string_view user;
    std::string_view text;
    std::string_view plaintext;  // what a key opened; empty where none was needed or none fits
  };
  Opened open(std::string_view content);

 private:
  void start();
  Opened look_inside();

  const Environment environment_;
  bool is_started_ = false;
  std::optional<CchatSessionKeys> keys_;  // none: no key was given, or no exchange seen yet

  std::vector<std::uint8_t> bytes_;
  std::string plaintext_;
  std::string text_;
  JsonIndex inner_;
};

}  // namespace overhear::cchat
