// The images on their way in one session: announced before their parts, parts in order and of the declared size. Each
// is known by its id, an upload from when it is accepted on. Bounded: of more images at a time nothing is said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/conformance.hpp"
#include "dissectors/mcp/mcp_kind.hpp"

namespace overhear::mcp {

class Images {
 public:
  void on_message(Kind kind, const Message& message, const Asked& asked, FindingList& findings);
  void on_loss();

 private:
  struct Image {
    std::string id;
    Direction sender = Direction::Client;
    bool is_announced = false;
    std::optional<std::int64_t> declared;  // bytes
    std::optional<std::int64_t> received;  // of which all are known
    std::optional<std::int64_t> part;      // the number of the last one
    bool is_over = false;                  // told that it is larger than declared
  };

  Image* find(std::string_view id, Direction sender);
  void announce(std::string_view id, Direction sender, const Message& message, const JsonNode* data);
  Image* request(std::string_view id);
  void on_meta(std::string_view id, const Message& message, const JsonNode* data, FindingList& findings);
  void on_part(Image& image, const Message& message, const JsonNode* data, FindingList& findings);
  void on_completed(Image& image, FindingList& findings);

  std::vector<Image> images_;
  bool is_complete_ = true;  // no others are on their way
};

// What standard base64 looks like; empty is no bytes.
bool is_base64(std::string_view meaning);

}  // namespace overhear::mcp
