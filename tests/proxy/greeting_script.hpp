// A greeting without a socket: what a client says goes in, what it is told and what becomes of the rest comes out.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "proxy/greeting.hpp"

namespace overhear::testing {

struct Greeted {
  Greeting::Status status = Greeting::Status::NeedMore;
  std::string reply;
  std::string rest;  // for the server
  std::string target;
  std::string problem;

  friend bool operator==(const Greeted&, const Greeted&) = default;
};

// `said` in two parts, the second behind `cut`. What follows a greeting is not for it.
inline Greeted greet(Greeting& greeting, std::string_view said, std::size_t cut) {
  Greeted out;
  for (const std::string_view part : {said.substr(0, cut), said.substr(cut)}) {
    out.rest += part;
    if (out.status == Greeting::Status::NeedMore) out.status = greeting.feed(out.rest, out.reply);
  }
  if (out.status == Greeting::Status::Connect) out.target = to_string(greeting.target());
  out.problem = greeting.problem();
  return out;
}

// What comes of it, which is the same wherever it is cut.
inline Greeted greet(ProxyKind kind, std::string_view said) {
  const Greeted whole = greet(*make_greeting(kind), said, said.size());
  for (std::size_t cut = 0; cut < said.size(); ++cut) {
    const Greeted parts = greet(*make_greeting(kind), said, cut);
    EXPECT_EQ(parts.status, whole.status) << "cut at " << cut;
    EXPECT_EQ(parts.reply, whole.reply) << "cut at " << cut;
    EXPECT_EQ(parts.target, whole.target) << "cut at " << cut;
    EXPECT_EQ(parts.problem, whole.problem) << "cut at " << cut;
    if (whole.status != Greeting::Status::Refused) {
      EXPECT_EQ(parts.rest, whole.rest) << "cut at " << cut;
    }
  }
  return whole;
}

}  // namespace overhear::testing
