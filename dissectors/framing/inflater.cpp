#include "dissectors/framing/inflater.hpp"

#include <zlib.h>

#include <algorithm>

namespace overhear {

namespace {

constexpr std::size_t kFirstRoom = 4096;

}  // namespace

struct Inflater::State {
  z_stream stream{};
  bool is_ready = false;
};

Inflater::Inflater(Format format) : state_(std::make_unique<State>()) {
  // Always the largest window: a peer that negotiated a smaller one cannot refer further back.
  state_->is_ready = inflateInit2(&state_->stream, format == Format::Raw ? -MAX_WBITS : MAX_WBITS) == Z_OK;
}

Inflater::~Inflater() {
  if (state_ && state_->is_ready) inflateEnd(&state_->stream);
}

Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

Inflater::Result Inflater::inflate(std::string_view in, std::string& out, std::size_t limit) {
  if (!state_->is_ready) return {Status::Error, 0};
  z_stream& stream = state_->stream;
  const char* const begin = in.data();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(begin));  // zlib reads only, its type predates const
  stream.avail_in = static_cast<uInt>(in.size());
  const auto consumed = [&] { return in.size() - stream.avail_in; };
  for (;;) {
    if (out.size() >= limit) return {Status::Limit, consumed()};
    const std::size_t had = out.size();
    // Grown as it fills: what looks like a stream at the front of much else may be none.
    const std::size_t room = std::min(limit - had, std::max(kFirstRoom, std::min(had, 3 * in.size())));
    out.resize(had + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
    stream.avail_out = static_cast<uInt>(room);
    const int status = ::inflate(&stream, Z_SYNC_FLUSH);
    out.resize(had + room - stream.avail_out);
    if (status == Z_STREAM_END) return {Status::End, consumed()};
    if (status != Z_OK && status != Z_BUF_ERROR) return {Status::Error, consumed()};
    if (stream.avail_out > 0) return {Status::NeedInput, consumed()};
  }
}

bool Inflater::is_between_blocks() const {
  constexpr int kAtBlockBoundary = 128;  // zlib.h, inflate()
  return state_->is_ready && (state_->stream.data_type & kAtBlockBoundary) != 0;
}

void Inflater::reset() {
  if (state_->is_ready) inflateReset(&state_->stream);
}

}  // namespace overhear
