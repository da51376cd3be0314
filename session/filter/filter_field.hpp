// The fields that a filter may name, as data: their types and meanings serve the parser, `overhear fields`, the page
// about filters and whoever completes a name while it is typed. What a field's values are in a record is the subject's
// business (subject.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace overhear {

enum class FilterType : std::uint8_t {
  Text,      // user == alice
  Numeric,   // size > 4096
  Duration,  // latency > 200ms
  Time,      // time >= 2026-11-20T12:00:00Z
  Choice,    // one of a few names: protocol == mcp
  Severity,  // the same, and they have an order: finding.severity >= warning
  Name,      // of a message: message == 3.12
  Address,   // src == 10.0.0.1, src == 10.0.0.1:3072, src == 10.0.0.0/8
  Flag,      // is there or not: encrypted
  Json,      // the values at a place in the body: body.data.room == 1
};

enum class FieldId : std::uint8_t {
  Record,
  Protocol,
  Type,
  Id,
  Session,
  MessageNumber,
  Message,
  Time,
  TimeFirst,
  TimeRelative,
  TimeDelta,
  Size,
  Packet,
  Direction,
  Source,
  SourcePort,
  Destination,
  DestinationPort,
  Address,
  Port,
  Client,
  ClientPort,
  Server,
  ServerPort,
  User,
  SessionUser,
  Room,
  Text,
  Content,
  ReplyTo,
  DeliveredFrom,
  ReplyToType,
  Latency,
  Encrypted,
  Decrypted,
  Variant,
  Finding,
  FindingSeverity,
  FindingCode,
  FindingText,
  FindingField,
  FindingSpec,
  ActionType,
  ActionId,
  Event,
  EventLayer,
  Body,
  BodyPlace,
};

struct FilterField {
  std::string_view name;  // "finding.code"; of a place in the body "body.NAME"
  FieldId id = FieldId::Record;
  FilterType type = FilterType::Text;
  std::string_view meaning;
  std::string_view example;
  std::string_view elsewhere = {};  // what Wireshark calls it, where that differs
};

// In the order in which people read about them.
std::span<const FilterField> filter_fields();
// nullptr where there is none of that name. A place in the body ("body.data.room") is none.
const FilterField* find_filter_field(std::string_view name);
const FilterField& filter_field(FieldId id);
// The field that somebody may have meant who wrote `name`: mistyped, or as Wireshark has it. nullptr: no idea.
const FilterField* nearest_filter_field(std::string_view name);

// What a Choice or Severity may be; a value's place in the list is its number.
std::span<const std::string_view> filter_choices(FieldId id);

inline constexpr FilterType kFilterTypes[] = {
    FilterType::Text,     FilterType::Numeric, FilterType::Duration, FilterType::Time, FilterType::Choice,
    FilterType::Severity, FilterType::Name,    FilterType::Address,  FilterType::Flag, FilterType::Json};
// "text", "number".
std::string_view name_of(FilterType type);
// "text", "a number": what a type's values are called in a sentence.
std::string_view describe(FilterType type);
// What may stand behind a field of the type: "==", "contains".
std::span<const std::string_view> operators_of(FilterType type);

}  // namespace overhear
