#include "dissectors/gradagenda/gradagenda_sessions.hpp"

#include "base/text_hash.hpp"
#include "dissectors/field_text.hpp"

namespace overhear::gradagenda {
namespace {

constexpr std::size_t kSessions = 256;
constexpr std::size_t kLongestId = 256;

}  // namespace

ChatSession* ChatSessions::find(std::string_view id) {
  if (last_ < sessions_.size() && sessions_[last_].id == id) return &sessions_[last_];
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    if (sessions_[i].id != id) continue;
    last_ = i;
    return &sessions_[i];
  }
  return nullptr;
}

const ChatSession* ChatSessions::find_direct(std::string_view user, std::string_view other) {
  for (const ChatSession& session : sessions_) {
    if (!session.is_direct || session.pair[0].empty()) continue;
    const bool is_so = means_the_same(session.pair[0], user) && means_the_same(session.pair[1], other);
    const bool is_reverse = means_the_same(session.pair[0], other) && means_the_same(session.pair[1], user);
    if (is_so || is_reverse) return &session;
  }
  return nullptr;
}

ChatSession* ChatSessions::add(std::string_view id) {
  if (sessions_.size() == kSessions || id.empty() || id.size() > kLongestId) return nullptr;
  ChatSession& session = sessions_.emplace_back();
  session.id = id;
  return &session;
}

// IDs and types never change; who is in a session may have changed meanwhile, and it may have been made anew.
void ChatSessions::on_loss() {
  for (ChatSession& session : sessions_) {
    session.is_current = false;
    session.deleted.reset();
  }
}

std::uint64_t digest_of(std::string_view text_in_json, std::string& scratch) {
  if (text_in_json.find('\\') == std::string_view::npos) return text_hash(text_in_json);
  scratch.clear();
  append_unescaped(scratch, text_in_json);
  return text_hash(scratch);
}

Users Users::of(const JsonIndex& json, const JsonNode* list, std::string_view own) {
  Users out;
  std::string scratch;
  if (list == nullptr || list->kind != JsonKind::Array) return out;
  for (const JsonNode* user = json.first_child(*list); user != nullptr; user = json.next_sibling(*list, *user)) {
    const std::string_view id = id_of(json, user);
    if (out.count == 0) out.first = id;
    if (out.count == 1) out.second = id;
    out.digest += digest_of(id, scratch);
    out.has_own |= !own.empty() && means_the_same(id, own);
    ++out.count;
  }
  return out;
}

}  // namespace overhear::gradagenda
