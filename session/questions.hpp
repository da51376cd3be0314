// The requests of one session that wait for their answer, and the last few that have it. A memory, which judges
// nothing; bounded by a number for the session and by bytes for all sessions together. Slots and their strings are used
// again, so that a conversation in which one asks and the other answers allocates nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/prefetch.hpp"
#include "base/time.hpp"
#include "dissectors/message.hpp"
#include "dissectors/protocol.hpp"

namespace overhear {

// What the questions of all sessions take, and how many sessions have some.
struct QuestionBudget {
  std::uint64_t bytes = 0;
  std::uint64_t sessions = 0;
};

// What rules most questions out for an answer at a glance. The lowest bit of a mark is set where there is one.
struct Sketch {
  std::uint32_t key = 0;
  std::uint32_t about = 0;  // two marks of 16 bits

  static Sketch of(const Part& part);
  // False: the two cannot belong together. All that wait are asked with every answer, so this does not branch over each
  // mark.
  bool may_fit(const Sketch& answer) const {
    if ((key & answer.key & 1) != 0) return key == answer.key;
    const std::uint32_t of_both = (about & answer.about & 0x0001'0001) * 0xFFFF;
    return ((about ^ answer.about) & of_both) == 0;
  }
};

class Question {
 public:
  void set(const Part& part, const Message& message, std::uint32_t mark);

  // Whether the answer speaks of what was asked about, as far as both say.
  bool is_about(const Part& answer) const;
  std::string_view key() const { return std::string_view(text_).substr(0, key_size_); }
  // Of the table where there is a row. Views hold until the question is moved.
  std::string_view type() const;

  const MessageType* type_spec = nullptr;
  const MessageType* answered_by = nullptr;
  Timestamp time;  // of its last byte
  std::uint32_t number = 0;
  std::uint32_t first_answer = 0;  // the number of its first answer
  std::uint32_t mark = 0;          // see Conformance::on_message
  Direction direction = Direction::Client;
  Reply reply = Reply::Optional;
  bool is_waiting = false;
  bool has_parts = false;  // others of the same message, which wait by themselves

  // Bytes beyond the object itself.
  std::size_t held() const { return text_.capacity() > kInPlace ? text_.capacity() : 0; }

 private:
  static constexpr std::size_t kInPlace = 15;

  std::string_view about(std::size_t i) const;

  std::string text_;  // the key, what it is about, and the type where it has no row, one behind the other
  std::uint16_t key_size_ = 0;
  std::array<std::uint32_t, 2> about_sizes_ = {};  // of which the first kLongestAbout bytes are kept
};

// How many requests of one row of the table wait; null: of none.
struct Kind {
  const MessageType* type_spec = nullptr;
  std::uint32_t waiting = 0;
};

class Questions {
 public:
  // Both outlive this.
  Questions(const Limits& limits, QuestionBudget& budget) : limits_(limits), budget_(budget) {}
  ~Questions();
  Questions(const Questions&) = delete;

  // At most `limit` wait: the oldest goes.
  void add(const Part& part, const Message& message, std::size_t limit, std::uint32_t mark);
  // Those that wait, oldest first; some of them may have been answered (is_waiting is false).
  std::size_t size() const { return count_; }
  Question& at(std::size_t i) { return waiting_[place(i)]; }
  // The first of them from the i-th on to which an answer may belong, by its sketch; size(): none.
  std::size_t find_from(std::size_t i, const Sketch& answer) const {
    while (i < count_ && !sketches_[place(i)].may_fit(answer)) ++i;
    return i;
  }
  // The rows of all that wait, some of which may have none waiting any more.
  std::span<const Kind> kinds() const { return kinds_; }
  // Those that were answered last, in no order.
  std::span<Question> past() { return past_; }
  // Takes one that waits to past(); answers where it is now. What at() gave out is void.
  Question& settle(Question& question);

  // What the next request or answer touches (see base/prefetch.hpp).
  void fetch_ahead() const {
    if (waiting_.empty()) return;
    prefetch(sketches_.data(), std::min(sketches_.size() * sizeof(Sketch), 4 * kCacheLine));
    prefetch(&waiting_[first_], 2 * sizeof(Question));  // where the first goes, the one behind it is looked at
    prefetch(&waiting_[place(count_)], sizeof(Question));
    prefetch(past_.data() + next_past_, sizeof(Question));
    prefetch(kinds_.data(), sizeof(Kind));
  }

  // What else the same message asked (the actions of a batch) waits no more.
  void settle_all(std::uint32_t number) {
    for (std::size_t i = 0; i < count_; ++i) {
      if (at(i).number == number) stop_waiting(at(i));
    }
  }

  // A request whose answer should have come had to be forgotten.
  bool has_forgotten() const { return has_forgotten_; }

 private:
  static constexpr std::size_t kPast = 4;

  std::size_t place(std::size_t i) const { return (first_ + i) & (waiting_.size() - 1); }
  void make_place(Timestamp now, std::size_t limit);
  void resize(std::size_t size);
  Kind& kind_of(const MessageType* type_spec);
  void stop_waiting(Question& question);
  void drop_first();
  void skip_answered();
  void keep_within_limit();
  void count();

  const Limits& limits_;
  QuestionBudget& budget_;
  // A ring, its size being a power of two: count_ places from first_ on are in use.
  std::vector<Question> waiting_;
  std::vector<Sketch> sketches_;  // of the same
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::vector<Kind> kinds_;  // few: as many as the protocol has rows for requests, at most
  std::vector<Question> past_;
  std::size_t next_past_ = 0;
  std::size_t text_bytes_ = 0;
  std::size_t counted_ = 0;  // what the budget has of this session
  bool has_forgotten_ = false;
};

}  // namespace overhear
