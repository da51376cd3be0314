// Looks for a text in the messages that are shown: in what they say, their type, user and room. A little at a time, so
// that a frame never waits; letters of A to Z are the same in both cases.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "ui/model/visible_rows.hpp"

namespace overhear {

class TextSearch {
 public:
  enum class State : std::uint8_t { Idle, Searching, Found, Nothing };

  // From the place behind `from` (before it, where `is_backward`), round all others. `from`: SIZE_MAX begins at the
  // first. An empty text finds nothing.
  void start(std::string text, const VisibleRows& rows, std::size_t from, bool is_backward);
  void stop() { state_ = State::Idle; }

  // For about so long. REQUIRES: rows and store are those of start(), or the search ends.
  State advance(const VisibleRows& rows, const RecordStore& store, std::chrono::microseconds budget);

  State state() const { return state_; }
  // In the rows. REQUIRES: Found.
  std::size_t place() const { return place_; }

 private:
  bool matches(const RecordStore& store, std::size_t row) const;

  std::string text_;
  State state_ = State::Idle;
  bool is_backward_ = false;
  std::size_t place_ = 0;
  std::size_t left_ = 0;  // places to look at
  std::uint64_t version_ = 0;
};

// Whether `text` has `part` in it; letters of A to Z are the same in both cases. `part` is lower case.
bool contains_text(std::string_view text, std::string_view part);
std::string lower_case(std::string_view text);

}  // namespace overhear
