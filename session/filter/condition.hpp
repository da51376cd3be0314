// One question about one field of a record, compiled: `size > 4096`, `user == alice`, `latency`. A field with several
// values (findings, ports, packets) fulfils it with any of them; `!=` asks that there are some and none is equal. An
// absent field fulfils nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/endpoint.hpp"
#include "session/filter/body_condition.hpp"
#include "session/filter/filter_field.hpp"
#include "session/filter/subject.hpp"
#include "session/filter/text_match.hpp"

namespace overhear {

struct IntegerRange {
  std::int64_t low = 0;
  std::int64_t high = 0;  // included
};

// Addresses that begin with the same bits, with one port or any.
struct AddressBlock {
  Address address;
  unsigned prefix_bits = 0;
  std::optional<std::uint16_t> port;

  bool contains(const Endpoint& endpoint) const;
};

struct PresenceCondition {
  FieldId field = FieldId::Record;
  FilterType type = FilterType::Text;
};
// Of numbers, durations, times, choices and names.
struct IntegerCondition {
  FieldId field = FieldId::Record;
  bool is_negated = false;
  std::vector<IntegerRange> ranges;
};
struct TextCondition {
  FieldId field = FieldId::Record;
  bool is_negated = false;
  TextMatch match;
};
struct AddressCondition {
  FieldId field = FieldId::Record;
  bool is_negated = false;
  std::vector<AddressBlock> blocks;
};

using Condition = std::variant<PresenceCondition, IntegerCondition, TextCondition, AddressCondition, BodyCondition>;

bool holds(const Condition& condition, const Subject& subject);
// How long an answer takes, roughly: the dearer questions are asked last.
int cost(const Condition& condition);

}  // namespace overhear
