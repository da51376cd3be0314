// The host of one rewriter, which keeps what it is told.
#pragma once

#include <string>
#include <vector>

#include "proxy/parcel.hpp"
#include "proxy/rewriter.hpp"

namespace overhear::testing {

struct Ears final : RewriterHost, DecisionTaker {
  std::string& out(Side to) override { return outs[static_cast<std::size_t>(to)]; }
  bool listens(Side) const override { return is_listening; }
  void show(Side from, Bytes bytes) override { shown[static_cast<std::size_t>(from)] += as_text(bytes); }
  void on_opened() override {}
  void tell(const Rule& rule, std::string_view) override { told.emplace_back(rule.code); }
  void on_keys(std::string_view) override {}
  void on_mcp_secret(Bytes, Bytes) override { ++secrets; }
  Conversation conversation() override { return {1, ends, *this}; }
  Timestamp now() override { return {++time.ns}; }
  std::chrono::steady_clock::time_point clock() override { return clock_time; }
  void hang_up(bool is_reset) override { hung_up = is_reset; }
  std::string take(const Decision& decision) override { return rewriter->decide(decision); }

  Connection ends{.ends = {}, .initiator = Side::First};
  Rewriter* rewriter = nullptr;
  bool is_listening = true;
  std::string outs[2];
  std::string shown[2];
  std::vector<std::string> told;  // codes
  int secrets = 0;
  Timestamp time;
  std::chrono::steady_clock::time_point clock_time;
  std::optional<bool> hung_up;  // whether by a reset
};

}  // namespace overhear::testing
