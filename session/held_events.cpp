#include "session/held_events.hpp"

#include <utility>

namespace overhear {

std::size_t HeldEvents::cost_of(const Event& event) {
  const Data* const data = std::get_if<Data>(&event.what);
  return sizeof(Event) + (data == nullptr ? 0 : data->bytes.size());
}

void HeldEvents::keep(Event event) {
  memory_ += cost_of(event);
  events_.push_back(std::move(event));
}

void HeldEvents::on_bytes(Side from, Bytes bytes, const Stamp& at) {
  keep({Data{from, std::string(as_text(bytes))}, at});
}

void HeldEvents::on_gap(Side from, std::uint64_t missing, const Stamp& at) {
  keep({Gap{from, missing}, at});
}

void HeldEvents::on_end(Side from, const Stamp& at) {
  keep({End{from}, at});
}

void HeldEvents::on_closed(CloseReason reason, const Stamp& at) {
  keep({Closed{reason}, at});
}

void HeldEvents::on_finding(std::optional<Side> from, Finding& finding, const Stamp& at) {
  keep({Observed{from, std::move(finding)}, at});
}

void HeldEvents::tell_first(StreamConsumer& consumer) {
  Event event = std::move(events_.front());
  memory_ -= cost_of(event);
  events_.pop_front();
  struct Teller {
    StreamConsumer& to;
    const Stamp& at;
    void operator()(const Data& data) { to.on_bytes(data.from, as_bytes(data.bytes), at); }
    void operator()(const Gap& gap) { to.on_gap(gap.from, gap.missing, at); }
    void operator()(const End& end) { to.on_end(end.from, at); }
    void operator()(const Closed& closed) { to.on_closed(closed.reason, at); }
    void operator()(Observed& observed) { to.on_finding(observed.from, observed.finding, at); }
  };
  std::visit(Teller{consumer, event.at}, event.what);
}

}  // namespace overhear
