#include "proxy/settings_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/nearest.hpp"

namespace overhear {
namespace {

std::string suggestion(std::string_view meant, std::initializer_list<std::string_view> known) {
  const std::vector<std::string_view> names(known);
  const std::string_view near = nearest(meant, names);
  return near.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", near);
}

}  // namespace

SettingsReader::SettingsReader(std::string_view text) : text_(text) {
  limits_.json_nodes = SIZE_MAX;
  if (json_.parse(text, limits_) == JsonIndex::Status::Valid) return;
  problem_ = fmt::format("{}: {}", line_of(json_.error_offset()),
                         json_.error().empty() ? "the text ends inside a value" : json_.error());
}

std::string SettingsReader::line_of(std::size_t offset) const {
  const std::string_view before = text_.substr(0, offset);
  return fmt::format("line {}", 1 + std::ranges::count(before, '\n'));
}

void SettingsReader::fail(const JsonNode& at, std::string_view what) {
  if (!is_fine()) return;
  const std::string pointer = json_.pointer(at);
  problem_ = fmt::format("{}{}{}: {}", line_of(at.begin), pointer.empty() ? "" : ", ", pointer, what);
}

bool SettingsReader::is_object(const JsonNode& node) {
  if (node.kind == JsonKind::Object) return true;
  fail(node, "an object stands here: {…}");
  return false;
}

bool SettingsReader::is_list(const JsonNode& node) {
  if (node.kind == JsonKind::Array) return true;
  fail(node, "a list stands here: […]");
  return false;
}

void SettingsReader::allow_only(const JsonNode& object, std::initializer_list<std::string_view> names) {
  for (const JsonNode* one = json_.first_child(object); one != nullptr; one = json_.next_sibling(object, *one)) {
    const bool is_known = std::ranges::any_of(names, [&](std::string_view name) { return json_.is_name(*one, name); });
    if (!is_known) return fail(*one, fmt::format("there is no such setting{}", suggestion(json_.name(*one), names)));
  }
}

double SettingsReader::number(const JsonNode& object, std::string_view name, double absent, double least, double most) {
  const JsonNode* const node = find(object, name);
  if (node == nullptr) return absent;
  const std::string_view text = json_.value(*node);
  double out = NAN;
  if (node->kind == JsonKind::Integer || node->kind == JsonKind::Decimal) {
    (void)std::from_chars(text.data(), text.data() + text.size(), out);
  }
  if (!(out >= least && out <= most))
    fail(*node, fmt::format("a number from {:.10g} to {:.10g} stands here", least, most));
  return out;
}

std::int64_t SettingsReader::integer(const JsonNode& object, std::string_view name, std::int64_t absent,
                                     std::int64_t least, std::int64_t most) {
  const JsonNode* const node = find(object, name);
  if (node == nullptr) return absent;
  std::int64_t out = 0;
  const bool is_one = node->kind == JsonKind::Integer && to_integer(json_.value(*node), out);
  if (!is_one || out < least || out > most)
    fail(*node, fmt::format("an integer from {} to {} stands here", least, most));
  return out;
}

std::string SettingsReader::string(const JsonNode& object, std::string_view name, std::string_view absent) {
  const JsonNode* const node = find(object, name);
  if (node == nullptr) return std::string(absent);
  if (node->kind != JsonKind::String) fail(*node, "a string stands here");
  return unescaped(json_.value(*node));
}

bool SettingsReader::flag(const JsonNode& object, std::string_view name, bool absent) {
  const JsonNode* const node = find(object, name);
  if (node == nullptr) return absent;
  if (node->kind != JsonKind::True && node->kind != JsonKind::False) fail(*node, "true or false stands here");
  return node->kind == JsonKind::True;
}

std::size_t SettingsReader::choice(const JsonNode& object, std::string_view name, std::size_t absent,
                                   std::initializer_list<std::string_view> words) {
  const JsonNode* const node = find(object, name);
  if (node == nullptr) return absent;
  const std::string_view word = json_.value(*node);
  const auto* const found = std::ranges::find(words, word);
  if (node->kind == JsonKind::String && found != words.end()) return static_cast<std::size_t>(found - words.begin());
  fail(*node, fmt::format("is {}{}", json_.raw(*node).substr(0, 40), suggestion(word, words)));
  return absent;
}

}  // namespace overhear
