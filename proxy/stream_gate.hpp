// Stands in a connection whose bytes can be read as they are: cuts each stream where its messages end, has them pass a
// gate, and frames anew what was changed there. Bytes of no message go on as they came.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "proxy/gate.hpp"
#include "proxy/rewriter.hpp"

namespace overhear {

class StreamGate final : public Rewriter, private GateExit {
 public:
  // Both outlive this.
  StreamGate(Interception& all, RewriterHost& host) : host_(host), gate_(all, host, *this) {}

  void on_bytes(Side from, Bytes bytes) override;
  void on_pause(Side from) override;
  void on_end(Side from) override;
  std::string decide(const Decision& decision) override { return gate_.decide(decision); }
  bool keeps_end(Side from) const override { return gate_.is_waiting(from); }
  bool has_room(Side from) const override { return gate_.has_room(from); }
  std::optional<std::chrono::steady_clock::time_point> next_due() const override { return gate_.next_due(); }
  void on_time() override { gate_.on_time(); }
  // What is shown is what comes out.
  Legs shown_on() const override { return Legs::None; }
  std::size_t held() const override { return streams_[0].rest().size() + streams_[1].rest().size() + gate_.held(); }
  bool has_failed() const override { return false; }

 private:
  struct Stream {
    std::string bytes;                           // what came, of which
    std::size_t taken = 0;                       // so much is at the gate or beyond
    std::uint64_t begin = 0;                     // where the rest begins
    std::chrono::steady_clock::time_point last;  // that something came
    bool is_inside = false;                      // what lies before is a part of a message
    bool is_encrypted = false;                   // the last message could not be read
    std::optional<MessageForm> form;             // of the last message
    std::uint64_t said = 0;                      // messages, of which
    std::uint64_t carried = 0;                   // so many went on
    bool has_diverged = false;                   // the receiver's context of compression is another than the sender's

    std::string_view rest() const { return std::string_view(bytes).substr(taken); }
  };

  // GateExit
  void carry(Side from, const Parcel& parcel) override;
  std::string carry_new(Side to, std::string_view text) override;

  void put_messages(Side from, std::vector<Gate::Whole> whole);
  void put_message(Side from, Gate::Whole& whole);
  void pass(Side from, std::size_t bytes, bool is_inside);
  std::string take(Side from, std::size_t bytes);
  void settle(Side from);
  void send(Side from, std::string_view bytes);
  Stream& stream(Side from) { return streams_[static_cast<std::size_t>(from)]; }

  RewriterHost& host_;
  std::array<Stream, 2> streams_;  // by Side of who says it
  Gate gate_;
};

}  // namespace overhear
