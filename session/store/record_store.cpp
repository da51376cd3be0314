#include "session/store/record_store.hpp"

#include <algorithm>
#include <numeric>

#include "dissectors/registry.hpp"

namespace overhear {

void RecordStore::take(RowBatch batch) {
  for (std::string& text : batch.texts) {
    text_bytes_ += text.size();
    texts_.push_back(std::move(text));
  }
  for (const Row& row : batch.rows) {
    if (row.has_time) {
      const bool is_first = first_ == Timestamp{};
      first_ = is_first ? row.time : std::min(first_, row.time);
      last_ = std::max(last_, row.time);
    }
    if (size_ % kChunk == 0) chunks_.push_back(std::make_unique<Row[]>(kChunk));
    chunks_.back()[size_++ % kChunk] = row;
    count(row);
  }
}

SessionSummary& RecordStore::session_of(std::uint32_t number) {
  while (sessions_.size() < number) {
    const auto next = static_cast<std::uint32_t>(sessions_.size() + 1);
    sessions_.emplace_back().number = next;
  }
  return sessions_[number - 1];
}

void RecordStore::give_role(StringId id, TextRole role) {
  if (roles_.size() <= id) roles_.resize(texts_.size());
  roles_[id] |= role;
}

void RecordStore::count(const Row& row) {
  give_role(row.user, kUserText);
  give_role(row.room, kRoomText);
  give_role(row.type, row.kind == RecordKind::Message   ? kTypeText
                      : row.kind == RecordKind::Finding ? kCodeText
                                                        : kEventText);
  if (row.kind == RecordKind::Message && messages_++ == 0) first_message_ = row.time;
  findings_ += row.findings;
  if (row.session == 0) return;
  SessionSummary& session = session_of(row.session);
  session.last = std::max(session.last, row.time);
  session.findings[static_cast<std::size_t>(row.severity)] += row.findings;
  if (row.client != 0) session.user = row.client;
  if (row.kind == RecordKind::Message) {
    ++session.messages;
    session.bytes += row.size;
    session.encrypted += row.is_encrypted ? 1 : 0;
    const Protocol* const protocol = row.protocol == Row::kNoProtocol ? nullptr : all_protocols()[row.protocol];
    if (session.protocol == nullptr) session.protocol = protocol;
    if (row.was_opened && session.decrypted.empty()) session.decrypted = unpacker_.message(bytes(row), false).decrypted;
  } else if (row.kind == RecordKind::Session) {
    const SessionRecord& record = unpacker_.session(bytes(row));
    session.client = record.client;
    session.server = record.server;
    if (record.protocol != nullptr) session.protocol = record.protocol;
    if (!row.is_end) session.opened = record.time;
    if (!row.is_end) return;
    session.is_closed = true;
    session.reason = record.reason;
    session.bytes = record.bytes_client + record.bytes_server;
  }
}

std::vector<std::int64_t> RecordStore::text_ranks() const {
  std::vector<StringId> order(texts_.size());
  std::iota(order.begin(), order.end(), StringId{0});
  std::ranges::sort(order, {}, [&](StringId id) { return std::string_view(texts_[id]); });
  std::vector<std::int64_t> ranks(order.size());
  for (std::size_t place = 0; place < order.size(); ++place) ranks[order[place]] = static_cast<std::int64_t>(place);
  return ranks;
}

const SessionSummary* RecordStore::session(std::uint32_t number) const {
  return number == 0 || number > sessions_.size() ? nullptr : &sessions_[number - 1];
}

std::size_t RecordStore::find(MessageName name) const {
  for (std::size_t index = 0; index < size_; ++index) {
    const Row& row = this->row(index);
    if (row.kind == RecordKind::Message && row.session == name.session && row.number == name.number) return index;
  }
  return SIZE_MAX;
}

const Message& RecordStore::message(std::size_t index, bool with_json) const {
  return unpacker_.message(bytes(row(index)), with_json);
}

const LooseFinding& RecordStore::finding(std::size_t index) const {
  return unpacker_.finding(bytes(row(index)));
}

void RecordStore::tell(std::size_t index, MessageSink& sink, bool with_json) const {
  const Row& row = this->row(index);
  switch (row.kind) {
    case RecordKind::Message: return sink.on_message(unpacker_.message(bytes(row), with_json));
    case RecordKind::Finding: return sink.on_finding(unpacker_.finding(bytes(row)));
    case RecordKind::Event: return sink.on_event(unpacker_.event(bytes(row)));
    case RecordKind::Room: return sink.on_room_event(unpacker_.room_event(bytes(row)));
    case RecordKind::Session: {
      const SessionRecord& record = unpacker_.session(bytes(row));
      return row.is_end ? sink.on_session_closed(record) : sink.on_session_opened(record);
    }
  }
}

}  // namespace overhear
