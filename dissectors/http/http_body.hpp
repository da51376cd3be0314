// Finds the end of an HTTP/1.1 message's body (RFC 9112, 6 and 7.1), to see what follows it. What the body says is left
// alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dissectors/http/http_head.hpp"

namespace overhear {

// What a response answers, as far as that decides about its body.
enum class HttpAsked : std::uint8_t { Plain, Head, Connect, Upgrade };

class HttpBody {
 public:
  enum class Status : std::uint8_t {
    NeedMore,
    Done,
    UntilClose,  // the rest of the stream belongs to it
    Broken,
  };

  // `asked` is looked at for a response only.
  HttpBody(const HttpHead& head, HttpAsked asked);

  // The next bytes. How many of them belong to the body: fewer than all where it ends or breaks.
  std::size_t advance(std::string_view text);
  Status status() const;
  // So many bytes were lost. False: nobody knows where the body ends.
  bool skip(std::uint64_t missing);

 private:
  enum class State : std::uint8_t {
    Length,  // left_ bytes
    ChunkSize,
    ChunkExtension,
    ChunkData,  // left_ bytes
    ChunkEnd,   // the line's end behind them
    TrailerStart,
    Trailer,
    Done,
    UntilClose,
    Broken,
  };

  State next(char c);

  State state_ = State::Done;
  std::uint64_t left_ = 0;
  bool has_digits_ = false;  // of a chunk's size
};

}  // namespace overhear
