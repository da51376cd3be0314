// What filters match: each operator, each type of field, fields with several values, and fields that are absent.
#include "session/filter/filter.hpp"

#include <gtest/gtest.h>

#include "dissectors/registry.hpp"
#include "tests/session/filter/sample_message.hpp"

namespace overhear::testing {
namespace {

void expect_all_match(std::initializer_list<const char*> filters, const Subject& subject) {
  for (const char* filter : filters) EXPECT_TRUE(matches(filter, subject)) << filter;
}
void expect_none_matches(std::initializer_list<const char*> filters, const Subject& subject) {
  for (const char* filter : filters) EXPECT_FALSE(matches(filter, subject)) << filter;
}

TEST(Filter, AnEmptyOneLetsEverythingThrough) {
  const SampleMessage sample;
  expect_all_match({"", " \t\n"}, sample.subject());
}

TEST(Filter, NamesCompareWithAndWithoutQuotes) {
  const SampleMessage sample;
  expect_all_match({"protocol == mcp", "protocol==mcp", "protocol eq mcp", "protocol == \"mcp\"", "protocol != scrp",
                    "type == Message.CreateTextMessage", "type == \"Message.CreateTextMessage\"", "user == alice",
                    "id == 17", "id == \"17\"", "direction == client", "record == message", "room == 1"},
                   sample.subject());
  expect_none_matches({"protocol == scrp", "protocol != mcp", "protocol ne mcp", "type == Message", "user == Alice",
                       "direction == server", "record == finding", "id == 1"},
                      sample.subject());
}

TEST(Filter, NumbersCompareInOrderAndAsSets) {
  const SampleMessage sample;  // 3.12, 61 bytes
  expect_all_match({"session == 3", "number > 11", "number gt 11", "number >= 12", "number ge 12", "number < 13",
                    "number lt 13", "number <= 12", "number le 12", "size == 0x3d", "size != 60", "session in {1, 3}",
                    "session in {1,2..5}", "session in {3..3}", "not session in {1, 2}", "session not in {1, 2}"},
                   sample.subject());
  expect_none_matches(
      {"number > 12", "number < 12", "number >= 13", "number <= 11", "size != 61", "session in {1, 5..9}",
       "session not in {3}", "number == 9223372036854775807", "number > 9223372036854775807"},
      sample.subject());
}

TEST(Filter, AMessageIsNamedBySessionAndNumber) {
  const SampleMessage sample;
  expect_all_match({"message == 3.12", "message != 3.1", "message in {1.1, 3.12}", "message in {3.2..3.20}",
                    "message > 3.2", "message < 4.1", "message"},
                   sample.subject());
  expect_none_matches({"message == 3.1", "message == 12.3", "message < 3.2", "message > 4.0"}, sample.subject());
}

TEST(Filter, DurationsHaveUnits) {
  const SampleMessage sample;  // latency 250 ms
  expect_all_match(
      {"latency > 200ms", "latency == 250ms", "latency == 250000us", "latency == 250000000ns", "latency == 0.25s",
       "latency == 0.25", "latency < 1m", "latency < 1h", "latency in {200ms..300ms}", "latency == 250000µs"},
      sample.subject());
  expect_none_matches({"latency > 250ms", "latency == 250", "latency in {251ms..1h}"}, sample.subject());
}

TEST(Filter, TimesAreUtcUnlessTheySayAnotherZone) {
  const SampleMessage sample;  // 2026-11-20T12:00:00.5Z
  expect_all_match({"time == 2026-11-20T12:00:00.5Z", "time == 2026-11-20T12:00:00.500000000", "time > 2026-11-20",
                    "time == \"2026-11-20 12:00:00.5\"", "time == 2026-11-20T13:30:00.5+01:30",
                    "time == 2026-11-20T11:00:00.5-01:00", "time < 2026-11-20T12:01",
                    "time.first < 2026-11-20T12:00:00.5", "time in {2026-11-20..2026-11-21}"},
                   sample.subject());
  expect_none_matches({"time == 2026-11-20", "time > 2026-11-20T12:00:00.5Z", "time < 2026-11-20"}, sample.subject());
}

TEST(Filter, RelativeTimesAreWhatTheSubjectIsTold) {
  const SampleMessage sample;
  Subject subject = sample.subject();
  expect_none_matches({"time.relative", "time.delta", "time.relative >= 0s"}, subject);
  subject.since_start_ns = 3 * kSecond / 2;
  subject.since_previous_ns = kSecond / 4;
  expect_all_match({"time.relative == 1.5s", "time.relative > 1", "time.delta == 250ms"}, subject);
}

TEST(Filter, AddressesMatchWholeWithPortOrByPrefix) {
  const SampleMessage sample;  // 10.0.0.1:51234 → [::1]:3072
  expect_all_match({"src == 10.0.0.1",
                    "src == 10.0.0.1:51234",
                    "src == 10.0.0.0/8",
                    "src == 10.0.0.1/32",
                    "dst == ::1",
                    "dst == [::1]:3072",
                    "dst == [::1]",
                    "dst == ::/0",
                    "addr == 10.0.0.1",
                    "addr == ::1",
                    "client == 10.0.0.1",
                    "server == ::1",
                    "src != 10.0.0.2",
                    "src in {10.0.0.2, 10.0.0.1}",
                    "src.port == 51234",
                    "dst.port == 3072",
                    "port == 51234",
                    "port == 3072",
                    "client.port == 51234",
                    "server.port == 3072",
                    "port in {1, 3000..4000}"},
                   sample.subject());
  expect_none_matches({"src == 10.0.0.2", "src == 10.0.0.1:3072", "src == ::1", "src == ::/0", "src == 11.0.0.0/8",
                       "src == 10.0.0.2/31", "dst == 10.0.0.1", "addr == 10.0.0.9", "client == ::1", "addr != ::1",
                       "port != 3072", "client.port == 3072"},
                      sample.subject());
}

TEST(Filter, TheSenderIsTheOtherEndInTheOtherDirection) {
  SampleMessage sample;
  sample.message.direction = Direction::Server;
  expect_all_match({"client == ::1", "src == 10.0.0.1", "server == 10.0.0.1", "direction == server"}, sample.subject());
}

TEST(Filter, TextsAreSearchedAndMatched) {
  const SampleMessage sample;  // hello "world"\n
  expect_all_match({"text contains hello", "text contains \"o \\\"w\"", "text contains \"\\n\"",
                    "text contains \"\\x77\\u006f\"", "text contains r\"world\"", "text matches \"^HELLO\"",
                    "text ~ \"w.rld\"", "text matches r\"\\bworld\\b\"", "text matches \"\\bworld\\b\"",
                    "text matches \"\\\\bworld\\\\b\"", "text < i", "text >= hello", "text contains \"\""},
                   sample.subject());
  expect_none_matches({"text contains Hello", "text contains \"\\\\n\"", "text matches \"(?-i)HELLO\"",
                       "text matches \"^world\"", "text > i", "text == hello"},
                      sample.subject());
}

TEST(Filter, ABackslashOfTheWireIsWhatItMeans) {
  SampleMessage sample;
  sample.message.user = R"(anna\u0020\"b\")";
  expect_all_match({"user == \"anna \\\"b\\\"\"", "user contains \" \""}, sample.subject());
  expect_none_matches({"user contains \"u0020\""}, sample.subject());
}

TEST(Filter, PlacesInTheBodyAreNamedByMembersAndIndexes) {
  const SampleMessage sample;
  expect_all_match({"body.data.room == 1",
                    "body.data.users[0].id == 7",
                    "body.data.users[1].name == bob",
                    "body.data.users[*].name == bob",
                    "body.data.users[*].id in {8}",
                    "body[\"data\"].room == 1",
                    "body.data[\"a b\"].c == true",
                    "body.data",
                    "body.data.none",
                    "body.data.none == null",
                    "body.data.time > 1.5",
                    "body.data.time == 1763640000123",
                    "body.data.time in {1..1763640000123}",
                    "body.data.text == \"h\\u00e9\"",
                    "body.data.text == h\xc3\xa9",
                    "body.data.list[0][1] == 2",
                    "body.data.big == 123456789012345678901234567890",
                    "body.data.big > 123456789012345678901234567889",
                    "body.data.neg == -5",
                    "body.data.neg < 0",
                    "body.data.half == 0.5",
                    "body.data.half < 1",
                    "body.data.users contains bob",
                    "body.data.users[*].name matches \"^B\"",
                    "body.data.room < 2"},
                   sample.subject());
  expect_none_matches(
      {"body.data.room == \"1\"", "body.data.room == 2", "body.data.users[2]", "body.data.users[*].id == 9",
       "body.data.x", "body.data.none == \"null\"", "body.data.none == false", "body.data.text == 5",
       "body.data.text < 5", "body.data.big == 123456789012345678901234567891", "body.data.room[0]",
       "body.data.text[*]", "body[0]", "body.data.x != 1", "body.data.users[*].name != bob"},
      sample.subject());
}

TEST(Filter, AValueOfAnotherTypeIsUnequal) {
  const SampleMessage sample;
  expect_all_match({"body.data.room != \"1\"", "body.data.text != 5", "body.data.none != 0"}, sample.subject());
}

TEST(Filter, TheBodyItselfIsTheTextOnTheWire) {
  SampleMessage sample;
  expect_all_match({"body", "body contains \"\\\"room\\\":1\"", "body matches \"users.*bob\""}, sample.subject());
  sample.message.json = nullptr;
  sample.message.body = std::string_view("\0\xff", 2);
  expect_all_match({"body contains \"\\x00\\xff\""}, sample.subject());
  expect_none_matches({"body.data", "body.data.room == 1", "body.data.room != 1"}, sample.subject());
}

TEST(Filter, AFieldWithSeveralValuesMatchesWithAny) {
  const SampleMessage sample;  // packets 41, 42; a note and a warning
  expect_all_match({"packet == 42", "packet in {1, 41}", "finding", "finding.severity == note",
                    "finding.severity >= warning", "finding.severity < warning", "finding.code == app.schema",
                    "finding.text contains integer", "finding.field == /data/room", "finding.spec contains 2.1.0",
                    "finding.severity in {note, error}", "finding.code == tcp.gap"},
                   sample.subject());
  expect_none_matches({"packet != 41", "packet == 43", "finding.severity == error", "finding.severity > warning",
                       "finding.code != app.schema", "finding.code == tls.no_key"},
                      sample.subject());
}

TEST(Filter, AnAbsentFieldFulfilsNothing) {
  SampleMessage sample;
  sample.message.user = sample.message.text = sample.message.content = sample.message.decrypted = {};
  sample.message.reply_to.reset();
  sample.message.reply_type = {};
  sample.message.findings = {};
  expect_none_matches({"user", "user == alice", "user != alice", "user contains \"\"", "user < x", "text", "content",
                       "decrypted", "reply_to", "reply_to != 1", "latency", "latency >= 0s", "reply_to.type", "finding",
                       "finding.code != tls.no_key", "event", "variant"},
                      sample.subject());
  expect_all_match({"!user", "!(user == alice)", "not latency"}, sample.subject());
}

TEST(Filter, WhatIsKnownIsPresent) {
  SampleMessage sample;
  expect_all_match({"user", "session", "time", "src", "port", "protocol", "latency", "reply_to == 11",
                    "reply_to.type == Room.Join", "decrypted == mcp-key", "!encrypted", "session.user == anna"},
                   sample.subject());
  sample.message.is_encrypted = true;
  expect_all_match({"encrypted"}, sample.subject());
}

TEST(Filter, ActionsOfABatchHaveTypesAndIds) {
  SampleMessage sample;
  Action actions[2];
  actions[0].type = "open";
  actions[0].id = "a";
  actions[1].type = "close";
  actions[1].id = "b";
  sample.message.actions = actions;
  expect_all_match({"action.type == close", "action.id in {a}"}, sample.subject());
  expect_none_matches({"action.type == a"}, sample.subject());
}

TEST(Filter, AndBindsTighterThanXorAndOr) {
  const SampleMessage sample;
  const char* const yes = "session==3";
  const char* const no = "session==4";
  const auto value = [&](std::string text) {
    for (std::size_t at = 0; (at = text.find_first_of("TF", at)) != std::string::npos; at += 10) {
      text.replace(at, 1, text[at] == 'T' ? yes : no);
    }
    return matches(text.c_str(), sample.subject());
  };
  EXPECT_TRUE(value("T or T and F"));
  EXPECT_FALSE(value("(T or T) and F"));
  EXPECT_TRUE(value("T || T && F"));
  EXPECT_TRUE(value("T xor F and F"));
  EXPECT_FALSE(value("T ^^ T"));
  EXPECT_TRUE(value("T xor T xor T"));
  EXPECT_TRUE(value("T or T xor T"));
  EXPECT_FALSE(value("not T or F"));
  EXPECT_TRUE(value("!F and T"));
  EXPECT_TRUE(value("!(T and F)"));
  EXPECT_TRUE(value("!!T"));
  EXPECT_FALSE(value("!!!T"));
  EXPECT_TRUE(value("((((T))))"));
  EXPECT_TRUE(value("F or F or F or T"));
  EXPECT_FALSE(value("T and T and F and T"));
}

TEST(Filter, OtherRecordsHaveTheFieldsThatTheyHave) {
  const Rule rule{"tcp.gap", Severity::Warning, "RFC 9293, 3.4", "bytes were not captured"};
  const Finding finding{.rule = &rule, .spec = {}, .text = {}, .field = {}, .bytes = {}};
  const LooseFinding loose{&finding, Timestamp{kSecond}, 3, 12, Direction::Client, 44};
  expect_all_match({"record == finding", "finding.code == tcp.gap", "finding.severity == warning", "session == 3",
                    "message == 3.12", "direction == client", "packet == 44", "time == 1970-01-01T00:00:01Z"},
                   subject_of(loose));
  expect_none_matches({"type", "body", "protocol", "size", "user", "latency", "src", "event"}, subject_of(loose));
  const LooseFinding about_capture{&finding, {}, 0, 0, {}, 0};
  expect_none_matches({"session", "time", "message", "packet", "direction"}, subject_of(about_capture));
  const Event event{.session = 3,
                    .time = {},
                    .direction = Direction::Server,
                    .layer = "ws",
                    .event = "ping",
                    .size = 4,
                    .detail = {}};
  expect_all_match({"record == event", "event == ping", "event.layer == ws", "size == 4", "session == 3"},
                   subject_of(event));
  SessionRecord session;
  session.session = 3;
  expect_all_match({"record == session", "event == opened", "session == 3", "addr"}, subject_of(session));
  session.reason = "fin";
  expect_all_match({"event == closed"}, subject_of(session));
}

TEST(Filter, ItTellsWhetherItLooksIntoBodies) {
  EXPECT_FALSE(Filter::compile("user == alice && body contains x")->reads_json());
  EXPECT_TRUE(Filter::compile("user == alice && (type == x || body.data.x)")->reads_json());
  const auto filter =
      Filter::compile("time.delta > 1s || !(session == 1 && client == 10.0.0.1) || session.user || body.x");
  for (const FieldId field :
       {FieldId::TimeDelta, FieldId::Session, FieldId::Client, FieldId::SessionUser, FieldId::BodyPlace}) {
    EXPECT_TRUE(filter->reads(field)) << filter_field(field).name;
  }
  for (const FieldId field : {FieldId::Time, FieldId::User, FieldId::Protocol}) {
    EXPECT_FALSE(filter->reads(field)) << filter_field(field).name;
  }
}

}  // namespace
}  // namespace overhear::testing
