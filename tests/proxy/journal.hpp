// What a proxy's tap tells, kept to be looked at.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/stream_event.hpp"

namespace overhear::testing {

// Of one connection.
struct Heard {
  Connection ends;
  std::array<std::string, 2> bytes;  // by Side
  std::array<std::uint64_t, 2> missing{};
  std::array<bool, 2> has_ended{};
  std::vector<std::string> findings;  // "code: text"
  std::optional<CloseReason> closed;
};

class Journal final : public ConnectionSink {
 public:
  std::unique_ptr<StreamConsumer> on_opened(const Connection& connection, const Stamp&) override {
    heard_.push_back(std::make_unique<Heard>());
    heard_.back()->ends = connection;
    return std::make_unique<Writer>(*this, *heard_.back());
  }
  void on_finding(Finding& finding, const Stamp&) override { findings_.push_back(line(finding)); }

  // In the order of their opening.
  const std::vector<std::unique_ptr<Heard>>& heard() const { return heard_; }
  // Those of no connection.
  const std::vector<std::string>& findings() const { return findings_; }
  // Of the first ends, in the order of closing.
  const std::vector<std::uint16_t>& closed_ports() const { return closed_ports_; }

 private:
  class Writer final : public StreamConsumer {
   public:
    Writer(Journal& journal, Heard& heard) : journal_(journal), heard_(heard) {}

    void on_bytes(Side from, Bytes bytes, const Stamp&) override {
      heard_.bytes[static_cast<std::size_t>(from)] += as_text(bytes);
    }
    void on_gap(Side from, std::uint64_t missing, const Stamp&) override {
      heard_.missing[static_cast<std::size_t>(from)] += missing;
    }
    void on_end(Side from, const Stamp&) override { heard_.has_ended[static_cast<std::size_t>(from)] = true; }
    void on_closed(CloseReason reason, const Stamp&) override {
      heard_.closed = reason;
      journal_.closed_ports_.push_back(heard_.ends.ends[0].port);
    }
    void on_finding(std::optional<Side>, Finding& finding, const Stamp&) override {
      heard_.findings.push_back(line(finding));
    }

   private:
    Journal& journal_;
    Heard& heard_;
  };

  static std::string line(const Finding& finding) { return std::string(finding.rule->code) + ": " + finding.text; }

  std::vector<std::unique_ptr<Heard>> heard_;
  std::vector<std::string> findings_;
  std::vector<std::uint16_t> closed_ports_;
};

}  // namespace overhear::testing
