#include "segment_script.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace overhear::test {

namespace {

std::string bytes_suffix(const Finding& finding) {
  return finding.bytes ? " " + std::to_string(*finding.bytes) : std::string();
}

std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  std::size_t end = rest.find(' ');
  if (rest.starts_with('"')) end = rest.find('"', 1) + 1;
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(word.size());
  return word;
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw std::invalid_argument(std::string(text));
  return value;
}

}  // namespace

class Recorder::Consumer final : public StreamConsumer {
 public:
  Consumer(Recorder& recorder, Session& session, std::string prefix, bool first_is_client)
      : recorder_(recorder), session_(session), prefix_(std::move(prefix)), first_is_client_(first_is_client) {}

  void on_bytes(Side from, Bytes bytes, const Stamp& at) override {
    stream(from).bytes += as_text(bytes);
    add(name(from), std::string(as_text(bytes)), at);
  }
  void on_gap(Side from, std::uint64_t missing, const Stamp& at) override {
    stream(from).missing += missing;
    add(name(from), "gap " + std::to_string(missing), at);
  }
  void on_end(Side from, const Stamp& at) override { add(name(from), "end", at); }
  void on_closed(CloseReason reason, const Stamp& at) override {
    if (session_.closed) throw std::logic_error("closed twice");
    session_.closed = reason;
    add("", "closed " + std::string(to_string(reason)), at);
  }
  void on_finding(std::optional<Side> from, Finding& finding, const Stamp& at) override {
    add(from ? name(*from) : "", std::string(finding.rule->code) + bytes_suffix(finding), at,
        std::string(finding.message()));
  }

 private:
  char letter(Side side) const { return (side == Side::First) == first_is_client_ ? 'A' : 'B'; }
  std::string name(Side side) const { return std::string(1, letter(side)) + " "; }
  Stream& stream(Side side) { return session_.streams[letter(side) == 'A' ? 0 : 1]; }
  void add(const std::string& side, const std::string& text, const Stamp& at, std::string finding = {}) {
    if (session_.closed && !text.starts_with("closed")) throw std::logic_error("an event after the close: " + text);
    if (recorder_.keeps_events) recorder_.events.push_back({prefix_ + side + text, at, std::move(finding)});
  }

  Recorder& recorder_;
  Session& session_;
  std::string prefix_;
  bool first_is_client_;
};

std::unique_ptr<StreamConsumer> Recorder::on_opened(const Connection& connection, const Stamp& at) {
  sessions.push_back(std::make_unique<Session>());
  Session& session = *sessions.back();
  session.connection = connection;
  session.opened = at;
  const std::string prefix = sessions.size() == 1 ? "" : std::to_string(sessions.size()) + " ";
  if (keeps_events) events.push_back({prefix + "opened", at, {}});
  return std::make_unique<Consumer>(*this, session, prefix, connection.end(Side::First) == client_);
}

void Recorder::on_finding(Finding& finding, const Stamp& at) {
  if (keeps_events) {
    events.push_back(
        {"- " + std::string(finding.rule->code) + bytes_suffix(finding), at, std::string(finding.message())});
  }
}

std::vector<std::string> Recorder::lines() const {
  std::vector<std::string> result;
  for (const Event& event : events) result.push_back(event.text);
  return result;
}

std::vector<std::string> Recorder::findings() const {
  std::vector<std::string> result;
  for (const Event& event : events) {
    if (!event.finding.empty()) result.push_back(event.text.substr(event.text.find("tcp.")));
  }
  return result;
}

const Recorder::Event& Recorder::event(std::string_view text) const {
  const auto found = std::ranges::find(events, text, &Event::text);
  if (found == events.end()) throw std::logic_error("no such event: " + std::string(text));
  return *found;
}

Script::Script(const Limits& limits) : reassembler(recorder, limits) {}

Endpoint Script::client() {
  Endpoint endpoint;
  endpoint.address.bytes = {10, 0, 0, 1};
  endpoint.port = 40001;
  return endpoint;
}

Endpoint Script::server() {
  Endpoint endpoint;
  endpoint.address.bytes = {10, 0, 0, 2};
  endpoint.port = 9000;
  return endpoint;
}

Script& Script::run(std::string_view script) {
  while (!script.empty()) {
    const std::size_t end = std::min(script.find('\n'), script.size());
    run_line(script.substr(0, end));
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  return *this;
}

void Script::run_line(std::string_view line) {
  const std::string_view first = take_word(line);
  if (first.empty()) return;
  if (first == "wait") {
    time.ns += number(take_word(line)) * 1'000'000;
    reassembler.advance(time);
  } else if (first == "finish") {
    reassembler.finish({time, packet});
  } else if (first == "A" || first == "B") {
    run_segment(first[0], line);
  } else {
    throw std::invalid_argument(std::string(first));
  }
}

void Script::run_segment(char side, std::string_view rest) {
  End& sender = end(side);
  std::int64_t offset = sender.next;
  std::uint8_t flags = 0;
  bool wants_ack = true;
  bool has_ack = false;
  std::uint32_t cut = 0;
  std::string_view payload;
  for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest)) {
    if (word == "isn") return set_isn(side, static_cast<std::uint32_t>(number(take_word(rest))));
    if (word == "syn")
      flags |= TcpFlags::kSyn;
    else if (word == "fin")
      flags |= TcpFlags::kFin;
    else if (word == "rst")
      flags |= TcpFlags::kRst;
    else if (word == "noack")
      wants_ack = false;
    else if (word == "ack")
      sender.ack = number(take_word(rest)), has_ack = true;
    else if (word == "cut")
      cut = static_cast<std::uint32_t>(number(take_word(rest)));
    else if (word[0] == '@')
      offset = number(word.substr(1));
    else if (word[0] == '"')
      payload = word.substr(1, word.size() - 2);
    else
      throw std::invalid_argument(std::string(word));
  }
  if (has_ack || (wants_ack && (flags & (TcpFlags::kSyn | TcpFlags::kRst)) == 0)) flags |= TcpFlags::kAck;
  TcpSegment segment = this->segment(side, offset, payload, flags);
  segment.missing_tail = cut;
  feed(segment);
}

TcpSegment Script::segment(char side, std::int64_t offset, std::string_view payload, std::uint8_t flags) {
  const End& sender = end(side);
  const End& receiver = end(side == 'A' ? 'B' : 'A');
  TcpSegment segment;
  segment.source = side == 'A' ? client() : server();
  segment.destination = side == 'A' ? server() : client();
  const bool has_syn = (flags & TcpFlags::kSyn) != 0;
  segment.sequence = sender.isn + static_cast<std::uint32_t>(offset) + (has_syn ? 0 : 1);
  segment.acknowledgment = receiver.isn + 1 + static_cast<std::uint32_t>(sender.ack);
  segment.flags = flags;
  segment.window = 65'535;
  segment.payload = as_bytes(payload);
  return segment;
}

void Script::feed(TcpSegment segment) {
  time.ns += 1'000'000;
  segment.at = {time, ++packet};
  End& sender = end(segment.source == client() ? 'A' : 'B');
  const auto offset = static_cast<std::int32_t>(segment.sequence - sender.isn - 1);
  const std::int64_t control = (segment.flags & TcpFlags::kSyn ? 1 : 0) + (segment.flags & TcpFlags::kFin ? 1 : 0);
  if ((segment.flags & TcpFlags::kRst) == 0) {
    sender.next = std::max(sender.next,
                           offset + static_cast<std::int64_t>(segment.payload.size()) + segment.missing_tail + control);
  }
  reassembler.feed(segment);
}

}  // namespace overhear::test
