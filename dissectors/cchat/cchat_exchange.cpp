#include "dissectors/cchat/cchat_exchange.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

#include "dissectors/cchat/cchat_rules.hpp"
#include "dissectors/field_text.hpp"

namespace overhear::cchat {
namespace {

constexpr std::string_view kRoundField = "/roundleft";
constexpr std::string_view kNumberField = "/keyintrmdt";

std::optional<std::int64_t> round_of(const JsonIndex& json) {
  const JsonNode* const node = json.find("roundleft");
  std::int64_t round = 0;
  const bool is_number = node != nullptr && node->kind == JsonKind::Integer && to_integer(json.value(*node), round);
  return is_number ? std::optional(round) : std::nullopt;
}

std::string_view without_zeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? std::string_view() : digits.substr(first);
}

bool is_hex_number(std::string_view digits) {
  return !digits.empty() && digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

// Of hexadecimal numbers, letters of either case.
bool is_less(std::string_view a, std::string_view b) {
  a = without_zeros(a);
  b = without_zeros(b);
  if (a.size() != b.size()) return a.size() < b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    // A bit tells lower case from upper case, and does not from a digit.
    const int left = a[i] | 0x20;
    const int right = b[i] | 0x20;
    if (left != right) return left < right;
  }
  return false;
}

}  // namespace

void KeyExchange::on_prime(const Message& message) {
  has_prime_ = true;
  is_prime_new_ = true;
  remember(prime_, string_of(*message.json, message.json->find("number")));
}

void KeyExchange::on_intermediate(const Message& message, FindingList& findings) {
  const JsonIndex& json = *message.json;
  if (const JsonNode* const prime = json.find("prime"); is_string(prime)) {
    has_prime_ = true;
    remember(prime_, json.value(*prime));
  }
  if (has_prime_ == false) findings.add(cchat_rules::kNoPrime);
  check_below_prime(json, findings);
  const std::optional<std::int64_t> round = round_of(json);
  if (round && *round < 0) findings.add(cchat_rules::kNegativeRound).field = kRoundField;
  const bool is_within = round && round_ && *round_ > 0 && *round <= *round_;
  if (is_within && *round != *round_ - 1) {
    Finding& finding = findings.add(cchat_rules::kRoundOrder);
    finding.field = kRoundField;
    fmt::format_to(std::back_inserter(finding.text), "{} rounds are left behind {}, or a new exchange has begun",
                   *round, *round_);
  }
  round_ = round;
  since_ = message.time;
  is_answered_ = false;
  is_prime_new_ = false;
  if (unanswered_) ++*unanswered_;
}

void KeyExchange::on_result(const Message& message, FindingList& findings) {
  const JsonIndex& json = *message.json;
  const std::optional<std::int64_t> round = round_of(json);
  if (round && *round < 0) findings.add(cchat_rules::kNegativeRound).field = kRoundField;
  const JsonNode* const number = json.find("keyintrmdt");
  const bool is_blank = is_string(number) && json.value(*number).empty();
  if (round == 0 && is_string(number) && !is_blank) findings.add(cchat_rules::kNotBlank).field = kNumberField;
  if (round && *round > 0 && is_blank) findings.add(cchat_rules::kBlank).field = kNumberField;
  if (unanswered_ == 1 && !is_prime_new_) check_below_prime(json, findings);
  is_answered_ = true;
  if (!unanswered_) return;
  if (*unanswered_ == 0) {
    findings.add(cchat_rules::kUnaskedResult);
    return;
  }
  const bool is_other = *unanswered_ == 1 && round && round_ && *round != *round_;
  if (is_other) {
    Finding& finding = findings.add(cchat_rules::kOtherRound);
    finding.field = kRoundField;
    fmt::format_to(std::back_inserter(finding.text), "the intermediate was that of round {}", *round_);
  }
  --*unanswered_;
}

void KeyExchange::check_below_prime(const JsonIndex& json, FindingList& findings) const {
  const std::string_view number = string_of(json, json.find("keyintrmdt"));
  if (!is_hex_number(prime_) || !is_hex_number(number) || is_less(number, prime_)) return;
  findings.add(cchat_rules::kOverPrime).field = kNumberField;
}

bool KeyExchange::is_under_way(Timestamp at) const {
  return round_ && *round_ > 0 && (is_answered_ || at - since_ > kCrossing);
}

void KeyExchange::start() {
  round_.reset();
  unanswered_ = 0;
}

void KeyExchange::on_loss() {
  round_.reset();
  unanswered_.reset();
  if (has_prime_ == false) has_prime_.reset();
  prime_.clear();
}

}  // namespace overhear::cchat
