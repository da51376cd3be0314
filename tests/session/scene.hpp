// Connections told to an Analyzer in memory, as a reassembler would tell them, and all that comes out of it, copied.
//
//   Scene scene;
//   Wire wire = scene.open({.first = "10.0.0.1:40000", .second = "10.0.0.2:9000"});
//   wire.first(R"({"type":"message"})");
//   wire.close();
//   EXPECT_EQ(scene.messages[0].body, …);
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/analyzer.hpp"

namespace overhear::testing {

struct HeardMessage {
  std::uint32_t session = 0;
  std::uint32_t number = 0;
  Direction direction = Direction::Client;
  std::string source;
  std::string destination;
  std::int64_t time_first = 0;  // seconds
  std::int64_t time = 0;
  std::vector<std::uint64_t> packets;
  std::uint64_t size = 0;
  std::string protocol;
  std::string type;
  std::string id;
  std::optional<std::uint32_t> reply_to;
  std::int64_t latency_ns = 0;
  std::string reply_type;
  std::string client_name;
  bool is_json = false;
  bool is_encrypted = false;
  std::string body;
  std::vector<std::string> findings;  // codes
};

struct HeardFinding {
  std::string code;
  std::string text;
  std::uint32_t session = 0;
  std::uint32_t message = 0;
  std::optional<Direction> direction;
  std::uint64_t packet = 0;
  std::int64_t time = 0;  // seconds
};

struct HeardSession {
  std::uint32_t session = 0;
  std::string client;
  std::string server;
  std::string protocol;
  std::string reason;
  std::string user;
  std::uint64_t messages = 0;
  std::uint64_t bytes_client = 0;
  std::uint64_t bytes_server = 0;
};

// What a connection is, with the defaults of most tests.
struct Opening {
  std::string first = "10.0.0.1:40000";
  std::string second = "10.0.0.2:9000";
  std::optional<Side> initiator = Side::First;
  bool is_midstream = false;
};

class Scene;

// One connection. Each call is one packet, a second after the one before.
class Wire {
 public:
  Wire(Scene& scene, std::unique_ptr<StreamConsumer> consumer) : scene_(scene), consumer_(std::move(consumer)) {}

  void say(Side from, std::string_view bytes);
  void first(std::string_view bytes) { say(Side::First, bytes); }
  void second(std::string_view bytes) { say(Side::Second, bytes); }
  // In a packet that came before others that were heard already (Scene::next).
  void say_at(Side from, std::string_view bytes, const Stamp& at);
  // Behind something of the other side that has not come.
  void say_ahead(Side from, std::string_view bytes);
  void lose(Side from, std::uint64_t bytes);
  void end(Side from);
  void observe(std::optional<Side> from, const Rule& rule);
  void close(CloseReason reason = CloseReason::Fin);  // with FINs on both sides where that is the reason

 private:
  Scene& scene_;
  std::unique_ptr<StreamConsumer> consumer_;
};

class Scene final : public MessageSink {
 public:
  // `keys` outlives the scene; null: none.
  explicit Scene(AnalysisOptions options = {}, KeyStore* keys = nullptr);

  Wire open(const Opening& opening = {});
  // The next packet's stamp.
  Stamp next();
  void observe(const Rule& rule);  // about the capture
  // Time passes without a packet of any connection here.
  void wait(std::int64_t seconds);
  // The end of the capture; all connections are closed.
  void finish() { analyzer_.finish(); }

  // Bodies of one direction of one session, in order.
  std::vector<std::string> bodies(std::uint32_t session, Direction direction) const;
  std::vector<std::string> finding_codes() const;

  std::vector<HeardMessage> messages;
  std::vector<HeardFinding> findings;
  std::vector<HeardSession> opened;
  std::vector<HeardSession> closed;
  std::vector<std::string> events;  // "ws ping"
  std::vector<std::string> order;   // "opened 1", "message 1.1", "finding tcp.gap", "event ws ping", "closed 1"

  // MessageSink
  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override;
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event& event) override;

 private:
  AnalysisOptions options_;
  Analyzer analyzer_;
  std::uint64_t packet_ = 0;
  std::int64_t waited_ = 0;  // seconds
};

// A message of SCRP with the length before it.
std::string with_length(std::string_view json);

}  // namespace overhear::testing
