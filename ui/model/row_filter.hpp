// Asks a filter of the language of -Y about the records of a store, one after the other.
#pragma once

#include <cstddef>

#include "session/filter/filter_sink.hpp"
#include "session/store/record_store.hpp"

namespace overhear {

class RowFilter final : private MessageSink {
 public:
  explicit RowFilter(Filter filter) : reads_json_(filter.reads_json()), sink_(std::move(filter), true, {}, *this) {}

  // REQUIRES: asked about each row, in their order: what a filter is asked may rest on those before.
  bool matches(const RecordStore& store, std::size_t index) {
    has_matched_ = false;
    store.tell(index, sink_, reads_json_);
    return has_matched_;
  }

 private:
  void on_message(const Message&) override { has_matched_ = true; }
  void on_finding(const LooseFinding&) override { has_matched_ = true; }
  void on_session_opened(const SessionRecord& session) override { has_matched_ = session.is_shown; }
  void on_session_closed(const SessionRecord& session) override { has_matched_ = session.is_shown; }
  void on_event(const Event&) override { has_matched_ = true; }
  void on_room_event(const RoomEvent&) override { has_matched_ = true; }

  bool reads_json_;
  FilterSink sink_;
  bool has_matched_ = false;
};

}  // namespace overhear
