// Keeps what an analysis tells: the records go to a spill, and a row of each waits to be handed over to a RecordStore,
// which another thread may look at meanwhile.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "session/store/record_codec.hpp"
#include "session/store/row.hpp"
#include "session/store/spill.hpp"
#include "session/store/string_table.hpp"

namespace overhear {

// What has come since the last one.
struct RowBatch {
  std::vector<Row> rows;
  std::vector<std::string> texts;  // that are new in the table, in its order
};

class StoreWriter final : public MessageSink {
 public:
  explicit StoreWriter(std::shared_ptr<Spill> spill) : spill_(std::move(spill)) {}

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override { add_session(session, false); }
  void on_session_closed(const SessionRecord& session) override { add_session(session, true); }
  void on_event(const Event& event) override;
  void on_room_event(const RoomEvent& event) override;

  bool empty() const { return batch_.rows.empty(); }
  RowBatch take();

 private:
  void add(Row row, Bytes record);
  void add_session(const SessionRecord& session, bool is_end);
  // As it means, or as it stands in JSON; a long one is cut.
  StringId intern(std::string_view text);
  StringId intern_as_sent(std::string_view escaped);

  std::shared_ptr<Spill> spill_;
  RecordPacker packer_;
  StringTable texts_;
  std::size_t handed_over_ = 1;  // of texts_; the empty one is known
  std::string meaning_;
  RowBatch batch_;
};

}  // namespace overhear
