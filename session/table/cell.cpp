#include "session/table/cell.hpp"

#include <algorithm>

#include "session/filter/field_values.hpp"
#include "session/table/secrets.hpp"

namespace overhear {
namespace {

// Nine digits behind the point, as tshark has it.
void append_seconds(TextBuffer& out, std::int64_t ns) {
  const auto magnitude = static_cast<std::uint64_t>(ns < 0 ? -(ns + 1) : ns) + (ns < 0 ? 1 : 0);
  if (ns < 0) out += '-';
  append_number(out, magnitude / kSecond);
  out += '.';
  std::uint64_t fraction = magnitude % kSecond;
  char* const digits = out.extend(9);
  for (int i = 8; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
}

}  // namespace

bool CellWriter::add(std::string_view value, bool is_free_text) {
  ++count_;
  if (count_ == 1 || options_.occurrence == Occurrence::Last) {
    cell_.clear();
    is_free_text_ = is_free_text;
  } else {
    cell_ += options_.aggregator;
  }
  cell_.append(value);
  return options_.occurrence == Occurrence::First;
}

std::string_view CellWriter::write(const Column& column, const Subject& subject) {
  cell_.clear();
  count_ = 0;
  is_free_text_ = false;
  const FilterField& field = *column.field;
  switch (field.type) {
    case FilterType::Text: add_texts(field, subject); break;
    case FilterType::Address: add_endpoints(field, subject); break;
    case FilterType::Flag: add_flag(field, subject); break;
    case FilterType::Json:
      if (subject.message != nullptr && subject.message->json != nullptr)
        add_place(column.path, *subject.message->json);
      break;
    case FilterType::Numeric:
    case FilterType::Duration:
    case FilterType::Time:
    case FilterType::Choice:
    case FilterType::Severity:
    case FilterType::Name: add_numbers(field, subject); break;
  }
  return cell_.view();
}

std::string_view CellWriter::number_text(const FilterField& field, std::int64_t value) {
  value_.clear();
  switch (field.type) {
    case FilterType::Choice:
    case FilterType::Severity: return filter_choices(field.id)[static_cast<std::size_t>(value)];
    case FilterType::Duration: append_seconds(value_, value); break;
    case FilterType::Time: times_.append(value_, {value}); break;
    case FilterType::Name:
      append_number(value_, static_cast<std::uint64_t>(value) >> 32);
      value_ += '.';
      append_number(value_, static_cast<std::uint32_t>(value));
      break;
    default: append_number(value_, static_cast<std::uint64_t>(value)); break;
  }
  return value_.view();
}

void CellWriter::add_numbers(const FilterField& field, const Subject& subject) {
  visit_integers(field.id, subject, [&](std::int64_t value) { return add(number_text(field, value)); });
}

void CellWriter::add_texts(const FilterField& field, const Subject& subject) {
  if (field.id == FieldId::Body) {
    if (subject.message != nullptr) add_body(*subject.message);
    return;
  }
  visit_texts(field.id, subject, [&](std::string_view text) { return add(text, true); });
}

void CellWriter::add_endpoints(const FilterField& field, const Subject& subject) {
  visit_endpoints(field.id, subject, [&](const Endpoint& endpoint) {
    char text[kMaxEndpointText];
    const char* const end = write_endpoint(text, endpoint);
    return add({text, static_cast<std::size_t>(end - text)});
  });
}

void CellWriter::add_flag(const FilterField& field, const Subject& subject) {
  const bool is_encrypted = subject.message != nullptr && subject.message->is_encrypted;
  const bool has_findings = !subject.findings.empty() || !subject.action_findings.empty();
  if (field.id == FieldId::Finding ? has_findings : is_encrypted) add("1");
}

void CellWriter::add_body(const Message& message) {
  if (message.json == nullptr) {
    add(message.body, true);
    return;
  }
  meaning_.clear();
  append_json(meaning_, *message.json, message.json->root(), options_.masks_secrets);
  add(meaning_, true);
}

void CellWriter::add_place(const BodyPath& path, const JsonIndex& json) {
  if (json.status() != JsonIndex::Status::Valid) return;
  const bool is_secret = options_.masks_secrets &&
                         std::ranges::any_of(path, [](const PathStep& step) { return is_secret_name(step.name); });
  visit_place(json, json.root(), path, [&](const JsonNode& node) {
    if (is_secret) return add(kSecretMask);
    const bool is_string = node.kind == JsonKind::String;
    if (is_string && !node.has_escapes) return add(json.value(node), true);
    meaning_.clear();
    if (is_string) {
      append_unescaped(meaning_, json.value(node));
    } else {
      append_json(meaning_, json, node, options_.masks_secrets);
    }
    return add(meaning_, is_string);
  });
}

}  // namespace overhear
