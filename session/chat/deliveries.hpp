// Which line, said in one session, a server brings to another: the last lines of all sessions are remembered, by what
// they say and to whom. Bounded in number, bytes and time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "dissectors/message.hpp"

namespace overhear {

class Deliveries {
 public:
  // `limits` outlives this.
  explicit Deliveries(const Limits& limits) : limits_(limits) {}

  struct Found {
    Message::Name line;
    std::string_view room;  // as its author wrote it; empty where that did not say. Valid until something is added
  };

  // A client says something, in the message or its actions, or nothing.
  void add(const Message& message);
  // A server brings something: the oldest line with these words that this session was not brought yet.
  std::optional<Found> find(const Message& message);
  std::optional<Found> find(const Message& message, const Action& action);
  // What was said in that message, as far as it is still remembered.
  std::optional<Found> said_in(const Message::Name& name) const;

 private:
  struct Line {
    std::uint64_t hash = 0;    // of server and words
    std::uint64_t before = 0;  // the line before it with a hash of the same bucket; 0: none
    Timestamp time;
    Message::Name name;
    const Protocol* protocol = nullptr;
    Endpoint server;
    std::string words;  // what the text means
    std::string user;   // as they stand in JSON; empty: not told
    std::string room;

    std::size_t held() const { return words.capacity() + user.capacity() + room.capacity(); }
  };
  // What is looked for. Views hold until the next call.
  struct Words {
    std::uint64_t hash = 0;
    const Protocol* protocol = nullptr;
    const Endpoint& server;
    std::string_view words;

    bool are_of(const Line& line) const {
      return line.hash == hash && line.protocol == protocol && line.server == server && line.words == words;
    }
  };
  // What a session was brought last of the lines with the same words.
  struct Brought {
    std::uint32_t session = 0;
    std::uint64_t line = 0;
  };

  Words words_of(const Message& message, std::string_view text, const Endpoint& server);
  void add(const Message& message, std::string_view user, std::string_view room, std::string_view text);
  std::optional<Found> find(const Message& message, std::string_view user, std::string_view room,
                            std::string_view text);
  std::size_t place_of(const Message::Name& name) const;
  std::uint64_t newest(std::uint64_t number, const Words& words, Timestamp now, int& steps);
  void forget_first();
  bool is_kept(std::uint64_t number) const { return number >= first_ && number <= count_; }
  Found found(const Line& line) const;
  Line& line(std::uint64_t number) { return lines_[number % lines_.size()]; }
  const Line& line(std::uint64_t number) const { return lines_[number % lines_.size()]; }

  const Limits& limits_;
  std::vector<Line> lines_;             // a ring, made when the first line is said
  std::vector<std::uint64_t> buckets_;  // by hash: the number of the newest line; a power of two of them
  std::vector<std::uint64_t> by_name_;  // by hash of the message: its last line's number; the newer one stays
  std::vector<Brought> brought_;        // by hash of words and session, the newer one stays
  std::uint64_t count_ = 0;             // lines so far; their numbers begin with 1
  std::uint64_t first_ = 1;             // the oldest that is kept
  std::size_t bytes_ = 0;               // what all lines hold
  std::string scratch_;
};

}  // namespace overhear
