// One client's way to its server: hears where it wants to go, connects, and relays bytes both ways as they come, with
// their ends and resets. What is relayed is looked at elsewhere, afterwards.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/stream_event.hpp"
#include "dissectors/layer.hpp"
#include "proxy/asio.hpp"
#include "proxy/fault_line.hpp"
#include "proxy/greeting.hpp"
#include "proxy/interception.hpp"
#include "proxy/name_lookup.hpp"
#include "proxy/proxy_options.hpp"
#include "proxy/rewriter.hpp"
#include "proxy/stream_queue.hpp"
#include "proxy/stream_tap.hpp"

namespace overhear {

class Relay;

// A connection as its two ends see it. A port alone is no name: to another place the kernel gives it out again.
struct Way {
  tcp::endpoint from;
  tcp::endpoint to;

  friend bool operator==(const Way&, const Way&) = default;
};

// What the relays of one proxy share.
class RelayHost {
 public:
  virtual ~RelayHost() = default;

  virtual asio::io_context& io() = 0;
  virtual StreamQueue& queue() = 0;
  virtual const ProxyOptions& options() const = 0;
  // Never goes back.
  virtual Timestamp now() = 0;
  // A clock that stands still between sweeps, and costs nothing.
  virtual std::chrono::steady_clock::time_point tick() const = 0;
  // Where bytes are read to. Used between two waits only.
  virtual std::vector<std::uint8_t>& buffer() = 0;
  // For rewriters, of which one works at a time.
  virtual Workspace& workspace() = 0;
  // Null where no TLS is opened.
  virtual TlsSetup* tls() = 0;
  // How much more of messages waits for its rest, all relays together. False: that is too much.
  virtual bool hold(std::int64_t more) = 0;
  virtual NameLookup& names() = 0;
  // Null where nothing is held back.
  virtual Interception* interception() = 0;
  // What is wrong with the network of a connection that is relayed from now on; null: nothing.
  virtual const FaultPlan* faults() = 0;
  // The number of the session that is shown next.
  virtual std::uint32_t next_session() = 0;
  // A relay's connection to its server. False: it leads to this proxy.
  virtual bool add_outgoing(const Way& way) = 0;
  // The relay is over, and is destroyed here.
  virtual void remove(Relay& relay) = 0;
};

class Relay final : private RewriterHost, private DecisionTaker {
 public:
  // `mode` and `host` outlive this; `number` is this relay's alone.
  Relay(RelayHost& host, std::uint64_t number, const ProxyMode& mode, tcp::socket client, const Way& way);
  ~Relay() override;
  Relay(const Relay&) = delete;

  void start();
  // Ends what has waited for too long, or for nobody.
  void sweep();
  // The rules were read anew.
  void look_at_rules();
  // Closes both connections.
  void stop() { close(CloseReason::EndOfCapture); }
  // Resets both: what is relayed comes from this proxy itself.
  void break_loop();

  std::uint64_t number() const { return number_; }
  const Way& incoming() const { return incoming_; }
  const std::optional<Way>& outgoing() const { return outgoing_; }

 private:
  using Clock = std::chrono::steady_clock;
  enum class Stage : std::uint8_t { Greeting, Connecting, Relaying, Over };

  struct Failure {
    ConnectFailure kind = ConnectFailure::Other;
    std::string why;
  };

  void spawn(asio::awaitable<void> task);
  asio::awaitable<void> run();
  asio::awaitable<bool> greet();
  asio::awaitable<std::optional<Failure>> connect();
  asio::awaitable<void> fail(const Failure& failure);
  void begin_relaying();
  void begin_untold(Side from, Bytes received);
  std::unique_ptr<Rewriter> make_rewriter();
  StreamTap& tap();
  void begin_faults();
  void tell_faults();
  asio::awaitable<void> pump(Side from);
  enum class Came : std::uint8_t { Something, Nothing, End };
  void rewrite(Side from, Came what, Bytes bytes);
  void tell_wire();
  bool count_held();
  asio::awaitable<void> release();
  void send_changed();
  asio::awaitable<void> send_decided(Side to);
  void wait_for_due();
  asio::awaitable<void> keep_time();
  void end_if_hung_up();
  asio::awaitable<void> end_behind_all();
  void send_waiting(Side to);
  std::size_t send_now(Side to, Bytes bytes);
  asio::awaitable<void> pause(std::chrono::milliseconds time);
  asio::awaitable<bool> flush(Side to);
  bool has_room(Side from);
  asio::awaitable<void> deliver(Side to);
  asio::awaitable<bool> send_piece(Side to, std::string_view bytes);
  void finish(Side to, const Ending& ending);
  asio::awaitable<void> watch(Side from);
  void look_for_lost();
  void pass_on_reset();
  bool has_stalled(Side to);
  void on_deaf(Side side, int error);
  void on_end(Side from);
  void pass_end(Side from);
  void send_end(Side to);
  bool is_finished();
  void on_lost(Side from, int error);

  // RewriterHost
  std::string& out(Side to) override { return outbox(to).waiting; }
  bool listens(Side to) const override;
  bool is_over(Side to) const override;
  void show(Side from, Bytes bytes) override;
  void on_opened() override { ends_.opened_by = "proxy"; }
  void tell(const Rule& rule, std::string_view text) override;
  void on_mcp_secret(Bytes client_public, Bytes secret) override;
  void on_keys(std::string_view key_log) override;
  Conversation conversation() override;
  Timestamp now() override { return host_.now(); }
  std::chrono::steady_clock::time_point clock() override { return Clock::now(); }
  void hang_up(bool is_reset) override;
  // DecisionTaker
  std::string take(const Decision& decision) override;

  void enter(Stage stage, std::chrono::milliseconds limit);
  std::string timeout_text() const;
  void reset(Side peer);
  void close(CloseReason reason);
  void give_up_connecting();

  tcp::socket& socket(Side side) { return side == Side::First ? client_ : server_; }

  struct Outbox {
    std::string waiting;       // for room at the peer
    bool is_sending = false;   // a task does
    bool is_deciding = false;  // a task sends what was decided
  };
  Outbox& outbox(Side side) { return outboxes_[static_cast<std::size_t>(side)]; }

  // What goes to one side, where the network on that way has faults.
  struct FaultyWay {
    FaultLine line;
    asio::steady_timer due;
    bool is_blocked = false;  // the receiver takes nothing now
    bool keeps_end = false;   // the end is in the line
  };
  FaultyWay* faulty_way(Side to) { return faulty_ways_[static_cast<std::size_t>(to)].get(); }
  bool is_delaying(Side to);
  bool is_on_its_way(Side to);

  RelayHost& host_;
  const ProxyMode& mode_;
  std::uint64_t number_;
  Way incoming_;
  tcp::socket client_;
  tcp::socket server_;
  std::unique_ptr<Greeting> greeting_;
  HostPort target_;
  std::string received_;  // of the client, while it greets and behind that
  std::optional<Way> outgoing_;
  Connection ends_;                     // while it relays
  std::optional<WireTap> wire_;         // where it is recorded
  std::optional<StreamTap> tap_;        // once there is something to show
  std::uint32_t session_ = 0;           // with tap_: its number
  std::unique_ptr<Rewriter> rewriter_;  // null: bytes pass as they are
  // While something is rewritten: what the wire has not been told yet.
  struct Untold {
    Legs shown_on = Legs::Both;
    Side from = Side::First;
    Bytes received{};
    std::array<std::size_t, 2> told{};  // of the outboxes, by Side
  };
  Untold untold_;
  std::size_t held_ = 0;                  // by the rewriter, as the host knows it
  asio::steady_timer* lookup_ = nullptr;  // while the server's name is looked up
  Stage stage_ = Stage::Greeting;
  bool is_late_ = false;
  std::array<bool, 2> has_ended_{};    // by Side: nothing more comes from it
  std::array<bool, 2> is_end_kept_{};  // by Side: the rewriter does not let it pass yet
  std::array<bool, 2> is_deaf_{};      // by Side: nothing can be sent to it
  bool is_releasing_ = false;
  std::optional<asio::steady_timer> due_;                  // when something that was put off goes on
  bool is_keeping_time_ = false;                           // a task waits for that
  std::optional<CloseReason> hung_up_;                     // a rewriter wants the end, in this way
  bool is_ending_ = false;                                 // a task brings it about
  std::array<Outbox, 2> outboxes_;                         // by Side
  std::array<std::unique_ptr<FaultyWay>, 2> faulty_ways_;  // by Side; null: what goes there is sent at once
  std::optional<Side> lost_;  // reset, which its peer is told behind the bytes that it still gets
  int unsent_ = 0;            // of what that peer gets
  Clock::time_point moved_;   // when this last became another
  int tasks_ = 0;
  std::chrono::milliseconds limit_{};
  Clock::time_point active_;
};

}  // namespace overhear
