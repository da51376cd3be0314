// JSON against another reader of it, and the two that find its end against each other.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "dissectors/json/json_boundary.hpp"
#include "dissectors/json/json_index.hpp"
#include "dissectors/json/json_progress.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace overhear::fuzz {
namespace {

constexpr std::size_t kLongNumber = 300;  // others take it for infinite

bool has_strange_number(const JsonIndex& json, const JsonNode& parent) {
  for (const JsonNode* node = json.first_child(parent); node != nullptr; node = json.next_sibling(parent, *node)) {
    if (node->kind == JsonKind::Decimal || json.raw(*node).size() > kLongNumber) return true;
    if (has_strange_number(json, *node)) return true;
  }
  return parent.kind == JsonKind::Decimal ||
         (parent.kind == JsonKind::Integer && json.raw(parent).size() > kLongNumber);
}

void check_nodes(const JsonIndex& json, const JsonNode& parent, int depth) {
  for (const JsonNode* node = json.first_child(parent); node != nullptr; node = json.next_sibling(parent, *node)) {
    check(node->begin < node->end && node->end <= json.text().size(), "a value lies outside the text");
    check(node->begin >= parent.begin && node->end <= parent.end, "a value lies outside its parent");
    if (parent.kind == JsonKind::Object) {
      std::string name;
      append_unescaped(name, json.name(*node));
      const JsonNode* const found = json.find(&parent, name);
      check(found != nullptr && found >= node, "a name is not found, or not the last of that name");
    }
    if (depth < 30) check_nodes(json, *node, depth + 1);
  }
}

// Strict at every byte: whole where the parser finds an object, broken no later than it.
void check_progress(std::string_view text, std::size_t cut) {
  JsonProgress progress({});
  auto status = progress.scan(text.substr(0, std::min(cut, text.size())));
  if (status == JsonProgress::Status::NeedMore) status = progress.scan(text);
  JsonProgress other({});
  check(other.scan(text) == status && other.length() == progress.length(), "progress depends on how the text comes");
  if (text.front() != '{') return check(status == JsonProgress::Status::Broken, "no object, and not broken");
  JsonIndex json;
  switch (json.parse_prefix(text, {})) {
    case JsonIndex::Status::Valid:
      return check(status == JsonProgress::Status::Whole && progress.length() == json.length(),
                   "an object is not whole");
    case JsonIndex::Status::Incomplete: return check(status != JsonProgress::Status::Whole, "a part is whole");
    case JsonIndex::Status::Invalid:
    case JsonIndex::Status::TooDeep:
      return check(status == JsonProgress::Status::Broken, "what is wrong is not broken");
  }
}

void check_end(std::string_view text, std::size_t cut) {
  const bool has_mark = text.starts_with("\xEF\xBB\xBF");
  if (text.empty() || is_json_separator(text.front()) || has_mark) return;
  JsonBoundary boundary;
  std::size_t length = boundary.scan(text.substr(0, std::min(cut, text.size())));
  if (length == 0) length = boundary.scan(text);
  check(length == JsonBoundary().scan(text), "the end depends on how the text comes");
  JsonIndex json;
  check_progress(text, cut);
  const bool is_container = text.front() == '{' || text.front() == '[' || text.front() == '"';
  if (is_container && json.parse_prefix(text, {}) == JsonIndex::Status::Valid) {
    check(length == json.length(), "the two ends differ");
  }
}

}  // namespace

void fuzz_json(Bytes input) {
  Input numbers(input);
  const std::size_t cut = numbers.byte();
  const std::string_view text = as_text(numbers.rest());
  check_end(text, cut);
  JsonIndex json;
  const auto status = json.parse(text, {});
  // The other reader takes a NUL for the end.
  const bool is_accepted = !text.contains('\0') && nlohmann::json::accept(text.begin(), text.end());
  if (is_accepted)
    check(status == JsonIndex::Status::Valid || status == JsonIndex::Status::TooDeep, "valid was refused");
  if (status == JsonIndex::Status::Incomplete || status == JsonIndex::Status::Invalid) {
    check(json.error_offset() <= text.size() && !json.error().empty(), "no reason is given");
  }
  if (status != JsonIndex::Status::Valid) return;
  if (!json.flags().lone_surrogate && !json.flags().index_limit && !has_strange_number(json, json.root())) {
    check(is_accepted, "invalid was accepted");
  }
  if (!json.flags().index_limit) check_nodes(json, json.root(), 0);
  check(json.duplicate_pointers().empty() == !json.flags().duplicate_name, "a duplicate is not named");
  if (json.flags().lone_surrogate) (void)json.surrogate_pointer();
  if (json.root().kind == JsonKind::Object || json.root().kind == JsonKind::Array) {
    JsonIndex part;
    const auto cut_status = part.parse(text.substr(0, std::min<std::size_t>(cut, json.length() - 1)), {});
    check(cut_status == JsonIndex::Status::Incomplete, "a part is not incomplete");
  }
}

}  // namespace overhear::fuzz
