// Where things stand in a sequence diagram that grows downwards: one ladder for each server, the server's line at the
// right edge, a lane for each of its clients from the left. What is said stands in the gap before the server's line, so
// that all of it begins in one column.
//
//   column 0          kMargin                                           width - 1
//   │                 │                │                                         │
//   time and name     lane 0           lane 1            gap                     server
//
// Knows no terminal, glyph or color: who draws asks for a place for each row, and draws a heading first where one is
// due: where lanes change, and once a page. A client gets its lane when it first has a row, and gives it up at its end.
// Where more clients speak at once than lanes fit, the last lane is shared by all that have none of their own: then a
// row must say whose it is. Rows of another server switch to its ladder, which is a heading. Bounded by the open
// sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace overhear {

struct LadderLane {
  std::size_t column = 0;
  bool is_alive = false;   // somebody is there: its line is drawn
  bool is_shared = false;  // by several clients
  std::string name;        // empty: not known
  std::string address;
};

struct LadderHeading {
  bool is_due = false;
  bool has_addresses = false;  // in a second line; else the reader has seen them
  bool is_of_one = false;      // none is due, but a row that tells how the client is called from now on
};

// Where a row's arrow is drawn. Valid until the layout's next call.
struct LadderPlace {
  LadderHeading heading;
  const std::vector<LadderLane>* lanes = nullptr;
  std::string_view server;  // its address
  std::size_t lane = 0;     // the client's
  std::size_t server_column = 0;
  std::size_t text_column = 0;  // of the gap
  std::size_t text_width = 0;   // so much of it may be written, and leaves room for the arrow
  std::string_view who = {};    // what to say first: whose row this is, where the lane is shared
};

class LadderLayout {
 public:
  static constexpr std::size_t kMargin = 18;
  static constexpr std::size_t kLeastWidth = 60;
  static constexpr std::size_t kRowsPerHeading = 40;

  explicit LadderLayout(std::size_t width);

  // REQUIRES: of a session, open() once before place(), and nothing behind close().
  void open(std::uint32_t session, std::string client, std::string server);
  void close(std::uint32_t session);
  bool is_open(std::uint32_t session) const { return seats_.contains(session); }
  // For the session's next row. `name`: who its client is; empty: not known.
  LadderPlace place(std::uint32_t session, std::string_view name);

  std::size_t most_lanes() const { return most_lanes_; }

 private:
  static constexpr std::size_t kLeastSpacing = 12;
  static constexpr std::size_t kMostSpacing = 18;
  static constexpr std::size_t kLeastGap = 34;
  static constexpr std::size_t kNone = SIZE_MAX;

  struct Ladder {
    std::string server;
    std::vector<LadderLane> lanes;
    std::vector<std::size_t> clients;  // by lane: how many
    std::size_t sessions = 0;
    bool was_shown = false;
  };
  struct Seat {
    Ladder* ladder = nullptr;
    std::size_t lane = kNone;
    std::string address;
    std::string name;
    std::string who;  // in a shared lane
  };

  void take_lane(Seat& seat);
  std::size_t find_lane(Ladder& ladder) const;
  void arrange(Ladder& ladder) const;
  LadderHeading heading(const Ladder& ladder, bool has_changed, bool is_named);

  std::size_t width_;
  std::size_t most_lanes_;
  std::unordered_map<std::string, Ladder> ladders_;  // by server; of open sessions
  std::unordered_map<std::uint32_t, Seat> seats_;
  const Ladder* current_ = nullptr;
  std::size_t rows_ = 0;  // since the heading
};

}  // namespace overhear
