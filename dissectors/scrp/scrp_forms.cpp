#include "dissectors/scrp/scrp_forms.hpp"

#include <algorithm>

#include "dissectors/scrp/scrp_rules.hpp"

namespace overhear::scrp {
namespace {

constexpr std::string_view kUser = "SCRP 0.0.3, 1.4 User";
constexpr std::string_view kRoom = "SCRP 0.0.3, 1.5 Room";

bool is_id(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !text.empty() && text.size() <= 16 && std::ranges::all_of(text, is_allowed);
}

bool is_password(std::string_view text) {
  const auto is_printable = [](char c) { return c >= 0x20 && c <= 0x7E; };
  return text.size() >= 6 && text.size() <= 64 && std::ranges::all_of(text, is_printable);
}

bool is_nickname(std::string_view text) {
  const auto characters = std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  return characters >= 1 && characters <= 32;
}

constexpr std::string_view kId = "1 to 16 letters, digits and underscores of ASCII";
constexpr std::string_view kPassword = "6 to 64 printable characters of ASCII";
constexpr std::string_view kNickname = "1 to 32 characters";

}  // namespace

constexpr Form kUserIdForm{kId, "john_42", kUser, &rules::kUserId, is_id, "300"};
constexpr Form kRoomIdForm{kId, "room_1", kRoom, &rules::kRoomId, is_id, "301"};
constexpr Form kUserPasswordForm{kPassword, "my_very_secure_password", kUser, &rules::kUserPassword, is_password,
                                 "310"};
constexpr Form kRoomPasswordForm{kPassword, "open sesame", kRoom, &rules::kRoomPassword, is_password, "311"};
constexpr Form kUserNicknameForm{kNickname, "Erwin", kUser, &rules::kUserNickname, is_nickname, "320"};
constexpr Form kRoomNicknameForm{kNickname, "Cat room", kRoom, &rules::kRoomNickname, is_nickname, "321"};

}  // namespace overhear::scrp
