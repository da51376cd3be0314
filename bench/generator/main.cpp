// overhear-bench-generate: the command line of the generator.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/generator/generate.hpp"

namespace overhear::bench {
namespace {

constexpr int kUsage = 2;
constexpr int kEnvironment = 4;

// Room for the longest header within what an IPv4 packet can say about its length.
constexpr unsigned kLargestMss = 65'535 - 40;

void add_options(CLI::App& app, Options& options, std::vector<std::string>& protocols) {
  std::vector<std::string> names;
  for (const Protocol& protocol : kProtocols) names.emplace_back(protocol.name);
  const CLI::Range probability(0.0, 1.0);
  const CLI::Range at_least_one(std::uint64_t{1}, std::uint64_t{1} << 40);

  app.add_option("--protocols", protocols,
                 "cchat, mcp, chatmaster, scrp, gradagenda, separated by commas (default: all)")
      ->delimiter(',')
      ->check(CLI::IsMember(names))
      ->option_text("NAMES");
  app.add_option("--messages", options.messages, "How many messages are said")
      ->check(at_least_one)
      ->capture_default_str();
  app.add_option("--connections", options.connections, "In how many connections, 2 to 6 of them in one room")
      ->check(CLI::Range(1, 3'000'000))
      ->option_text("N [10]");
  app.add_option("--concurrent", options.concurrent, "How many of them are open at a time (default: all)")
      ->option_text("N");
  app.add_option("--seed", options.seed, "The same seed gives the same bytes")->option_text("S [1]");
  app.add_option("--out", options.out, "The capture: pcapng if its name says so, else pcap; - is standard output")
      ->required()
      ->option_text("FILE");
  app.add_option("--payloads", options.payloads, "Writes each message as a line, in the order in which they complete")
      ->option_text("FILE");
  app.add_option("--keylog", options.key_log, "Writes the MCP connections' keys")->option_text("FILE");
  app.add_option("--keylog-form", options.setting.key_form, "What the key log holds: key, secret or private")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, KeyForm>{
              {"key", KeyForm::Key}, {"secret", KeyForm::Secret}, {"private", KeyForm::Private}},
          CLI::ignore_case))
      ->option_text("FORM");

  TcpSettings& tcp = options.room.tcp;
  app.add_option("--reorder", tcp.disturbance.reorder, "Probability that a segment comes after its successor")
      ->check(probability)
      ->option_text("P");
  app.add_option("--retransmit", tcp.disturbance.retransmit, "Probability that a segment comes twice")
      ->check(probability)
      ->option_text("P");
  app.add_option("--loss", tcp.disturbance.loss, "Probability that a segment is missing from the capture")
      ->check(probability)
      ->option_text("P");
  app.add_option("--coalesce", options.room.coalesce, "Probability that a message shares a segment with the next")
      ->check(probability)
      ->option_text("P");
  app.add_option("--mss", tcp.mss, "Largest segment in bytes")
      ->check(CLI::Range(1u, kLargestMss))
      ->capture_default_str();

  app.add_flag("--deflate", options.setting.deflate, "WebSocket messages are compressed (about 80 KiB per connection)");
  app.add_flag("--chatmaster-zlib", options.setting.chatmaster_zlib, "Each ChatMaster package is a zlib stream");
  app.add_option("--mcp-variant", options.setting.mcp_variant, "How MCP is written: raw or base64-line")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, McpVariant>{{"raw", McpVariant::Raw}, {"base64-line", McpVariant::Base64Line}},
          CLI::ignore_case))
      ->option_text("VARIANT");
}

void choose_protocols(Options& options, const std::vector<std::string>& names) {
  for (const Protocol& protocol : kProtocols) {
    if (names.empty() || std::ranges::find(names, protocol.name) != names.end()) options.protocols.push_back(&protocol);
  }
}

int run(int argc, char** argv) {
  CLI::App app("Generates captures of chat traffic, the same for the same options.", "overhear-bench-generate");
  Options options;
  std::vector<std::string> protocols;
  add_options(app, options, protocols);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  choose_protocols(options, protocols);

  const std::string out = options.out;
  const auto summary = generate(std::move(options));
  if (!summary) {
    fmt::print(stderr, "overhear-bench-generate: {}\n", summary.error().message);
    return kEnvironment;
  }
  fmt::print(out == "-" ? stderr : stdout, "{} messages in {} packets, {:.1f} MB\n", summary->messages,
             summary->packets, static_cast<double>(summary->bytes) / 1e6);
  return 0;
}

}  // namespace
}  // namespace overhear::bench

int main(int argc, char** argv) {
  try {
    return overhear::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "overhear-bench-generate: %s\n", error.what());
    return 4;
  }
}
