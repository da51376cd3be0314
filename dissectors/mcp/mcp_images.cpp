#include "dissectors/mcp/mcp_images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "dissectors/field_text.hpp"
#include "dissectors/mcp/mcp_rules.hpp"

namespace overhear::mcp {
namespace {

constexpr std::size_t kImages = 16;
constexpr std::size_t kLongestId = 256;

std::optional<std::int64_t> number_of(const JsonIndex& json, const JsonNode* node) {
  std::int64_t number = 0;
  const bool is_number = node != nullptr && node->kind == JsonKind::Integer && to_integer(json.value(*node), number);
  return is_number ? std::optional(number) : std::nullopt;
}

// So many bytes as the part has, where it is base64 written as usual.
std::optional<std::int64_t> bytes_of(const JsonIndex& json, const JsonNode* node) {
  if (!is_string(node) || node->has_escapes) return std::nullopt;
  std::string_view text = json.value(*node);
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  return static_cast<std::int64_t>(text.size() / 4 * 3 + text.size() % 4 * 3 / 4);
}

bool is_base64_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

void add_unannounced(FindingList& findings, std::string_view id, std::string_view what) {
  Finding& finding = findings.add(rules::kUnannouncedImage);
  finding.field = "/data/id";
  finding.text = what;
  finding.text += ' ';
  append_cut(finding.text, id, kNameCharacters);
}

}  // namespace

bool is_base64(std::string_view meaning) {
  if (meaning.size() % 4 != 0) return false;
  for (int i = 0; i < 2 && meaning.ends_with('='); ++i) meaning.remove_suffix(1);
  return std::ranges::all_of(meaning, is_base64_character);
}

void Images::on_message(Kind kind, const Message& message, const Asked& asked, FindingList& findings) {
  const JsonIndex& json = *message.json;
  const JsonNode* const data = json.find("data");
  const std::string_view id = id_of(json, json.find(data, "id"));
  const bool is_nameless = id.empty() || id.size() > kLongestId;
  if (is_nameless) return;
  const Direction sender = message.direction;
  switch (kind) {
    case Kind::UploadAccepted: return announce(id, Direction::Client, message, data);
    case Kind::RequestDownload: request(id); return;
    case Kind::DownloadMeta: return on_meta(id, message, data, findings);
    case Kind::Part:
    case Kind::Completed: break;
    default: return;
  }
  // The server confirms the end of an upload in the same words.
  if (sender == Direction::Server && kind_of(asked.type_spec) == Kind::Completed) return;
  Image* const image = find(id, sender);
  const bool is_download = message.type.find("Download") != std::string_view::npos;
  const bool is_clear = sender == Direction::Client || is_download;
  if (image == nullptr || !image->is_announced) {
    const bool is_missing = image != nullptr || (is_complete_ && is_clear);
    const std::string_view what =
        sender == Direction::Client ? "no upload was accepted as image" : "no ImageDownloadMeta came before of image";
    if (is_missing) add_unannounced(findings, id, what);
  } else if (kind == Kind::Part) {
    on_part(*image, message, data, findings);
  } else {
    on_completed(*image, findings);
    images_.erase(images_.begin() + (image - images_.data()));
  }
}

Images::Image* Images::find(std::string_view id, Direction sender) {
  const auto is_it = [&](const Image& image) { return image.sender == sender && image.id == id; };
  const auto found = std::ranges::find_if(images_, is_it);
  return found == images_.end() ? nullptr : &*found;
}

Images::Image* Images::request(std::string_view id) {
  if (Image* const known = find(id, Direction::Server)) {
    known->received.reset();  // two at a time: whose part is whose?
    known->part.reset();
    return known;
  }
  if (images_.size() == kImages) {
    images_.erase(images_.begin());
    is_complete_ = false;
  }
  Image& image = images_.emplace_back();
  image.id = id;
  image.sender = Direction::Server;
  return &image;
}

void Images::announce(std::string_view id, Direction sender, const Message& message, const JsonNode* data) {
  Image* const image = sender == Direction::Server ? find(id, sender) : request(id);
  image->sender = sender;
  image->is_announced = true;
  image->declared = number_of(*message.json, message.json->find(data, "size"));
  image->received = 0;
}

void Images::on_meta(std::string_view id, const Message& message, const JsonNode* data, FindingList& findings) {
  if (find(id, Direction::Server) == nullptr) {
    if (is_complete_) add_unannounced(findings, id, "the client has not asked for image");
    request(id);
  }
  announce(id, Direction::Server, message, data);
}

void Images::on_part(Image& image, const Message& message, const JsonNode* data, FindingList& findings) {
  const JsonIndex& json = *message.json;
  const auto part = number_of(json, json.find(data, "part"));
  if (part && image.part && *part - 1 != *image.part) {
    Finding& finding = findings.add(rules::kPartOrder);
    finding.field = "/data/part";
    fmt::format_to(std::back_inserter(finding.text), "part {} comes behind part {}", *part, *image.part);
  }
  image.part = part;
  const auto bytes = bytes_of(json, json.find(data, "data"));
  image.received = image.received && bytes ? std::optional(*image.received + *bytes) : std::nullopt;
  const bool is_over = image.received && image.declared && *image.received > *image.declared;
  if (!is_over || image.is_over) return;
  image.is_over = true;
  Finding& finding = findings.add(rules::kImageSize);
  fmt::format_to(std::back_inserter(finding.text), "the parts so far have {} bytes, {} were declared", *image.received,
                 *image.declared);
}

void Images::on_completed(Image& image, FindingList& findings) {
  if (!image.received || !image.declared || *image.received >= *image.declared) return;
  Finding& finding = findings.add(rules::kImageSize);
  fmt::format_to(std::back_inserter(finding.text), "the parts have {} bytes, {} were declared", *image.received,
                 *image.declared);
}

void Images::on_loss() {
  images_.clear();
  is_complete_ = false;
}

}  // namespace overhear::mcp
