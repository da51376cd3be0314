#include "tests/support/layer_script.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <stdexcept>

#include "decrypt/hex.hpp"

namespace overhear::testing {
namespace {

std::string printable(std::string_view bytes) {
  std::string out;
  for (const char c : bytes.substr(0, 300)) {
    if (c >= 0x20 && c < 0x7F) {
      out += c;
    } else {
      out += fmt::format("<{:02x}>", static_cast<unsigned char>(c));
    }
  }
  if (bytes.size() > 300) out += fmt::format("… {:016x}", std::hash<std::string_view>()(bytes));
  return out;
}

class Recorder final : public UnitSink {
 public:
  explicit Recorder(const LayerSetup& setup) : setup_(setup) {}

  void on_unit(Unit& unit) override {
    Said said;
    said.direction = unit.direction;
    said.bytes = unit.bytes;
    said.size = unit.size;
    said.is_opaque = unit.is_opaque;
    said.is_encrypted = unit.is_encrypted;
    said.boundaries_unknown = unit.boundaries_unknown;
    said.decrypted = unit.decrypted;
    said.variant = unit.variant;
    for (const Finding& finding : unit.findings->items()) said.findings.emplace_back(finding.rule->code);
    unit.findings->clear();
    said.packets = unit.carrier->packets();
    said.first = unit.carrier->first();
    said.last = unit.carrier->last();
    if (said.is_message()) {
      // What the framing claims to have parsed must be what it hands over.
      JsonIndex own;
      said.is_json = own.parse(said.bytes, setup_.limits) == JsonIndex::Status::Valid;
      if (unit.json != nullptr) {
        EXPECT_EQ(unit.json->status(), JsonIndex::Status::Valid);
        EXPECT_EQ(unit.json->text(), unit.bytes);
        EXPECT_TRUE(said.is_json) << printable(said.bytes);
      }
    }
    heard.log.push_back(fmt::format("{} {}{}{}'{}' size {} packets {} at {}-{} {} {} {}", to_string(said.direction),
                                    said.is_opaque ? "opaque " : "", said.is_encrypted ? "encrypted " : "",
                                    said.boundaries_unknown ? "unbounded " : "", printable(said.bytes), said.size,
                                    fmt::join(said.packets, ","), said.first.ns, said.last.ns, said.decrypted,
                                    said.variant, fmt::join(said.findings, " ")));
    heard.units.push_back(std::move(said));
  }
  void on_finding(std::optional<Direction> direction, Finding& finding) override {
    heard.findings.push_back(fmt::format("{} {}", direction ? to_string(*direction) : "-", finding.rule->code));
    heard.log.push_back(fmt::format("{}: {}", heard.findings.back(), finding.message()));
  }
  void on_event(Direction direction, std::string_view layer_name, std::string_view event,
                std::optional<std::uint64_t> size, std::string_view detail) override {
    heard.events.push_back(fmt::format("{} {} {}{}{}", to_string(direction), layer_name, event,
                                       detail.empty() ? "" : " ", printable(detail)));
    heard.log.push_back(fmt::format("{} ({})", heard.events.back(), size.value_or(0)));
  }
  bool is_message(const JsonIndex& json) const override {
    return json.root().kind == JsonKind::Object && setup_.is_message(json);
  }

  Heard heard;

 private:
  const LayerSetup& setup_;
};

// What a session does around a layer, and nothing else.
class Driver {
 public:
  explicit Driver(const LayerSetup& setup)
      : recorder_(setup), context_{setup.limits, setup.keys, streams_, recorder_, workspace_, setup.is_midstream} {
    layer_ = setup.make(context_);
  }

  void bytes(Direction direction, std::string_view piece, const Stamp& at) {
    // Memory of its own, so that a view that outlives the call is found out.
    const std::vector<char> copy(piece.begin(), piece.end());
    streams_[direction].push(as_bytes({copy.data(), copy.size()}), at);
    layer_->on_data(direction);
    streams_[direction].settle();
  }
  void gap(Direction direction, std::uint64_t missing) {
    layer_->on_gap(direction, missing);
    streams_[direction].settle();
  }
  void end(Direction direction, bool is_finished) {
    bool& has_ended = has_ended_[static_cast<std::size_t>(direction)];
    if (has_ended) return;
    has_ended = true;
    layer_->on_data(direction);
    context_.is_cut_short[static_cast<std::size_t>(direction)] = !is_finished;
    layer_->on_end(direction);
    streams_[direction].settle();
    EXPECT_TRUE(streams_[direction].empty()) << "bytes vanish at the end of the " << to_string(direction);
  }
  Heard finish() {
    end(Direction::Client, false);
    end(Direction::Server, false);
    return std::move(recorder_.heard);
  }

 private:
  Recorder recorder_;
  Streams streams_;
  Workspace workspace_;
  LayerContext context_;
  std::unique_ptr<Layer> layer_;
  bool has_ended_[2] = {false, false};
};

std::vector<std::size_t> every_offset(std::size_t size) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < size; ++i) cuts.push_back(i);
  return cuts;
}

}  // namespace

std::string hex(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ' && c != '\n') digits += c;
  }
  std::vector<std::uint8_t> bytes;
  if (!decode_hex(digits, bytes)) throw std::invalid_argument("no hex: " + std::string(text));
  return std::string(as_text(bytes));
}

Script& Script::send(Direction direction, std::string_view bytes) {
  steps_.push_back({Kind::Bytes, direction, std::string(bytes), 0});
  return *this;
}

Script& Script::gap(Direction direction, std::uint64_t missing) {
  steps_.push_back({Kind::Gap, direction, {}, missing});
  return *this;
}

Script& Script::fin(Direction direction) {
  steps_.push_back({Kind::Fin, direction, {}, 0});
  return *this;
}

std::size_t Script::bytes() const {
  std::size_t sum = 0;
  for (const Step& step : steps_) sum += step.bytes.size();
  return sum;
}

bool Said::has(std::string_view code) const {
  return std::ranges::find(findings, code) != findings.end();
}

std::vector<std::string> Heard::messages() const {
  std::vector<std::string> out;
  for (const Said& unit : units) {
    if (unit.is_message()) out.push_back(unit.bytes);
  }
  return out;
}

std::vector<std::string> Heard::messages(Direction direction) const {
  std::vector<std::string> out;
  for (const Said& unit : units) {
    if (unit.is_message() && unit.direction == direction) out.push_back(unit.bytes);
  }
  return out;
}

bool Heard::has_finding(std::string_view code) const {
  return std::ranges::any_of(units, [&](const Said& unit) { return unit.has(code); }) ||
         std::ranges::any_of(findings, [&](const std::string& finding) { return finding.ends_with(code); });
}

Heard run(const Script& script, const LayerSetup& setup, const std::vector<std::size_t>& cuts) {
  Driver driver(setup);
  std::size_t offset = 0;
  std::uint64_t number = 0;
  auto cut = cuts.begin();
  for (const Script::Step& step : script.steps()) {
    ++number;
    const Stamp at{{static_cast<std::int64_t>(number) * kSecond}, number};
    switch (step.kind) {
      case Script::Kind::Gap: driver.gap(step.direction, step.missing); break;
      case Script::Kind::Fin: driver.end(step.direction, true); break;
      case Script::Kind::Bytes: {
        const std::size_t end = offset + step.bytes.size();
        while (offset < end) {
          while (cut != cuts.end() && *cut <= offset) ++cut;
          const std::size_t next = cut == cuts.end() ? end : std::min(end, *cut);
          const std::string_view all = step.bytes;
          driver.bytes(step.direction, all.substr(all.size() - (end - offset), next - offset), at);
          offset = next;
        }
      }
    }
  }
  return driver.finish();
}

Heard run_bytewise(const Script& script, const LayerSetup& setup) {
  return run(script, setup, every_offset(script.bytes()));
}

std::string difference(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  std::size_t same = 0;
  while (same < expected.size() && same < actual.size() && expected[same] == actual[same]) ++same;
  std::string out = fmt::format("the first {} lines are the same; then\n", same);
  for (std::size_t i = same; i < expected.size() && i < same + 4; ++i) out += fmt::format("- {}\n", expected[i]);
  for (std::size_t i = same; i < actual.size() && i < same + 4; ++i) out += fmt::format("+ {}\n", actual[i]);
  return out;
}

void same_bytewise(const Script& script, const LayerSetup& setup) {
  const auto whole = run(script, setup).log;
  const auto log = run_bytewise(script, setup).log;
  EXPECT_TRUE(log == whole) << difference(whole, log);
}

void cut_anywhere(const Script& script, const LayerSetup& setup) {
  constexpr std::size_t kAllPairs = 48;
  constexpr int kRandomCuts = 150;
  const auto whole = run(script, setup).log;
  const std::size_t size = script.bytes();
  const auto is_same = [&](const std::vector<std::size_t>& cuts) {
    const auto log = run(script, setup, cuts).log;
    EXPECT_TRUE(log == whole) << "cut at " << fmt::format("{}\n{}", fmt::join(cuts, ", "), difference(whole, log));
    return log == whole;
  };
  if (!is_same(every_offset(size))) return;
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_same({i})) return;
  }
  if (size <= kAllPairs) {
    for (std::size_t i = 1; i < size; ++i) {
      for (std::size_t k = i + 1; k < size; ++k) {
        if (!is_same({i, k})) return;
      }
    }
    return;
  }
  std::mt19937 random(static_cast<std::mt19937::result_type>(size));
  for (int round = 0; round < kRandomCuts; ++round) {
    std::vector<std::size_t> cuts;
    const std::size_t count = 2 + random() % 9;
    for (std::size_t i = 0; i < count; ++i) cuts.push_back(1 + random() % (size - 1));
    std::ranges::sort(cuts);
    if (!is_same(cuts)) return;
  }
}

}  // namespace overhear::testing
