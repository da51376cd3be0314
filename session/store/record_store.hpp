// All records of an analysis, for who looks at them in any order: a row of each at hand, the record itself brought back
// when it is asked for. One thread's; what another one keeps comes in batches.
//
// Memory: sizeof(Row) a record, and each name and type once; the rest lies in the spill.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "session/store/store_writer.hpp"

namespace overhear {

// What a session came to so far.
struct SessionSummary {
  std::uint32_t number = 0;
  Endpoint client;
  Endpoint server;
  const Protocol* protocol = nullptr;  // null: not known (yet)
  StringId user = 0;                   // who the client is
  Timestamp opened;
  Timestamp last;  // of its last record
  std::uint64_t messages = 0;
  std::uint64_t encrypted = 0;     // of the messages, that could not be opened
  std::uint64_t bytes = 0;         // of its messages; of the streams once it is closed
  std::uint64_t findings[3] = {};  // by severity
  std::string decrypted;           // by what the first message that was opened was
  std::string reason;              // of its end
  bool is_closed = false;
};

// What a text was in some row; a set of bits.
enum TextRole : std::uint8_t { kTypeText = 1, kUserText = 2, kRoomText = 4, kCodeText = 8, kEventText = 16 };

class RecordStore {
 public:
  // `limits` are those of the analysis, and outlive this.
  RecordStore(std::shared_ptr<Spill> spill, const Limits& limits)
      : spill_(std::move(spill)), limits_(limits), unpacker_(limits) {}

  void take(RowBatch batch);

  // By number of row, in the order in which they were told.
  std::size_t size() const { return size_; }
  const Row& row(std::size_t index) const { return chunks_[index / kChunk][index % kChunk]; }
  std::string_view text(StringId id) const { return texts_[id]; }
  // For each text, by its number: which place it has among all in their order.
  std::vector<std::int64_t> text_ranks() const;
  // What it was so far.
  std::uint8_t roles(StringId id) const { return id < roles_.size() ? roles_[id] : 0; }
  std::size_t texts() const { return texts_.size(); }
  // In the order of their numbers.
  const std::deque<SessionSummary>& sessions() const { return sessions_; }
  // Null: there is none.
  const SessionSummary* session(std::uint32_t number) const;
  // The row of a message; SIZE_MAX: it is not here. Looks through all rows.
  std::size_t find(MessageName name) const;

  // REQUIRES: a row of that kind. Holds until the next look at any record.
  const Message& message(std::size_t index, bool with_json = true) const;
  const LooseFinding& finding(std::size_t index) const;
  // Tells a record again as it was told. `with_json`: as in RecordUnpacker.
  void tell(std::size_t index, MessageSink& sink, bool with_json = true) const;

  std::uint64_t messages() const { return messages_; }
  std::uint64_t findings() const { return findings_; }
  Timestamp first_time() const { return first_; }  // of all rows that have one
  Timestamp first_message() const { return first_message_; }
  Timestamp last_time() const { return last_; }
  const Limits& limits() const { return limits_; }
  const Spill& spill() const { return *spill_; }
  std::size_t text_bytes() const { return text_bytes_; }

 private:
  static constexpr std::size_t kChunk = 4096;

  Bytes bytes(const Row& row) const { return spill_->read(row.place, row.length); }
  void count(const Row& row);
  void give_role(StringId id, TextRole role);
  SessionSummary& session_of(std::uint32_t number);

  std::shared_ptr<Spill> spill_;
  const Limits& limits_;
  mutable RecordUnpacker unpacker_;
  std::vector<std::unique_ptr<Row[]>> chunks_;  // of kChunk rows
  std::size_t size_ = 0;
  std::deque<std::string> texts_ = {{}};
  std::vector<std::uint8_t> roles_;  // of texts_, as far as they had one
  std::deque<SessionSummary> sessions_;
  std::size_t text_bytes_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t findings_ = 0;
  Timestamp first_;
  Timestamp first_message_;  // of the one that was told first
  Timestamp last_;
};

}  // namespace overhear
