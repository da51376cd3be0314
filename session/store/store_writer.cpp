#include "session/store/store_writer.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "dissectors/registry.hpp"

namespace overhear {
namespace {

constexpr std::size_t kLongestName = 256;

std::uint8_t number_of(const Protocol* protocol) {
  const auto all = all_protocols();
  const auto found = std::ranges::find(all, protocol);
  return found == all.end() ? Row::kNoProtocol : static_cast<std::uint8_t>(found - all.begin());
}

void count_findings(Row& row, std::span<const Finding> findings) {
  for (const Finding& finding : findings) {
    row.severity = std::max(row.severity, finding.rule->severity);
    if (row.findings < UINT8_MAX) ++row.findings;
  }
}

}  // namespace

StringId StoreWriter::intern(std::string_view text) {
  return text.empty() ? 0 : texts_.intern(utf8_prefix(text, kLongestName));
}

StringId StoreWriter::intern_as_sent(std::string_view escaped) {
  if (escaped.find('\\') == std::string_view::npos) return intern(escaped);
  meaning_.clear();
  append_unescaped(meaning_, escaped);
  return intern(meaning_);
}

void StoreWriter::add(Row row, Bytes record) {
  row.place = spill_->append(record);
  row.length = static_cast<std::uint32_t>(record.size());
  batch_.rows.push_back(row);
}

void StoreWriter::on_message(const Message& message) {
  Row row;
  row.time = message.time;
  row.session = message.session;
  row.number = message.number;
  row.size = static_cast<std::uint32_t>(std::min<std::uint64_t>(message.size, UINT32_MAX));
  row.is_answer = message.reply_to.has_value();
  row.reply_to = message.reply_to.value_or(0);
  row.latency_ns = message.latency_ns;
  row.type = intern_as_sent(message.type);
  row.user = intern_as_sent(message.user);
  row.room = intern_as_sent(message.room);
  row.client = intern_as_sent(message.client_name);
  row.protocol = number_of(message.protocol);
  row.has_direction = true;
  row.direction = message.direction;
  row.is_encrypted = message.is_encrypted;
  row.was_opened = !message.decrypted.empty();
  count_findings(row, message.findings);
  count_findings(row, message.action_findings);
  add(row, packer_.pack(message));
}

void StoreWriter::on_finding(const LooseFinding& finding) {
  Row row;
  row.kind = RecordKind::Finding;
  row.has_time = finding.time.has_value();
  row.time = finding.time.value_or(Timestamp{});
  row.session = finding.session;
  row.number = finding.message;
  row.type = intern(finding.finding->rule->code);
  row.has_direction = finding.direction.has_value();
  row.direction = finding.direction.value_or(Direction::Client);
  count_findings(row, {finding.finding, 1});
  add(row, packer_.pack(finding));
}

void StoreWriter::add_session(const SessionRecord& session, bool is_end) {
  Row row;
  row.kind = RecordKind::Session;
  row.time = session.time;
  row.session = session.session;
  row.type = intern(is_end ? "closed" : "opened");
  row.client = intern_as_sent(session.user);
  row.protocol = number_of(session.protocol);
  row.is_end = is_end;
  add(row, packer_.pack(session));
}

void StoreWriter::on_event(const Event& event) {
  Row row;
  row.kind = RecordKind::Event;
  row.time = event.time;
  row.session = event.session;
  row.size = static_cast<std::uint32_t>(std::min<std::uint64_t>(event.size.value_or(0), UINT32_MAX));
  row.type = intern(event.event);
  row.has_direction = event.direction.has_value();
  row.direction = event.direction.value_or(Direction::Client);
  add(row, packer_.pack(event));
}

void StoreWriter::on_room_event(const RoomEvent& event) {
  Row row;
  row.kind = RecordKind::Room;
  row.time = event.time;
  row.session = event.session;
  row.number = event.message;
  row.type = intern(event.event);
  row.user = intern(event.user);
  row.room = intern(event.room);
  row.protocol = number_of(event.protocol);
  add(row, packer_.pack(event));
}

RowBatch StoreWriter::take() {
  for (; handed_over_ < texts_.size(); ++handed_over_) {
    batch_.texts.emplace_back(texts_[static_cast<StringId>(handed_over_)]);
  }
  return std::exchange(batch_, {});
}

}  // namespace overhear
