#include "proxy/faults.hpp"

#include <fmt/format.h>

#include "proxy/dice.hpp"

namespace overhear {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMostTime = 86'400'000;  // a day, in ms
constexpr std::int64_t kMostBytes = 1'000'000'000'000;
constexpr std::int64_t kMostSlice = 1'000'000;

template <class... Kinds>
struct Cases : Kinds... {
  using Kinds::operator()...;
};

std::string text_of(const fault::Latency& one) {
  const std::string jitter = one.jitter.count() == 0 ? "" : fmt::format("±{}", one.jitter.count());
  return fmt::format("latency {}{} ms", one.latency.count(), jitter);
}

std::string text_of(const fault::Slicer& one) {
  std::string out = "slicer";
  if (one.average_size > 0) out += fmt::format(" {}", one.average_size);
  if (one.size_variation > 0) out += fmt::format("±{}", one.size_variation);
  if (one.average_size > 0) out += " bytes";
  if (one.is_at_worst) out += " at worst";
  if (one.glues) out += " with glue";
  if (one.delay.count() > 0) out += fmt::format(" every {} µs", one.delay.count());
  return out;
}

// The attributes of one fault.
class Attributes {
 public:
  Attributes(SettingsReader& reader, const JsonNode& fault)
      : reader_(reader), fault_(fault), object_(reader.find(fault, "attributes")) {
    if (object_ != nullptr && !reader.is_object(*object_)) object_ = nullptr;
  }

  void are(std::initializer_list<std::string_view> names) {
    if (object_ != nullptr) reader_.allow_only(*object_, names);
  }
  // One that has to be there.
  std::int64_t needed(std::string_view name, std::int64_t least, std::int64_t most) {
    if (object_ == nullptr || reader_.find(*object_, name) == nullptr) {
      reader_.fail(object_ != nullptr ? *object_ : fault_, fmt::format("the attribute \"{}\" is missing", name));
      return least;
    }
    return reader_.integer(*object_, name, 0, least, most);
  }
  std::int64_t integer(std::string_view name, std::int64_t most) {
    return object_ == nullptr ? 0 : reader_.integer(*object_, name, 0, 0, most);
  }
  bool flag(std::string_view name) { return object_ != nullptr && reader_.flag(*object_, name, false); }
  bool is_at_worst() { return object_ != nullptr && reader_.choice(*object_, "at", 0, {"size", "worst"}) == 1; }
  void fail(std::string_view what) { reader_.fail(object_ != nullptr ? *object_ : fault_, what); }
  void fail(std::string_view name, std::string_view what) { reader_.fail(*reader_.find(*object_, name), what); }

 private:
  SettingsReader& reader_;
  const JsonNode& fault_;
  const JsonNode* object_;
};

fault::Slicer read_slicer(Attributes& from) {
  from.are({"average_size", "size_variation", "delay", "at", "glue"});
  fault::Slicer out;
  out.average_size = static_cast<std::uint64_t>(from.integer("average_size", kMostSlice));
  out.size_variation = static_cast<std::uint64_t>(from.integer("size_variation", kMostSlice));
  out.delay = std::chrono::microseconds(from.integer("delay", kMostTime * 1000));
  out.is_at_worst = from.is_at_worst();
  out.glues = from.flag("glue");
  if (out.average_size == 0 && !out.is_at_worst && !out.glues)
    from.fail("it would cut nothing: \"average_size\", \"at\": \"worst\" or \"glue\": true is missing");
  if (out.size_variation > 0 && out.size_variation >= out.average_size)
    from.fail("size_variation", "has to be less than \"average_size\"");
  return out;
}

// In the order of their names in read_faults().
enum class Kind : std::uint8_t { Latency, Bandwidth, SlowClose, Timeout, ResetPeer, Slicer, LimitData };

void read_kind(Attributes from, Kind kind, Fault& out) {
  const auto time = [&from](std::string_view name) { return milliseconds(from.integer(name, kMostTime)); };
  const auto needed_time = [&from](std::string_view name) { return milliseconds(from.needed(name, 0, kMostTime)); };
  switch (kind) {
    case Kind::Latency:
      from.are({"latency", "jitter"});
      out.what = fault::Latency{needed_time("latency"), time("jitter")};
      return;
    case Kind::Bandwidth:
      from.are({"rate"});
      out.what = fault::Bandwidth{static_cast<std::uint64_t>(from.needed("rate", 1, kMostBytes / 1000))};
      return;
    case Kind::SlowClose:
      from.are({"delay"});
      out.what = fault::SlowClose{needed_time("delay")};
      return;
    case Kind::Timeout:
      from.are({"timeout"});
      out.what = fault::Timeout{time("timeout")};
      return;
    case Kind::ResetPeer:
      from.are({"timeout"});
      out.what = fault::ResetPeer{time("timeout")};
      return;
    case Kind::Slicer: out.what = read_slicer(from); return;
    case Kind::LimitData:
      from.are({"bytes"});
      out.what = fault::LimitData{static_cast<std::uint64_t>(from.needed("bytes", 0, kMostBytes))};
  }
}

}  // namespace

std::string to_string(const Fault& fault) {
  const std::string what = std::visit(
      Cases{[](const fault::Latency& one) { return text_of(one); },
            [](const fault::Bandwidth& one) { return fmt::format("bandwidth {} KB/s", one.rate); },
            [](const fault::SlowClose& one) { return fmt::format("slow_close {} ms", one.delay.count()); },
            [](const fault::Timeout& one) {
              return one.timeout.count() == 0 ? "timeout never" : fmt::format("timeout {} ms", one.timeout.count());
            },
            [](const fault::ResetPeer& one) { return fmt::format("reset_peer {} ms", one.timeout.count()); },
            [](const fault::Slicer& one) { return text_of(one); },
            [](const fault::LimitData& one) { return fmt::format("limit_data {} bytes", one.bytes); }},
      fault.what);
  return fmt::format("{}{}{}, {}", fault.name, fault.name.empty() ? "" : ": ", what,
                     fault.to == Side::First ? "server to client" : "client to server");
}

FaultPlan faults_of(const FaultPlan& plan, std::uint64_t connection, Side to) {
  FaultPlan out;
  out.seed = Dice({plan.seed, connection, static_cast<std::uint64_t>(to)}).roll();
  for (std::size_t i = 0; i < plan.faults.size(); ++i) {
    const Fault& fault = plan.faults[i];
    if (fault.to == to && Dice({out.seed, i}).has(fault.toxicity)) out.faults.push_back(fault);
  }
  return out;
}

std::vector<Fault> read_faults(SettingsReader& reader, const JsonNode& root) {
  std::vector<Fault> out;
  reader.each(root, "faults", [&](const JsonNode& node) {
    if (!reader.is_object(node)) return;
    reader.allow_only(node, {"name", "type", "stream", "toxicity", "attributes"});
    Fault& fault = out.emplace_back();
    fault.name = reader.string(node, "name");
    fault.to = reader.choice(node, "stream", 1, {"upstream", "downstream"}) == 0 ? Side::Second : Side::First;
    fault.toxicity = reader.number(node, "toxicity", 1, 0, 1);
    if (reader.find(node, "type") == nullptr) return reader.fail(node, "its \"type\" is missing");
    const auto kind = static_cast<Kind>(reader.choice(
        node, "type", 0, {"latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data"}));
    if (reader.is_fine()) read_kind({reader, node}, kind, fault);
  });
  return out;
}

}  // namespace overhear
