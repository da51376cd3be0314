// Where the messages of one connection stop before they go on: each is read, and waits where it is to be held, with all
// that its side says behind it. What is decided about it comes later.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/decision.hpp"
#include "proxy/interception.hpp"
#include "proxy/lane.hpp"
#include "proxy/parcel.hpp"
#include "proxy/rewriter.hpp"
#include "proxy/rule_run.hpp"

namespace overhear {

// Who takes what a gate lets through, in order, to the other side.
class GateExit {
 public:
  virtual ~GateExit() = default;
  virtual void carry(Side from, const Parcel& parcel) = 0;
  // A message that nobody has said. Empty: it is on its way; else why it cannot be.
  virtual std::string carry_new(Side to, std::string_view text) = 0;
};

class Gate final : private MessageWatcher {
 public:
  // All outlive this.
  Gate(Interception& all, RewriterHost& host, GateExit& exit) : all_(all), host_(host), exit_(exit) {}
  ~Gate() override;
  Gate(const Gate&) = delete;

  // A message that has come whole.
  struct Whole {
    std::uint64_t end = 0;   // in the stream of who says it
    std::uint64_t size = 0;  // with its framing
    FrameKind frame = FrameKind::None;
    std::string body = {};
    bool is_encrypted = false;
    Treatment treatment = {};                // by the rules
    std::optional<HeldMessage> wanted = {};  // it is to be held

    bool is_touched() const { return wanted || !treatment.told.empty(); }
  };
  // Reads what one side says, in clear: what came whole with it.
  std::vector<Whole> read(Side from, Bytes clear);
  std::vector<Whole> read_end(Side from);
  bool is_reading() const { return session_ != nullptr; }
  // Once something was read.
  const Session& session() const { return *session_; }

  // On to the exit, behind what waits already; `whole`: it is this message, which is taken apart.
  void put(Side from, Parcel parcel, Whole* whole = nullptr);
  // What was to be done to it cannot be: it has gone on in part.
  void tell_missed(const Whole& whole);
  std::string decide(const Decision& decision);
  // A WebSocket was opened on what is read.
  bool is_upgraded() const { return is_upgraded_; }

  std::optional<Lane::Clock::time_point> next_due() const;
  void on_time();
  bool is_waiting(Side from) const { return !lane(from).is_empty(); }
  // Whether more of that side may be taken in.
  bool has_room(Side from) const { return lane(from).held() < kMostHeld; }
  std::size_t held() const { return lanes_[0].held() + lanes_[1].held(); }

 private:
  static constexpr std::size_t kMostHeld = std::size_t{4} << 20;

  // MessageWatcher
  void on_whole(const Message& message) override;

  void on_event(const Event& event) override { is_upgraded_ |= event.event == "upgrade"; }

  void begin();
  RuleRun* run();
  void greet();
  void let_through(Side from);
  void carry(Side from, const Lane::Item& item);
  // A message that nobody has said, as GateExit::carry_new().
  std::string say(Side to, std::string_view text);
  Lane& lane(Side from) { return lanes_[static_cast<std::size_t>(from)]; }
  const Lane& lane(Side from) const { return lanes_[static_cast<std::size_t>(from)]; }

  Interception& all_;
  RewriterHost& host_;
  GateExit& exit_;
  std::unique_ptr<Session> session_;
  std::uint32_t number_ = 0;
  std::vector<Whole> whole_;          // of what is being read
  std::optional<RuleRun> run_;        // none: there are no rules
  std::vector<Insertion> greetings_;  // that could not be sent yet
  bool is_upgraded_ = false;
  bool has_closed_ = false;    // a rule did: nothing goes on any more
  std::array<Lane, 2> lanes_;  // by Side of who says it
};

}  // namespace overhear
