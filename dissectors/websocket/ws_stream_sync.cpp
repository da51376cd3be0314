// How WsStream tells frames from bytes that are none, and finds the next message behind a loss.
#include <fmt/format.h>

#include <algorithm>

#include "dissectors/app_rules.hpp"
#include "dissectors/websocket/ws_rules.hpp"
#include "dissectors/websocket/ws_stream.hpp"

namespace overhear {
namespace {

// So often what a torn frame spans is searched when the stream is over.
constexpr int kMostSearchesAtEnd = 16;

}  // namespace

// The rules that a frame breaks which can be part of no message, and is none that stands between messages; 0 for
// others. One broken rule may be the peer's mistake. Bytes that are no frame break several.
int WsStream::count_faults(const WsFrameHeader& header) const {
  const bool is_known_data = header.is_known_opcode() && !header.is_control();
  const bool is_stray = header.opcode == 0 && !is_open_ && (!lost_start_ || header.length == 0);
  // Only RSV1 has a meaning in any registered extension, and none makes nothing of something.
  const bool is_misread = (header.reserved & ~kWsRsv1) != 0 || (header.reserved != 0 && header.length == 0);
  const int grave = !header.is_known_opcode() + (header.is_control() && !header.is_final) +
                    (header.is_control() && header.length > kWsControlLimit) + is_stray + (is_known_data && is_misread);
  if (grave == 0) return 0;
  return grave + (!is_known_data && header.reserved != 0) + (header.is_masked != is_masked_) + !header.is_shortest;
}

// Where the next frame begins is not known: `from` bytes ahead at the earliest.
void WsStream::lose_sync(const Rule& rule, std::size_t from) {
  report(rule);
  if (is_open_) drop_fragments(ws_rules::kFragmentation);
  unusable_ = 0;
  lost_start_ = true;
  compression_.lose();
  start_search(app_rules::kSkipped, from);
}

// A frame over the limit is passed over as it comes; nothing is kept for it. Its length may be none: messages that
// stand inside it show that.
bool WsStream::take_oversized(const WsFrameHeader& header) {
  report(app_rules::kMessageLimit,
         fmt::format("a frame of {} bytes is over the limit and was not opened", header.length));
  if (!header.is_control()) {
    if (is_open_) drop_fragments(app_rules::kPartial);
    lost_start_ = true;
    compression_.lose();
  }
  rest_ = header.size + header.length;
  doubt_rest(header.size);
  return true;
}

// Whether the rest is one is looked at as it goes by, from `from` bytes ahead on.
void WsStream::doubt_rest(std::size_t from) {
  start_search(app_rules::kPartial, from);
  search_->ask_for_follower();
}

bool WsStream::skip_rest() {
  const auto run = context_.limits.opaque_run_bytes;
  if (search_) return search_rest();
  const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(rest_, run));
  if (in().size() < part) return false;
  emit_opaque(context_, direction_, part, app_rules::kPartial);
  rest_ -= part;
  return true;
}

bool WsStream::search_rest() {
  const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(rest_, std::string_view::npos));
  const bool is_found = search_->advance(in().view(), is_at_end_, end);
  const std::size_t position = search_->position();
  const bool is_decided = is_found || position == rest_;
  const std::size_t passed = is_decided ? position : position - position % context_.limits.opaque_run_bytes;
  pass_over(context_, direction_, passed, app_rules::kPartial);
  search_->consumed(passed);
  rest_ -= passed;
  if (!is_decided) return false;
  search_.reset();
  if (!is_found) return true;
  report(ws_rules::kBadLength,
         fmt::format("the next message begins {} bytes before the end that a frame's length announced", rest_));
  rest_ = 0;
  return true;
}

void WsStream::on_gap(std::uint64_t missing) {
  if (search_) {
    // Candidates that wait for more will not get it.
    is_at_end_ = true;
    on_data();
    is_at_end_ = false;
  }
  const std::string_view view = in().view();
  std::uint64_t left = rest_;
  const bool is_doubtful = rest_ > 0 && search_;
  bool is_data = true;
  if (left == 0 && !search_) {
    if (const auto header = parse_ws_header(view)) {
      left = header->size + header->length;
      is_data = !header->is_control();
    }
  }
  const std::size_t held = view.size();
  const bool is_inside = left > 0 && left >= held + missing;
  if (held > 0) emit_opaque(context_, direction_, held, app_rules::kPartial);
  if (!is_inside || is_data) {
    if (is_open_) drop_fragments(app_rules::kPartial);
    lost_start_ = true;
    compression_.lose();
  }
  rest_ = is_inside ? left - held - missing : 0;
  search_.reset();
  if (!is_inside) start_search(app_rules::kPartial);
  if (is_inside && is_doubtful) doubt_rest(0);
}

void WsStream::on_end() {
  is_at_end_ = true;
  on_data();
  if (rest_ > 0) {
    if (in().empty()) {
      report(app_rules::kPartial, fmt::format("the stream ended {} bytes before the end of a frame", rest_));
    }
    rest_ = 0;
  }
  // A frame that did not come whole: its length may be wrong, and what follows it is here.
  for (int searches = 0; !in().empty() && !search_ && searches < kMostSearchesAtEnd; ++searches) {
    lost_start_ = true;
    compression_.lose();
    doubt_rest(1);
    on_data();
  }
  if (!in().empty()) {
    emit_opaque(context_, direction_, in().size(), search_ ? *passed_over_ : app_rules::kPartial);
  }
  if (is_open_) drop_fragments(app_rules::kPartial);
}

void WsStream::start_search(const Rule& why, std::size_t from) {
  search_.emplace(context_, direction_, is_masked_, from);
  search_->agree(compression_.extension());
  passed_over_ = &why;
}

bool WsStream::search() {
  const bool is_found = search_->advance(in().view(), is_at_end_);
  const std::size_t position = search_->position();
  const std::size_t passed = is_found ? position : position - position % context_.limits.opaque_run_bytes;
  pass_over(context_, direction_, passed, *passed_over_);
  search_->consumed(passed);
  if (!is_found) return false;
  search_.reset();
  return true;
}

}  // namespace overhear
