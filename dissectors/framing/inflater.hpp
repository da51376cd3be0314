// zlib's inflate with a bound on what comes out. Used for packages that are a zlib stream of their own and for
// WebSocket's permessage-deflate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace overhear {

class Inflater {
 public:
  enum class Format : std::uint8_t { Raw, Zlib };
  enum class Status : std::uint8_t {
    NeedInput,  // all input is used up, the stream goes on
    End,        // the stream's end was reached
    Error,      // not a deflate stream
    Limit,      // more would come out than allowed
  };
  struct Result {
    Status status = Status::NeedInput;
    std::size_t consumed = 0;
  };

  explicit Inflater(Format format);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  // Appends to `out`, which never grows beyond `limit` bytes.
  Result inflate(std::string_view in, std::string& out, std::size_t limit);
  // Whether what came ends where a block ends. Within a block a message cannot be whole.
  bool is_between_blocks() const;
  // Forgets the window: the next byte begins a new stream.
  void reset();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace overhear
