// Opens a chat message's content: base64 of text, or of what real clients encrypt under the room's key. Holds the key
// chains of this session's client, one for each private key that was given, until the exchange tells which is right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.hpp"
#include "decrypt/cchat_key.hpp"
#include "dissectors/json/json_index.hpp"
#include "dissectors/protocol.hpp"

namespace overhear::cchat {

class ContentOpener {
 public:
  explicit ContentOpener(const Environment& environment) : environment_(environment) {}

  // The key exchange, as this session's client sees it. The messages are objects of these types; fields of the wrong
  // type are passed over.
  void on_keyxchg_0(const JsonIndex& json);
  void on_keyxchg_1(const JsonIndex& json, FindingList& findings);
  void on_keyxchg_2(const JsonIndex& json);

  // What a content string says: `user`, `room` and `text` as they stand in a JSON string, valid until the next call;
  // empty where it does not say.
  struct Opened {
    std::string_view user;
    std::string_view room;
    std::string_view text;
    std::string_view plaintext;  // what a key opened; empty where none was needed or none fits
  };
  Opened open(std::string_view content);

 private:
  void start();
  bool open_with_key(std::string_view content);
  void keep_only(std::size_t chain);
  Opened look_inside();
  std::string_view field(const JsonIndex& json, std::string_view name, std::string& scratch) const;

  const Environment environment_;
  bool is_started_ = false;
  bool is_confirmed_ = false;  // one chain is left, and it is this client's
  std::vector<CchatKeyChain> chains_;
  std::uint64_t spent_ = 0;  // on exponentiations before that

  std::vector<std::uint8_t> bytes_;
  std::string prime_;
  std::string intermediate_;
  std::string plaintext_;
  std::string text_;
  JsonIndex inner_;
};

}  // namespace overhear::cchat
