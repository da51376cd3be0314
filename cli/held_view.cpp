#include "cli/held_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json_member.hpp"
#include "cli/message_color.hpp"
#include "cli/wrap.hpp"
#include "dissectors/json/json_index.hpp"
#include "session/table/secrets.hpp"
#include "session/text/finding_text.hpp"
#include "session/text/json_layout.hpp"
#include "session/text/message_text.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

using nlohmann::json;

constexpr std::string_view kIndent = "    ";
constexpr std::size_t kShownLines = 40;        // of a body, on a terminal
constexpr std::size_t kWrittenLines = 10'000;  // elsewhere
constexpr std::size_t kShownName = 32;

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

std::string_view color_of(JsonPart part) {
  switch (part) {
    case JsonPart::Name:
    case JsonPart::Break: return {};
    case JsonPart::Mark: return color::kFaint;
    case JsonPart::String: return color::kGreen;
    case JsonPart::Literal: return color::kYellow;
  }
  return {};
}

// Follows a text that is laid out: which of its values are nobody's business.
class SecretValues {
 public:
  bool is_next() const { return is_next_ || depth_ > 0; }

  void pass(JsonPart part, std::string_view piece) {
    if (part == JsonPart::Name) {
      is_next_ = is_secret_name(unescaped(piece.substr(1, piece.size() - 2)));
    } else if (part == JsonPart::String || part == JsonPart::Literal) {
      is_next_ = false;
    } else if (is_next() && (piece == "{" || piece == "[")) {
      is_next_ = false;
      ++depth_;
    } else if (depth_ > 0 && (piece == "}" || piece == "]")) {
      --depth_;
    }
  }

 private:
  bool is_next_ = false;
  std::size_t depth_ = 0;  // inside a secret value
};

// "alice, room 3"
std::string parties_of(const json& record) {
  const std::string user = string_member(record, "user");
  const std::string room = string_member(record, "room");
  std::string out = user.empty() ? user : name_text(user, kShownName);
  if (room.empty()) return out;
  if (!out.empty()) out += ", ";
  return out + "room " + name_text(room, kShownName);
}

}  // namespace

HeldView::HeldView(Output& output, const HeldLook& look)
    : look_(look), line_(output, look.width, look.with_color, look.is_ascii) {}

std::size_t HeldView::most_lines() const {
  return look_.width == 0 ? kWrittenLines : kShownLines;
}

void HeldView::say(std::string_view text, std::string_view color) {
  for (const std::string& part : wrap(text, look_.width)) {
    line_.put(part, color);
    line_.end();
  }
}

void HeldView::show(const Held& held) {
  put_summary(held);
  put_findings(held.record);
  if (!held.text) {
    line_.put(fmt::format("{}{} bytes that are no text", kIndent, number_member(held.record, "size")), color::kFaint);
    line_.end();
  } else if (is_json(*held.text)) {
    put_json(*held.text);
  } else {
    put_text(*held.text);
  }
}

void HeldView::put_summary(const Held& held) {
  const std::string name = printable(name_of(held));
  const std::size_t behind = name.find(' ');  // the number
  line_.put(name.substr(0, behind), color::kBold);
  if (const std::uint64_t number = number_member(held.record, "number"); number != 0) {
    line_.put(fmt::format("  {}.{}", held.session, number), color::kFaint);
  }
  line_.put(name.substr(behind), color_of_protocol(held.protocol));
  if (const std::string parties = parties_of(held.record); !parties.empty()) line_.put("  " + parties);
  line_.end();
}

void HeldView::put_findings(const json& record) {
  const auto findings = record.find("findings");
  if (findings == record.end() || !findings->is_array()) return;
  for (const json& finding : *findings) {
    const bool is_error = string_member(finding, "severity") == "error";
    if (!is_error && string_member(finding, "severity") != "warning") continue;
    const Severity severity = is_error ? Severity::Error : Severity::Warning;
    line_.put(fmt::format("{}{} ", kIndent, mark_of(severity)), overhear::color_of(severity));
    line_.put(printable(string_member(finding, "code")), overhear::color_of(severity));
    line_.put(" " + printable(placed_text(string_member(finding, "field"), string_member(finding, "text"))));
    if (const std::string spec = string_member(finding, "spec"); !spec.empty()) line_.put(printable(" (" + spec + ")"));
    line_.end();
  }
}

void HeldView::put_json(std::string_view text) {
  std::size_t lines = 1;
  SecretValues secrets;
  line_.put(kIndent);
  lay_out(text, [&](JsonPart part, std::string_view piece) {
    if (part == JsonPart::Break) {
      line_.end();
      if (++lines > most_lines()) return false;
      line_.put(kIndent);
      line_.put(piece);
      return true;
    }
    const bool is_value = part == JsonPart::String || part == JsonPart::Literal;
    const bool is_masked = is_value && secrets.is_next() && !look_.show_secrets;
    line_.put(is_masked ? std::string(kSecretMask) : printable(piece), color_of(part));
    secrets.pass(part, piece);
    return true;
  });
  if (lines > most_lines()) line_.put(fmt::format("{}… and more: e has all of it", kIndent), color::kFaint);
  line_.end();
}

void HeldView::put_text(std::string_view text) {
  for (std::size_t lines = 0; lines == 0 || !text.empty(); ++lines) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    line_.put(kIndent);
    line_.put(lines < most_lines() ? printable(text.substr(0, end)) : "… and more: e has all of it");
    line_.end();
    if (lines == most_lines()) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace overhear
