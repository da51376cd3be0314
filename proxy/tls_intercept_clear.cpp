// What was opened, on its way from one side of a TLS connection to the other: through a gate where there is one.
#include <utility>

#include "proxy/tls_intercept.hpp"

namespace overhear {

// What one side has said, in clear.
void TlsIntercept::deliver(Side from, Bytes clear) {
  if (inner_) {
    inner_->on_bytes(from, clear);
    return send_inner();
  }
  send_clear(other(from), clear);
  host_.show(from, clear);
}

void TlsIntercept::send_clear(Side to, Bytes clear) {
  if (stage_ == Stage::Passing) {
    host_.out(to) += as_text(clear);
    return;
  }
  channel(to).write(clear);
  channel(to).take(host_.out(to));
}

// What the gate lets through.
void TlsIntercept::send_inner() {
  for (const Side to : {Side::Second, Side::First}) {
    const std::string clear = std::exchange(out(to), {});
    if (!clear.empty()) send_clear(to, as_bytes(clear));
  }
  for (const Side from : {Side::First, Side::Second}) {
    if (keeps_finish_[static_cast<std::size_t>(from)] && !inner_->keeps_end(from)) finish(from);
  }
}

// The connection says nothing more from there.
void TlsIntercept::end_clear(Side from) {
  if (!inner_ || has_finished_[static_cast<std::size_t>(from)]) return;
  inner_->on_end(from);
  send_inner();
}

// One side says nothing more: the other is told, behind all that.
void TlsIntercept::finish(Side from) {
  bool& is_kept = keeps_finish_[static_cast<std::size_t>(from)];
  is_kept = inner_ && inner_->keeps_end(from);
  if (is_kept) return;
  channel(other(from)).finish();
  channel(other(from)).take(host_.out(other(from)));
}

void TlsIntercept::on_pause(Side from) {
  if (!inner_ || (stage_ != Stage::Open && stage_ != Stage::Passing)) return;
  inner_->on_pause(from);
  send_inner();
}

void TlsIntercept::on_time() {
  if (!inner_) return;
  inner_->on_time();
  send_inner();
}

std::string TlsIntercept::decide(const Decision& decision) {
  if (!inner_) return Rewriter::decide(decision);
  std::string problem = inner_->decide(decision);
  send_inner();
  return problem;
}

}  // namespace overhear
