#include "decrypt/key_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "decrypt/hex.hpp"

namespace overhear {
namespace {

// What a key log says, one line an entry, and its problems behind: "MCP_KEY id secret", "!3 what is wrong".
std::string read(std::string_view text, std::size_t piece = std::string_view::npos) {
  std::string seen;
  KeyLogProblems problems;
  KeyLogReader reader("keys.txt", problems, [&](const KeyLogEntry& entry) -> std::string_view {
    if (entry.label == KeyLabel::Tls) {
      ClientRandom client_random{};
      std::copy(entry.id.begin(), entry.id.end(), client_random.begin());
      append_key_log_line(seen, entry.tls_label, client_random, entry.secret);
    } else {
      append_key_log_line(seen, entry.label, entry.id, entry.secret);
    }
    if (entry.is_negative) seen += "negative\n";
    return {};
  });
  for (std::size_t at = 0; at < text.size(); at += std::min(piece, text.size() - at)) {
    reader.feed(as_bytes(text.substr(at, piece)));
  }
  reader.finish();
  for (const KeyLogProblem& problem : problems.items) {
    EXPECT_EQ(problem.name, "keys.txt");
    seen.append("!").append(std::to_string(problem.line)).append(" ").append(problem.text).append("\n");
  }
  return seen;
}

const std::string kRandom(64, 'a');
const std::string kSecret(64, 'b');

TEST(KeyLog, ReadsEachOfOurLabels) {
  const std::string key(64, 'c');
  const std::string text = "MCP_DH_PRIVATE_KEY - 12\nMCP_DH_PRIVATE_KEY abcd 12\nMCP_DH_SHARED_SECRET ab 0012\n" +
                           ("MCP_KEY ab " + key + "\n") + "CCHAT_DH_PRIVATE_KEY - 12\n";
  EXPECT_EQ(read(text), text);
}

TEST(KeyLog, ReadsTheLabelsOfTls) {
  std::string text = "CLIENT_RANDOM " + kRandom + " " + std::string(96, 'd') + "\n";
  for (const char* label :
       {"CLIENT_EARLY_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0", "EARLY_EXPORTER_SECRET", "EXPORTER_SECRET"}) {
    text += std::string(label) + " " + kRandom + " " + kSecret + "\n";
  }
  EXPECT_EQ(read(text), text);
}

TEST(KeyLog, NumbersLoseTheirZerosAndMayBeOdd) {
  EXPECT_EQ(read("MCP_DH_PRIVATE_KEY 00ABC 000ABC\n"), "MCP_DH_PRIVATE_KEY 0abc 0abc\n");
  EXPECT_EQ(read("MCP_DH_SHARED_SECRET ABC ABC"), "MCP_DH_SHARED_SECRET 0abc 0abc\n");
  EXPECT_EQ(read("CCHAT_DH_PRIVATE_KEY - -5c3"), "CCHAT_DH_PRIVATE_KEY - 05c3\nnegative\n");
}

TEST(KeyLog, TakesItDirty) {
  const std::string good = "MCP_DH_PRIVATE_KEY - 12\n";
  for (const char* text :
       {"MCP_DH_PRIVATE_KEY - 12", "MCP_DH_PRIVATE_KEY - 12\r\n", "  MCP_DH_PRIVATE_KEY\t-   12  \n",
        "\n\r\n \n# a comment\nMCP_DH_PRIVATE_KEY - 12\n\n", "\xef\xbb\xbfMCP_DH_PRIVATE_KEY - 12\n",
        "#"
        "MCP_DH_PRIVATE_KEY - 13\n # MCP_DH_PRIVATE_KEY - 13\nMCP_DH_PRIVATE_KEY - 12",
        "QUIC_CLIENT_HANDSHAKE_TRAFFIC_SECRET 00 11\nRSA 00 11\nECH_CONFIG 0\nMCP_DH_PRIVATE_KEY - 12"}) {
    EXPECT_EQ(read(text), good) << text;
  }
  EXPECT_EQ(read(""), "");
}

TEST(KeyLog, ReportsABadLineAndUsesTheRest) {
  const std::pair<std::string, std::string> lines[] = {
      {"FOO 00 11", "the label is not known"},
      {"mcp_key 00 11", "the label is not known"},
      {std::string("\0\xff\xfe", 3), "the label is not known"},
      {"MCP_KEY", "the line lacks a value: a label, a public key or client random, and a key are needed"},
      {"MCP_KEY ab", "the line lacks a value: a label, a public key or client random, and a key are needed"},
      {"MCP_DH_PRIVATE_KEY - 12 34", "the line has more than three words"},
      {"MCP_DH_PRIVATE_KEY - 1g", "the private key is not hexadecimal"},
      {"MCP_DH_PRIVATE_KEY - -12", "the private key is not hexadecimal"},
      {"MCP_DH_PRIVATE_KEY - 0000", "the private key is 0"},
      {"MCP_DH_PRIVATE_KEY - 1" + std::string(1024, '0'), "the private key is longer than 4096 bits"},
      {"MCP_DH_PRIVATE_KEY 0x12 12", "the public key is neither hexadecimal nor \"-\""},
      {"MCP_DH_PRIVATE_KEY 00 12", "the public key is 0"},
      {"MCP_DH_SHARED_SECRET - 12", "the client's public key is missing"},
      {"MCP_DH_SHARED_SECRET ab " + std::string(386, '1'), "the shared secret is longer than 1536 bits"},
      {"MCP_KEY - " + kSecret, "the client's public key is missing"},
      {"MCP_KEY ab 1234", "the key is not 32, 24 or 16 bytes long"},
      {"MCP_KEY ab " + kSecret + "1", "the key is not hexadecimal"},
      {"CCHAT_DH_PRIVATE_KEY - -", "the private key is not hexadecimal"},
      {"CLIENT_RANDOM abc 12", "the client random is not hexadecimal"},
      {"CLIENT_RANDOM ab 12", "the client random is not 32 bytes long"},
      {"CLIENT_RANDOM " + kRandom + " " + kSecret, "the master secret is not 48 bytes long"},
      {"EXPORTER_SECRET " + kRandom + " 1234", "the secret is not 32, 48 or 64 bytes long"},
      {"MCP_DH_PRIVATE_KEY - " + std::string(5000, '1'), "the line is longer than 4096 characters"},
  };
  for (const auto& [line, problem] : lines) {
    EXPECT_EQ(read("# one\n" + line + "\nMCP_DH_PRIVATE_KEY - 12\n"), "MCP_DH_PRIVATE_KEY - 12\n!2 " + problem + "\n")
        << line;
  }
}

TEST(KeyLog, NamesAFileThatIsUtf16) {
  EXPECT_EQ(read("\xff\xfeM"), "!1 the file is UTF-16; save it as plain text\n");
}

TEST(KeyLog, CutAnywhereItReadsTheSame) {
  const std::string text = "# c\r\nMCP_DH_PRIVATE_KEY - 12\r\n\nBAD\nCLIENT_RANDOM " + kRandom + " " +
                           std::string(96, 'd') + "\n" + std::string(5000, 'x') + "\nCCHAT_DH_PRIVATE_KEY - 7";
  const std::string expected = read(text);
  for (std::size_t piece = 1; piece < 200; ++piece) ASSERT_EQ(read(text, piece), expected) << piece;
}

TEST(KeyLog, ALineOfAnyLengthCostsNoMemoryAndOneProblem) {
  const std::string text = std::string(5'000'000, '1') + "\nMCP_DH_PRIVATE_KEY - 12";
  EXPECT_EQ(read(text, 4096), "MCP_DH_PRIVATE_KEY - 12\n!1 the line is longer than 4096 characters\n");
}

TEST(KeyLog, KeepsAHundredProblemsAndCountsTheRest) {
  KeyLogProblems problems;
  KeyLogReader reader("x", problems, [](const KeyLogEntry&) { return std::string_view{}; });
  for (int i = 0; i < 1000; ++i) reader.feed(as_bytes("garbage\n"));
  reader.finish();
  EXPECT_EQ(problems.items.size(), KeyLogProblems::kKept);
  EXPECT_EQ(problems.total, 1000u);
  EXPECT_EQ(problems.items.back().line, 100u);
}

TEST(KeyLog, AProblemNeverShowsKeyMaterial) {
  const std::string secret = "5ec2e75ec2e7";
  for (const std::string& line :
       {"MCP_KEY ab " + secret, "MCP_KEY " + secret + " x", "MCP_DH_PRIVATE_KEY - " + secret + "g", secret,
        "CLIENT_RANDOM " + secret + " " + secret, "NEW_LABEL " + secret + " 12"}) {
    EXPECT_EQ(read(line).find("5ec2e7"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace overhear
