#include "ui/row_texts.hpp"

#include <fmt/format.h>

#include <utility>

#include "dissectors/registry.hpp"
#include "session/text/finding_text.hpp"
#include "session/text/message_text.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr std::size_t kRemembered = 4096;
constexpr std::size_t kNameWidth = 20;

// What records that are no messages say.
class Saying final : public MessageSink {
 public:
  std::string text;

  void on_message(const Message&) override {}
  void on_finding(const LooseFinding& finding) override { append_printable(text, cited_text(*finding.finding)); }
  void on_session_opened(const SessionRecord& session) override {
    text = fmt::format("session opened: {} → {}", to_string(session.client), to_string(session.server));
  }
  void on_session_closed(const SessionRecord& session) override {
    text = fmt::format("session closed ({}): {} message{}", session.reason, session.messages,
                       session.messages == 1 ? "" : "s");
  }
  void on_event(const Event& event) override { text = event_text(event); }
  void on_room_event(const RoomEvent& event) override { text = room_event_text(event); }
};

std::string parties_text(const RecordStore& store, const Row& row) {
  const SessionSummary* const session = store.session(row.session);
  if (session == nullptr) return {};
  const bool is_named = row.client != 0;
  const std::string client =
      is_named ? name_text(store.text(row.client), kNameWidth) : fmt::format(":{}", session->client.port);
  const std::string server = is_named ? "server" : fmt::format(":{}", session->server.port);
  if (!row.has_direction) return is_named ? client : client + " – " + server;
  return row.direction == Direction::Client ? client + " → " + server : server + " → " + client;
}

std::string summary_of(const RecordStore& store, std::size_t index, bool show_secrets, std::string_view type) {
  if (store.row(index).kind != RecordKind::Message) {
    Saying saying;
    store.tell(index, saying);
    return saying.text;
  }
  const Message& message = store.message(index);
  constexpr std::string_view kAnswers = "answers ";
  const std::string whole = summary_text(message, show_secrets);
  std::string_view says = without_type(whole, type);
  if (message.reply_to && says.starts_with(kAnswers)) says.remove_prefix(kAnswers.size());
  return std::string(says);
}

}  // namespace

std::string ends_text(const RecordStore& store, const Row& row) {
  const SessionSummary* const session = store.session(row.session);
  if (session == nullptr) return {};
  const bool is_answer = row.has_direction && row.direction == Direction::Server;
  return fmt::format("{} → {}", to_string(is_answer ? session->server : session->client),
                     to_string(is_answer ? session->client : session->server));
}

const RowText& RowTexts::of(const RecordStore& store, std::size_t index, bool show_secrets) {
  if (std::exchange(had_secrets_, show_secrets) != show_secrets) texts_.clear();
  const auto known = texts_.find(index);
  if (known != texts_.end()) return known->second;
  if (texts_.size() >= kRemembered) texts_.clear();
  const Row& row = store.row(index);
  RowText& text = texts_[index];
  const bool is_message = row.kind == RecordKind::Message;
  text.name = row.session == 0                ? "–"
              : is_message || row.number != 0 ? fmt::format("{}.{}", row.session, row.number)
                                              : fmt::format("{}.–", row.session);
  text.parties = parties_text(store, row);
  text.user = name_text(store.text(row.user), kNameWidth);
  text.room = name_text(store.text(row.room), kNameWidth);
  if (is_message) {
    text.type = type_text(store.message(index, false));
  } else {
    append_printable(text.type, store.text(row.type));
  }
  text.summary = summary_of(store, index, show_secrets, text.type);
  if (row.findings > 0) text.findings = fmt::format("{} {}", mark_of(row.severity), row.findings);
  return text;
}

}  // namespace overhear
