// One direction of an MCP connection: JSON in clear up to its handshake, encrypted behind it (with errors in clear here
// and there), cut into messages. Each direction finds its own variant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "dissectors/framing/separators.hpp"
#include "dissectors/json/json_boundary.hpp"
#include "dissectors/json/json_progress.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/mcp/mcp_keys.hpp"
#include "dissectors/mcp/mcp_opener.hpp"
#include "dissectors/mcp/mcp_reading.hpp"
#include "dissectors/mcp/mcp_resync.hpp"
#include "dissectors/mcp/mcp_sealed.hpp"
#include "dissectors/mcp/mcp_trial.hpp"

namespace overhear::mcp {

class McpStream final : public Framer {
 public:
  McpStream(LayerContext& context, ConnectionKeys& keys, Direction direction);

  void on_data() override { run(false); }
  void on_gap(std::uint64_t missing) override;
  void on_end() override;
  std::size_t held() const override;
  // The other side speaks: a run of ciphertext without boundaries ends here.
  void on_turn();
  // What waits and is no message under way goes out as it is: it may be one for who gets it.
  void hand_on();
  void fetch_ahead() const {
    if (opener_) opener_->fetch_ahead();
  }

 private:
  // What the bytes behind the handshake are, as far as known.
  enum class Form : std::uint8_t {
    Clear,      // no handshake yet
    Undecided,  // behind it, nothing encrypted seen yet
    Opened,     // opener_ has the key and the variant
    Sealed,     // no key, one that opens nothing, or bytes of nothing that is MCP
  };

  void run(bool is_end);
  bool step(bool is_end);
  bool take_clear();
  bool take_doubtful(std::string_view view, bool is_final, std::size_t& length);
  bool take_opened(bool is_end);
  bool take_sealed(bool is_end);
  bool decide(bool is_end);
  bool decide_sealed(bool is_end);
  bool waits_for_key(bool is_end);
  void reopen();
  void start_anew();
  bool search(bool is_end);
  bool search_on(bool is_end);
  void on_found(Resync::Found found);
  bool give_up_keystream();
  void pass_over(std::size_t length);
  bool begins_clear(bool is_end, bool& need_more);
  Reading read_sealed(bool is_end);
  void open(Opening opening);
  const McpSecret* untried_secret();
  void emit_clear(std::size_t length);
  void look_for_handshake(std::string_view text);
  void start_message();
  void report_sealed();

  StreamBuffer& in() { return context_.streams[direction_]; }

  LayerContext& context_;
  ConnectionKeys& keys_;
  Direction direction_;
  Form form_ = Form::Clear;
  std::unique_ptr<VariantTrial> trial_;
  std::unique_ptr<Resync> resync_;  // while searching, in a run, or for a package inside one that is wrong
  std::optional<McpOpener> opener_;
  std::unique_ptr<AnyReading> any_reading_;  // once it was asked
  Separators separators_;
  SealedStream sealed_;
  std::uint64_t passed_ = 0;   // ciphertext bytes before there was an opener
  bool is_cipher_possible_;    // false: this side has not spoken its handshake, and nothing is missing
  bool is_searching_ = false;  // a loss: the next message must be found

  // How many of the connection's candidates were tried on the first encrypted message.
  std::size_t tried_ = 0;
  std::uint64_t generation_ = 0;  // of the candidates

  // The message in clear under way.
  JsonProgress clear_;
  JsonBoundary boundary_;         // once it is known to be wrong
  std::size_t ending_ = 0;        // where its brackets balance, once known
  bool is_clear_ = false;         // there is one
  bool is_behind_clear_ = false;  // white space that stands at the front belongs to one
};

}  // namespace overhear::mcp
