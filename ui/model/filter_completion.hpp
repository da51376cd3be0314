// What could stand at the cursor of a filter that is being typed: names of fields, relations, values that are known.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "session/store/record_store.hpp"

namespace overhear {

struct FilterCandidate {
  std::string text;     // what is put in
  std::string meaning;  // for people; may be empty
};

struct FilterCompletion {
  std::size_t begin = 0;  // what of the text is replaced, up to the cursor
  std::vector<FilterCandidate> candidates;
};

// `cursor`: in bytes. At most so many candidates as are worth looking at.
FilterCompletion complete_filter(std::string_view text, std::size_t cursor, const RecordStore& store);

}  // namespace overhear
