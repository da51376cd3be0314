// Each rule of cchat's connections: a conversation that keeps it, one that breaks it, and what is not known.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dissectors/cchat/cchat.hpp"
#include "tests/support/judge.hpp"

namespace overhear::testing {
namespace {

using ::testing::IsEmpty;

constexpr std::string_view kDigest = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

std::string pack(char who, std::string_view type, std::string_view rest = "") {
  return fmt::format(R"({}{{"ver":1,"type":"{}"{}}})", who, type, rest);
}
std::string join(std::string_view client = kDigest, std::string_view room = kDigest) {
  return pack('>', "join", fmt::format(R"(,"clientid":"{}","chatroom":"{}")", client, room));
}
std::string prime(std::string_view number = "17") {
  return pack('<', "keyxchg_0", fmt::format(R"(,"number":"{}")", number));
}
std::string asks(int round, std::string_view number = "8") {
  return pack('<', "keyxchg_1", fmt::format(R"(,"roundleft":{},"keyintrmdt":"{}")", round, number));
}
std::string computes(int round, std::string_view number = "a") {
  return pack('>', "keyxchg_2", fmt::format(R"(,"roundleft":{},"keyintrmdt":"{}")", round, number));
}
std::string says(std::string_view content = "aGk=") {
  return pack('>', "message_0", fmt::format(R"(,"content":"{}")", content));
}
std::string said(std::string_view content = "aGk=") {
  return pack('<', "message_1", fmt::format(R"(,"content":"{}")", content));
}
std::string error(std::string_view code) {
  return pack('<', "error", fmt::format(R"(,"errcode":"{}","errdetail":"")", code));
}
const std::string kLeave = pack('>', "leave");
const std::string kOk = error("0x0");

// Messages 1 and 2.
Script in(const Script& rest) {
  Script out = {join(), kOk};
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}
// And 3, the prime.
Script primed(const Script& rest) {
  Script out = in({prime()});
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

std::vector<RuleCase> form_cases() {
  return {
      {"binary frames", {"binary", join(), kOk}, ""},
      {"text frames", {"text", join(), kOk, says(), said()}, "1:cchat.text_frame(note) 2:cchat.text_frame(note)"},
      {"a name in place of its digest", {join("alice")}, "1:cchat.no_digest"},
      {"a room in place of its digest", {join(kDigest, "lobby")}, "1:cchat.no_digest"},
      {"a digest too short", {join(kDigest.substr(1))}, "1:cchat.no_digest"},
      {"a digest in capitals", {join("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")}, ""},
      {"a prime with a prefix", in({prime("0x17")}), "3:cchat.no_hex"},
      {"an intermediate that is blank", primed({asks(0, "")}), "4:cchat.no_hex"},
      {"a result of other letters", primed({asks(1), computes(1, "g")}), "5:cchat.no_hex"},
  };
}

std::vector<RuleCase> place_cases() {
  return {
      {"in order", in({says(), said(), kLeave, kOk}), ""},
      {"not joined", {says(), error("0x5")}, "1:cchat.not_in_room"},
      {"not joined, and served", {says(), said()}, "1:cchat.not_in_room 2:cchat.not_refused"},
      {"leaving from outside", {kLeave}, "1:cchat.not_in_room"},
      {"a result from outside", {computes(0, "")}, "1:cchat.not_in_room"},
      {"the join is on its way", {join(), says(), kOk}, ""},
      {"the join was refused", {join(), error("0x4"), "+1", says()}, "3:cchat.not_in_room"},
      {"the refusal is on its way", {join(), error("0x4"), says()}, ""},
      {"refused, and another try", {join(), error("0x4"), join(), kOk, says()}, ""},
      {"behind the leaving", in({kLeave, says()}), "4:cchat.not_in_room"},
      {"and back again", in({kLeave, kOk, join(), kOk, says()}), ""},
      {"the leaving was refused", in({kLeave, error("0x8"), says()}), "4:cchat.wrong_error"},
      {"what comes behind the farewell refuses no leaving", in({kLeave, kOk, error("0x8"), says()}),
       "5:cchat.wrong_error 6:cchat.not_in_room"},
      {"sent out", in({error("0x6"), "+1", says()}), "3:cchat.ambiguous_code(note) 4:cchat.not_in_room"},
      {"behind a loss", {"~", says(), kLeave}, ""},
      {"behind what could not be read", {">?", says()}, ""},
      {"the server says where it is", {"~", error("0x5"), "+1", says()}, "2:cchat.not_in_room"},
      {"in two rooms", in({join()}), "3:cchat.second_join"},
      {"twice", {join(), join()}, "2:cchat.second_join"},
      {"a second join that is refused", in({join(), error("0x4"), "+1", says()}), "3:cchat.second_join"},
      {"a refusal of nothing", in({error("0x4"), "+1", says()}), ""},
      {"once more behind a loss", in({"~", join()}), ""},
      {"a message to a stranger", {said()}, "1:cchat.uninvited"},
      {"a key for a stranger", {prime(), asks(0)}, "2:cchat.uninvited"},
      {"behind the farewell", in({kLeave, kOk, said()}), "5:cchat.uninvited"},
      {"before the farewell", in({kLeave, said(), kOk}), ""},
      {"before the second one", in({kLeave, kOk, join(), kOk, kLeave, said(), kOk}), ""},
      {"long behind a leaving that was not answered", in({kLeave, "+1", said()}), "4:cchat.uninvited"},
      {"a message behind a loss", {"~", said()}, ""},
      {"sent away from within", in({error("0x5")}), "3:cchat.wrong_error"},
      {"told late that it was outside", {says(), join(), kOk, error("0x5")}, "1:cchat.not_in_room"},
      {"told so twice", {says(), join(), kOk, error("0x5"), error("0x5")}, "1:cchat.not_in_room 5:cchat.wrong_error"},
      {"told late that it was outside again", in({kLeave, kOk, says(), join(), kOk, error("0x5")}),
       "5:cchat.not_in_room"},
      {"sent away from where it is served", {"~", said(), error("0x5")}, "2:cchat.wrong_error"},
      {"within, as far as is known", in({"~", error("0x5")}), ""},
      {"a type that is known", in({says(), error("0x8")}), "4:cchat.wrong_error"},
      {"a type that is not", in({pack('>', "dance"), error("0x8")}), ""},
      {"something else is wrong", in({says("no base64"), error("0x8")}), ""},
      {"in the wrong frame",
       {"text", join(), kOk, says(), error("0x8")},
       "1:cchat.text_frame(note) 2:cchat.text_frame(note)"},
      {"a type that may not be", in({"~", error("0x8")}), ""},
  };
}

std::vector<RuleCase> exchange_cases() {
  const std::string with_prime = pack('<', "keyxchg_1", R"(,"roundleft":0,"keyintrmdt":"02","prime":"17")");
  return {
      {"of two", primed({asks(1), computes(1), asks(0), computes(0, ""), says()}), ""},
      {"of three", primed({asks(2), computes(2), asks(1), computes(1), asks(0), computes(0, "")}), ""},
      {"a new one", primed({asks(0), computes(0, ""), prime(), asks(2), computes(2), asks(3), computes(3)}), ""},
      {"a message meanwhile", primed({asks(1), computes(1), says()}), "6:cchat.during_exchange"},
      {"a message when all is told", primed({asks(1), computes(1), asks(0), says()}), ""},
      {"a message that crosses it", primed({asks(1), says()}), ""},
      {"a message long behind it", primed({asks(1), "+1", says()}), "5:cchat.during_exchange"},
      {"a message behind a loss", primed({asks(1), computes(1), "~", says()}), ""},
      {"a result of nothing", primed({computes(1)}), "4:cchat.unasked_result"},
      {"two results of one", primed({asks(1), computes(1), computes(1)}), "6:cchat.unasked_result"},
      {"a result behind a loss", in({"~", computes(1)}), ""},
      {"of another round", primed({asks(2), computes(1)}), "5:cchat.other_round(note)"},
      {"of one of two rounds", primed({asks(2), asks(1), computes(2), computes(1)}), ""},
      {"fewer than none", primed({asks(-1)}), "4:cchat.roundleft"},
      {"a result of fewer than none", primed({asks(-1), computes(-1)}), "4:cchat.roundleft 5:cchat.roundleft"},
      {"rounds are left out", primed({asks(2), computes(2), asks(0)}), "6:cchat.round_order(note)"},
      {"rounds do not go down", primed({asks(2), computes(2), asks(2)}), "6:cchat.round_order(note)"},
      {"rounds behind a loss", primed({asks(2), "~", asks(0)}), ""},
      {"no round is left, and a result", primed({asks(0), computes(0, "a")}), "5:cchat.not_blank"},
      {"rounds are left, and none", primed({asks(1), computes(1, "")}), "5:cchat.blank"},
      {"without a prime", in({asks(0)}), "3:cchat.no_prime"},
      {"with one of its own, as the public server sends it", in({with_prime}), ""},
      {"without one behind a loss", in({"~", asks(0)}), ""},
      {"the prime of an earlier stay", primed({kLeave, kOk, join(), kOk, asks(0)}), ""},
      {"a prime from the beginning", {prime(), join(), asks(0)}, ""},
      {"a result that does not know a smaller prime", primed({asks(1), prime("5"), computes(1)}), ""},
      {"a result of one of two primes", primed({asks(1), prime("9"), asks(1), computes(1)}),
       "6:cchat.round_order(note)"},
      {"as large as the prime", primed({asks(0, "17")}), "4:cchat.over_prime"},
      {"as large as the prime before a loss", primed({"~", asks(0, "17")}), ""},
      {"larger", primed({asks(1), computes(1, "0100")}), "5:cchat.over_prime"},
      {"less in capitals", in({prime("ff"), asks(0, "00FE")}), ""},
      {"more in capitals", in({prime("fd"), asks(0, "FE")}), "4:cchat.over_prime"},
  };
}

// Silence of others than these is told of single messages.
void check(const std::vector<RuleCase>& cases) {
  check_rules(cchat::kProtocol, cases, {"app.", "cchat.not_base64", "cchat.observed_code"});
}

TEST(CchatRules, FramesAreBinaryAndNumbersHexadecimal) {
  check(form_cases());
}
TEST(CchatRules, MessagesAreForThoseInTheRoom) {
  check(place_cases());
}
TEST(CchatRules, TheKeyExchangeGoesDownToItsEnd) {
  check(exchange_cases());
}

TEST(CchatRules, HaveEachACaseThatBreaksThem) {
  std::vector<RuleCase> all;
  for (const auto& cases : {form_cases(), place_cases(), exchange_cases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  EXPECT_THAT(untested(cchat::kProtocol, "cchat.", all, {"cchat.not_base64", "cchat.observed_code"}), IsEmpty());
}

}  // namespace
}  // namespace overhear::testing
