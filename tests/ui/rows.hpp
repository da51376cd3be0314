// Rows of no capture, for what is laid out from rows alone.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/limits.hpp"
#include "session/store/record_store.hpp"

namespace overhear::testing {

class Rows {
 public:
  const RecordStore& store() const { return store_; }

  // The next message of a session.
  Row message(std::uint32_t session, std::int64_t ns, std::string type = "text") {
    Row row = of(RecordKind::Message, session, ns, std::move(type));
    row.number = ++numbers_[session];
    row.has_direction = true;
    return row;
  }
  Row of(RecordKind kind, std::uint32_t session, std::int64_t ns, std::string type) {
    Row row;
    row.kind = kind;
    row.session = session;
    row.time.ns = ns;
    row.type = text(std::move(type));
    return row;
  }
  // Its place in the store.
  std::size_t add(const Row& row) {
    batch_.rows = {row};
    store_.take(std::exchange(batch_, {}));
    return store_.size() - 1;
  }

 private:
  StringId text(std::string text) {
    const auto [known, is_new] = texts_.emplace(std::move(text), static_cast<StringId>(texts_.size() + 1));
    if (is_new) batch_.texts.push_back(known->first);
    return known->second;
  }

  Limits limits_;
  RecordStore store_{std::make_shared<Spill>(), limits_};
  RowBatch batch_;
  std::map<std::string, StringId> texts_;
  std::map<std::uint32_t, std::uint32_t> numbers_;
};

}  // namespace overhear::testing
