// What somebody writes about the network that a connection is to have.
#include "proxy/faults.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace overhear::testing {
namespace {

// What the file's faults say of themselves, or what is wrong with it.
std::vector<std::string> read(std::string_view text) {
  SettingsReader reader(text);
  std::vector<std::string> out;
  if (reader.is_fine()) {
    for (const Fault& fault : read_faults(reader, reader.root())) out.push_back(to_string(fault));
  }
  return reader.is_fine() ? out : std::vector{reader.problem()};
}

TEST(Faults, AreReadInToxiproxysShape) {
  EXPECT_EQ(
      read(R"({"faults": [
    {"type": "latency", "stream": "downstream", "attributes": {"latency": 100, "jitter": 20}},
    {"name": "thin", "type": "bandwidth", "stream": "upstream", "toxicity": 0.5, "attributes": {"rate": 8}},
    {"type": "slow_close", "attributes": {"delay": 500}},
    {"type": "timeout", "attributes": {"timeout": 0}},
    {"type": "timeout", "attributes": {"timeout": 700}},
    {"type": "reset_peer", "stream": "upstream"},
    {"type": "slicer", "attributes": {"average_size": 10, "size_variation": 3, "delay": 2000}},
    {"type": "slicer", "attributes": {"at": "worst", "glue": true}},
    {"type": "limit_data", "attributes": {"bytes": 64}}]})"),
      (std::vector<std::string>{
          "latency 100±20 ms, server to client", "thin: bandwidth 8 KB/s, client to server",
          "slow_close 500 ms, server to client", "timeout never, server to client", "timeout 700 ms, server to client",
          "reset_peer 0 ms, client to server", "slicer 10±3 bytes every 2000 µs, server to client",
          "slicer at worst with glue, server to client", "limit_data 64 bytes, server to client"}));
  EXPECT_EQ(read("{}"), std::vector<std::string>{});
}

TEST(Faults, WhatIsWrongWithOneIsToldWithItsPlace) {
  const auto problem = [](const std::string& fault) { return read("{\"faults\":\n[" + fault + "]}").at(0); };
  EXPECT_EQ(problem(R"({"type": "latenzy"})"), "line 2, /faults/0/type: is \"latenzy\"; did you mean \"latency\"?");
  EXPECT_EQ(problem(R"({"stream": "upstream"})"), "line 2, /faults/0: its \"type\" is missing");
  EXPECT_EQ(problem(R"({"type": "latency", "stream": "upsteam", "attributes": {"latency": 1}})"),
            "line 2, /faults/0/stream: is \"upsteam\"; did you mean \"upstream\"?");
  EXPECT_EQ(problem(R"({"type": "latency", "toxicity": 1.5, "attributes": {"latency": 1}})"),
            "line 2, /faults/0/toxicity: a number from 0 to 1 stands here");
  EXPECT_EQ(problem(R"({"type": "latency", "latency": 5})"), "line 2, /faults/0/latency: there is no such setting");
  EXPECT_EQ(problem(R"({"type": "latency", "attributes": {"jiter": 5}})"),
            "line 2, /faults/0/attributes/jiter: there is no such setting; did you mean \"jitter\"?");
  EXPECT_EQ(problem(R"({"type": "latency", "attributes": {"latency": -5}})"),
            "line 2, /faults/0/attributes/latency: an integer from 0 to 86400000 stands here");
  EXPECT_EQ(problem(R"({"type": "latency", "attributes": []})"),
            "line 2, /faults/0/attributes: an object stands here: {…}");
  EXPECT_EQ(problem(R"({"type": "bandwidth", "attributes": {}})"),
            "line 2, /faults/0/attributes: the attribute \"rate\" is missing");
  EXPECT_EQ(problem(R"({"type": "bandwidth", "attributes": {"rate": 0}})"),
            "line 2, /faults/0/attributes/rate: an integer from 1 to 1000000000 stands here");
  EXPECT_EQ(problem(R"({"type": "limit_data"})"), "line 2, /faults/0: the attribute \"bytes\" is missing");
  EXPECT_EQ(problem(R"({"type": "slow_close"})"), "line 2, /faults/0: the attribute \"delay\" is missing");
  EXPECT_EQ(problem(R"({"type": "slicer", "attributes": {"delay": 1}})"),
            "line 2, /faults/0/attributes: it would cut nothing: \"average_size\", \"at\": \"worst\" or \"glue\": true "
            "is missing");
  EXPECT_EQ(problem(R"({"type": "slicer", "attributes": {"average_size": 4, "size_variation": 4}})"),
            "line 2, /faults/0/attributes/size_variation: has to be less than \"average_size\"");
  EXPECT_EQ(problem(R"({"type": "slicer", "attributes": {"at": "wurst"}})"),
            "line 2, /faults/0/attributes/at: is \"wurst\"; did you mean \"worst\"?");
  EXPECT_EQ(problem("[]"), "line 2, /faults/0: an object stands here: {…}");
}

TEST(Faults, ToxicityIsHowManyConnectionsHaveOne) {
  FaultPlan plan{.seed = 7,
                 .faults = {{.name = "always", .to = Side::First, .toxicity = 1},
                            {.name = "never", .to = Side::First, .toxicity = 0},
                            {.name = "elsewhere", .to = Side::Second, .toxicity = 1},
                            {.name = "seldom", .to = Side::First, .toxicity = 0.25}}};
  std::size_t seldom = 0;
  std::string choices[3];
  for (std::uint64_t connection = 0; connection < 4000; ++connection) {
    const FaultPlan own = faults_of(plan, connection, Side::First);
    ASSERT_GE(own.faults.size(), 1u);
    ASSERT_LE(own.faults.size(), 2u);
    EXPECT_EQ(own.faults[0].name, "always");
    seldom += own.faults.size() - 1;
    for (std::size_t i = 0; i < 3; ++i) {
      plan.seed = i < 2 ? 7 : 8;
      choices[i] += std::to_string(faults_of(plan, connection, Side::First).faults.size());
    }
    plan.seed = 7;
  }
  EXPECT_NEAR(static_cast<double>(seldom), 1000, 120);
  EXPECT_EQ(choices[0], choices[1]);
  EXPECT_NE(choices[0], choices[2]);
}

}  // namespace
}  // namespace overhear::testing
