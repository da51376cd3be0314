// One direction of an MCP connection: JSON in clear up to its handshake, encrypted behind it (with errors in clear here
// and there), cut into messages. Each direction finds its own variant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "dissectors/json/json_boundary.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/mcp/mcp_keys.hpp"
#include "dissectors/mcp/mcp_resync.hpp"
#include "dissectors/mcp/mcp_trial.hpp"

namespace overhear::mcp {

class McpStream final : public Framer {
 public:
  McpStream(LayerContext& context, ConnectionKeys& keys, Direction direction);

  void on_data() override { run(false); }
  void on_gap(std::uint64_t missing) override;
  void on_end() override;
  // The other side speaks: a run of ciphertext without boundaries ends here.
  void on_turn();

 private:
  // What the bytes behind the handshake are, as far as known.
  enum class Form : std::uint8_t {
    Clear,        // no handshake yet
    Undecided,    // behind it, nothing encrypted seen yet
    Raw,          // decrypted: ciphertext without delimiter
    Lines,        // decrypted: base64 lines
    SealedRaw,    // no key: runs
    SealedLines,  // no key: one line a message
    Failed,       // the key opens nothing: runs
  };

  void run(bool is_end);
  bool step(bool is_end);
  bool take_clear(bool is_end);
  bool decide(bool is_end);
  bool decide_sealed(bool is_end);
  bool take_raw(bool is_end);
  bool take_line(bool is_end);
  bool take_sealed_line(bool is_end);
  bool take_run(bool is_end);
  bool search(bool is_end);
  bool give_up_keystream();
  void pass_over(std::size_t length);
  bool begins_clear(bool is_end, bool& need_more);
  void decrypt_to(std::size_t size);
  bool is_line_end_behind(char cipher);
  bool switch_to_continuous(std::string_view cipher);
  void emit_clear(std::size_t length);
  void emit_opened(std::size_t length, std::string_view plain, const JsonIndex* json);
  void emit_sealed(std::size_t length, std::string_view cipher, bool boundaries_unknown, const Rule* rule);
  void look_for_handshake(std::string_view text);
  void start_message();
  void report_no_key();

  StreamBuffer& in() { return context_.streams[direction_]; }
  // As much of what has come as one message may be.
  std::string_view front() { return in().view().substr(0, context_.limits.message_bytes); }

  LayerContext& context_;
  ConnectionKeys& keys_;
  Direction direction_;
  Form form_ = Form::Clear;
  std::unique_ptr<VariantTrial> trial_;
  std::unique_ptr<Resync> resync_;  // while searching
  const McpVariant* variant_ = nullptr;
  Keystream* keystream_ = nullptr;
  bool is_use_certain_ = false;      // whether the keystream starts anew is known: two messages were opened
  std::uint64_t cipher_offset_ = 0;  // ciphertext bytes of this direction before the current message
  std::size_t behind_ = 0;           // keystream offset where the message before ended
  bool is_searching_ = false;        // a loss: the next message must be found
  bool has_reported_ = false;        // that there is no key, or that it does not fit

  // The message under way.
  JsonBoundary boundary_;
  bool is_clear_ = false;    // it is JSON in clear, boundary_ has seen it
  std::string plain_;        // decrypted so far
  std::size_t scanned_ = 0;  // for the end of a line
};

}  // namespace overhear::mcp
