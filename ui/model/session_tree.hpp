// The sessions of a store as a tree: protocols, their servers, the connections to each. As a list of lines, of which a
// view draws those that are in sight.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "session/store/record_store.hpp"

namespace overhear {

struct TreeLine {
  enum class Level : std::uint8_t { Protocol, Server, Session };

  Level level = Level::Protocol;
  const Protocol* protocol = nullptr;  // null: nothing was said
  Endpoint server = {};
  std::uint32_t session = 0;   // of a session; of the others their first
  std::uint64_t sessions = 0;  // under it
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t findings[3] = {};  // by severity
  bool is_open = true;             // what is under it is shown
};

class SessionTree {
 public:
  // Looks at the sessions again where that is due. `is_final`: nothing more comes, so that it is due now.
  void update(const RecordStore& store, bool is_final);
  void restart();

  const std::vector<TreeLine>& lines() const { return lines_; }
  // Opens or closes what is under a line.
  void toggle(std::size_t line);
  // The sessions of a line, and those under it.
  std::set<std::uint32_t> sessions_of(std::size_t line) const;

 private:
  struct Server {
    TreeLine line;
    std::vector<std::uint32_t> sessions;
  };
  struct Group {
    TreeLine line;
    std::map<Endpoint, Server> servers;
  };

  void list_lines();

  std::map<std::string_view, Group> groups_;  // by protocol
  const RecordStore* store_ = nullptr;        // of the last update
  std::vector<TreeLine> lines_;
  std::set<std::string> closed_;  // keys of lines
  std::size_t seen_ = SIZE_MAX;   // rows of the store at the last update
  std::chrono::steady_clock::time_point updated_at_;
};

}  // namespace overhear
