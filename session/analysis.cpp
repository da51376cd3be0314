#include "session/analysis.hpp"

#include <functional>

namespace overhear {

namespace {

bool lies_in(Bytes whole, Bytes part) {
  const std::less_equal<> is_before;
  return part.empty() ||
         (is_before(whole.data(), part.data()) && is_before(part.data() + part.size(), whole.data() + whole.size()));
}

}  // namespace

Analysis::Analysis(const AnalysisOptions& options, MessageSink& sink)
    : streams_(options, sink),
      decoder_(streams_.options().limits, [this](Finding& finding, const Stamp& at) { report(finding, at); }),
      reassembler_(streams_.connections(), streams_.options().limits),
      ahead_(reassembler_) {}

std::expected<void, Error> Analysis::load_key_log(const std::string& path) {
  drain();
  return streams_.load_key_log(path, last_);
}

void Analysis::load_secrets(Bytes key_log) {
  drain();
  streams_.load_secrets(key_log, KeySource::SecretsBlock, "the capture's secrets block", last_);
}

void Analysis::report(Finding& finding, const Stamp& at) {
  drain();
  streams_.report(finding, at);
}

void Analysis::feed(const Packet& packet) {
  ++packets_;
  last_ = {packet.time, packet.number};
  const auto segment = decoder_.decode(packet);
  if (!segment) return advance(packet.time);
  if (ahead_.is_full()) take(ahead_.pop());
  ahead_.push(*segment);
  if (!lies_in(packet.bytes, segment->payload)) drain();  // in a datagram of fragments, which the next one may replace
}

void Analysis::take(const TcpSegment& segment) {
  streams_.on_time(segment.at.time);
  reassembler_.feed(segment);
}

void Analysis::drain() {
  while (!ahead_.empty()) take(ahead_.pop());
}

void Analysis::advance(Timestamp now) {
  drain();
  streams_.on_time(now);
  reassembler_.advance(now);
}

void Analysis::finish() {
  drain();
  decoder_.finish();
  reassembler_.finish(last_);
  streams_.finish();
}

}  // namespace overhear
