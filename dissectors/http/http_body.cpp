#include "dissectors/http/http_body.hpp"

#include <algorithm>

namespace overhear {
namespace {

constexpr std::uint64_t kMostLength = std::uint64_t{1} << 60;

// -1 where `c` is no hexadecimal digit.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

// RFC 9112, 6.3.
HttpBody::HttpBody(const HttpHead& head, HttpAsked asked) {
  const bool is_tunnel = asked == HttpAsked::Connect && head.status < 300;  // what follows begins anew
  const bool is_empty = asked == HttpAsked::Head || head.status < 200 || head.status == 204 || head.status == 304;
  if (!head.is_request && (is_empty || is_tunnel)) return;
  if (!head.field("Transfer-Encoding").empty()) {
    state_ = head.lists("Transfer-Encoding", "chunked") ? State::ChunkSize : State::UntilClose;
  } else if (const auto length = head.content_length()) {
    left_ = *length;
    state_ = left_ > 0 ? State::Length : State::Done;
  } else if (!head.is_request || !head.field("Content-Length").empty()) {
    state_ = State::UntilClose;
  }
}

HttpBody::Status HttpBody::status() const {
  if (state_ == State::Done) return Status::Done;
  if (state_ == State::UntilClose) return Status::UntilClose;
  return state_ == State::Broken ? Status::Broken : Status::NeedMore;
}

std::size_t HttpBody::advance(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && status() == Status::NeedMore) {
    if (state_ != State::Length && state_ != State::ChunkData) {
      state_ = next(text[at++]);
      continue;
    }
    const std::uint64_t part = std::min<std::uint64_t>(left_, text.size() - at);
    at += static_cast<std::size_t>(part);
    skip(part);
  }
  return at;
}

bool HttpBody::skip(std::uint64_t missing) {
  if (missing == 0) return true;
  if ((state_ != State::Length && state_ != State::ChunkData) || missing > left_) return false;
  left_ -= missing;
  if (left_ == 0) state_ = state_ == State::Length ? State::Done : State::ChunkEnd;
  return true;
}

// RFC 9112, 7.1. Lines may end with LF alone (2.2).
HttpBody::State HttpBody::next(char c) {
  switch (state_) {
    case State::ChunkSize:
      if (const int value = digit(c); value >= 0) {
        has_digits_ = true;
        left_ = left_ * 16 + static_cast<unsigned>(value);
        return left_ > kMostLength ? State::Broken : State::ChunkSize;
      }
      if (!has_digits_) return State::Broken;
      [[fallthrough]];
    case State::ChunkExtension:
      if (c != '\n') return State::ChunkExtension;
      has_digits_ = false;
      return left_ > 0 ? State::ChunkData : State::TrailerStart;
    case State::ChunkEnd: return c == '\n' ? State::ChunkSize : c == '\r' ? State::ChunkEnd : State::Broken;
    case State::TrailerStart: return c == '\n' ? State::Done : c == '\r' ? State::TrailerStart : State::Trailer;
    case State::Trailer: return c == '\n' ? State::TrailerStart : State::Trailer;
    case State::Length:
    case State::UntilClose:
    case State::ChunkData:
    case State::Done:
    case State::Broken: break;
  }
  return state_;
}

}  // namespace overhear
