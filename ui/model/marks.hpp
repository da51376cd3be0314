// What the user has marked and noted about messages: kept in a file beside the capture, so that it is there again when
// the capture is opened the next time, or with more keys.
#pragma once

#include <compare>
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "session/store/row.hpp"

namespace overhear {

struct Mark {
  bool is_marked = false;
  std::string note;
};

class Marks {
 public:
  // "chat.pcapng.marks.json"; empty: they are kept nowhere. What was kept there is read. An Error names a file that is
  // there and is none of ours: it is left alone, and nothing is kept.
  std::expected<void, Error> open(std::string path);

  // Null: there is none.
  const Mark* find(const Row& row) const;
  void toggle(const Row& row);
  void note(const Row& row, std::string_view text);
  bool empty() const { return marks_.empty(); }

  // Writes what has changed. Without any mark there is no file.
  std::expected<void, Error> save();

 private:
  // What is the same however a message is read: its numbers change with the keys that there are.
  struct Key {
    std::int64_t time = 0;
    std::uint32_t session = 0;
    std::uint32_t size = 0;

    friend auto operator<=>(const Key&, const Key&) = default;
  };
  static Key key_of(const Row& row) { return {row.time.ns, row.session, row.size}; }
  void drop_if_empty(const Key& key);

  std::string path_;
  std::map<Key, Mark> marks_;
  bool has_changed_ = false;
};

}  // namespace overhear
