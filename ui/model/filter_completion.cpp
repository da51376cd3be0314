#include "ui/model/filter_completion.hpp"

#include <algorithm>

#include "session/filter/filter_field.hpp"
#include "session/filter/filter_lexer.hpp"
#include "session/rules.hpp"

namespace overhear {
namespace {

using Kind = FilterToken::Kind;

constexpr std::size_t kMost = 200;

bool is_relation(Kind kind) {
  return kind >= Kind::Equal && kind <= Kind::Matches;
}

// Behind it a comparison begins.
bool is_beginning(Kind kind) {
  return kind == Kind::Open || kind == Kind::Or || kind == Kind::Xor || kind == Kind::And || kind == Kind::Not;
}

bool starts_with(std::string_view text, std::string_view prefix) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower, lower);
}

// As a filter has to write it.
std::string quoted(std::string_view value) {
  if (!value.empty() && std::ranges::all_of(value, is_filter_word)) return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

class Completer {
 public:
  Completer(std::string_view text, const RecordStore& store) : text_(text), store_(store) {}

  FilterCompletion run() {
    read();
    std::string prefix;
    out_.begin = text_.size();
    if (is_in_string_) {
      out_.begin = string_begin_;
      prefix = text_.substr(string_begin_ + 1);
    } else if (!tokens_.empty() && tokens_.back().end == text_.size() && tokens_.back().kind == Kind::Word) {
      out_.begin = tokens_.back().begin;
      prefix = tokens_.back().value;
      tokens_.pop_back();
    }
    if (const FilterField* const field = compared_field()) {
      add_values(*field, prefix);
    } else if (tokens_.empty() || is_beginning(tokens_.back().kind)) {
      if (!is_in_string_) add_fields(prefix);
    } else if (tokens_.back().kind == Kind::Word && prefix.empty()) {
      add_relations(tokens_.back().value);
    }
    return std::move(out_);
  }

 private:
  // Up to the cursor; a string that has not ended yet is where values are completed.
  void read() {
    FilterLexer lexer(text_);
    while (true) {
      const std::size_t before = lexer.position();
      auto token = lexer.next(true);
      if (!token) {
        const std::size_t quote = text_.find('"', before);
        is_in_string_ = quote != std::string_view::npos;
        string_begin_ = is_in_string_ ? quote : 0;
        return;
      }
      if (token->kind == Kind::End) return;
      tokens_.push_back(std::move(*token));
    }
  }

  // The field that a value is expected for: behind its relation, or inside braces behind `in`.
  const FilterField* compared_field() const {
    if (tokens_.size() < 2) return nullptr;
    std::size_t at = tokens_.size() - 1;
    if (tokens_[at].kind == Kind::OpenBrace || tokens_[at].kind == Kind::Comma) {
      while (at > 0 && tokens_[at].kind != Kind::In) --at;
    } else if (!is_relation(tokens_[at].kind)) {
      return nullptr;
    }
    return at == 0 ? nullptr : find_filter_field(tokens_[at - 1].value);
  }

  void add(std::string text, std::string_view meaning = {}) {
    if (out_.candidates.size() < kMost) out_.candidates.push_back({std::move(text), std::string(meaning)});
  }

  void add_fields(std::string_view prefix) {
    for (const FilterField& field : filter_fields()) {
      const std::size_t place = field.name.find("NAME");  // "body.NAME" stands for any
      const std::string_view name = field.name.substr(0, place);
      if (starts_with(name, prefix) && name.size() > prefix.size()) add(std::string(name), field.meaning);
    }
  }

  void add_relations(std::string_view name) {
    const FilterField* const field = find_filter_field(name);
    if (field == nullptr) return;
    for (const std::string_view relation : operators_of(field->type)) add(std::string(relation) + " ");
    add("&& ", "and");
    add("|| ", "or");
  }

  void add_values(const FilterField& field, std::string_view prefix) {
    if (field.type == FilterType::Choice || field.type == FilterType::Severity) {
      for (const std::string_view choice : filter_choices(field.id)) {
        if (starts_with(choice, prefix) && choice != prefix) add(std::string(choice));
      }
      return;
    }
    std::uint8_t role = 0;
    switch (field.id) {
      case FieldId::Type:
      case FieldId::ReplyToType: role = kTypeText; break;
      case FieldId::User:
      case FieldId::SessionUser: role = kUserText; break;
      case FieldId::Room: role = kRoomText; break;
      case FieldId::Event: role = kEventText; break;
      case FieldId::FindingCode: return add_codes(prefix);
      default: return;
    }
    for (std::size_t id = 1; id < store_.texts() && out_.candidates.size() < kMost; ++id) {
      const std::string_view text = store_.text(static_cast<StringId>(id));
      const bool is_one = (store_.roles(static_cast<StringId>(id)) & role) != 0;
      if (is_one && starts_with(text, prefix) && text != prefix) add(quoted(text));
    }
    std::ranges::sort(out_.candidates, {}, &FilterCandidate::text);
  }

  void add_codes(std::string_view prefix) {
    for (const std::string_view code : finding_codes()) {
      if (starts_with(code, prefix) && code != prefix) add(std::string(code));
    }
  }

  std::string_view text_;
  const RecordStore& store_;
  std::vector<FilterToken> tokens_;
  bool is_in_string_ = false;
  std::size_t string_begin_ = 0;
  FilterCompletion out_;
};

}  // namespace

FilterCompletion complete_filter(std::string_view text, std::size_t cursor, const RecordStore& store) {
  return Completer(text.substr(0, cursor), store).run();
}

}  // namespace overhear
