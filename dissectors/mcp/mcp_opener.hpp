// One direction's encrypted messages, key and variant being known: decrypts what stands at the front of the stream and
// cuts the messages out. Stands behind McpStream, which finds the variant, takes JSON in clear between the messages,
// and looks for the next one where this says that the way is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "dissectors/framing/separators.hpp"
#include "dissectors/json/json_boundary.hpp"
#include "dissectors/layer.hpp"
#include "dissectors/mcp/mcp_keys.hpp"
#include "dissectors/mcp/mcp_reading.hpp"

namespace overhear::mcp {

class McpOpener {
 public:
  enum class Step : std::uint8_t {
    Taken,  // something was consumed, or more is known
    NeedMore,
    Lost,  // what stands at the front is no message, or was cut: the next one must be found
  };

  // `passed`: how many bytes of ciphertext this direction had before.
  McpOpener(LayerContext& context, Direction direction, Separators& separators, Opening opening, std::uint64_t passed)
      : context_(context),
        direction_(direction),
        separators_(separators),
        opening_(std::move(opening)),
        offset_(passed) {}

  const McpVariant& variant() const { return *opening_.variant; }
  Keystream& keystream() { return opening_.keystream; }
  bool is_raw() const { return variant().framing == Framing::Raw; }
  bool is_continuous() const { return variant().keystream == KeystreamUse::Continuous; }

  // What a short message needs of the keystream.
  void fetch_ahead() const { opening_.keystream.fetch_ahead(start_of_keystream()); }
  // Bytes of the message under way that were decrypted.
  std::size_t held() const { return plain_.size(); }
  // One message or one decision.
  Step take(bool is_end) { return is_raw() ? take_raw(is_end) : take_line(is_end); }
  // Whether ciphertext stands at the front, though it may look like something else: behind line ends, in clear or
  // encrypted with the message before.
  Reading read_front(bool is_end);
  // Nothing of a message is under way any more.
  void start_message();
  // So many bytes of ciphertext were passed over.
  void pass_over(std::size_t bytes) { offset_ += bytes; }
  // Bytes are missing behind what has come.
  void on_gap();
  // A message was found behind a loss with the keystream at its start.
  void on_found() { is_use_certain_ |= offset_ > 0; }

 private:
  Step take_raw(bool is_end);
  Step take_line(bool is_end);
  Step take_behind(std::string_view cipher);
  Step cut_torn(std::string_view cipher, bool is_end);
  void decrypt_to(std::size_t size);
  char opened_at(std::uint64_t offset, char cipher);
  bool is_text(std::size_t size);
  bool is_line_end_behind(char cipher);
  bool switch_to_continuous(std::string_view cipher);
  void finish_message(std::size_t length, const JsonIndex* json);
  void emit_opened(std::size_t length, std::string_view plain, const JsonIndex* json);

  StreamBuffer& in() { return context_.streams[direction_]; }
  // As much of what has come as one message may be.
  std::string_view front() { return in().view().substr(0, context_.limits.message_bytes); }
  std::uint64_t start_of_keystream() const { return is_continuous() ? offset_ : 0; }

  LayerContext& context_;
  Direction direction_;
  Separators& separators_;
  Opening opening_;
  std::uint64_t offset_;         // ciphertext bytes of this direction before the current message
  std::size_t behind_ = 0;       // keystream offset where the message before ended
  bool is_use_certain_ = false;  // whether the keystream starts anew is known: two messages were opened

  // The message under way.
  JsonBoundary boundary_;
  std::string plain_;        // decrypted so far
  std::size_t text_ = 0;     // so much of it is UTF-8
  std::size_t scanned_ = 0;  // for the end of a line
};

}  // namespace overhear::mcp
