// Key logs and public keys as text.
#include <algorithm>

#include "decrypt/hex.hpp"
#include "decrypt/key_log.hpp"
#include "decrypt/public_key_text.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace overhear::fuzz {
namespace {

// All that a key log says, in pieces of `step` bytes.
std::string read_key_log(Bytes text, std::size_t step) {
  std::string log;
  KeyLogProblems problems;
  KeyLogReader reader("fuzz", problems, [&](const KeyLogEntry& entry) -> std::string_view {
    log += to_hex(entry.id) + " " + to_hex(entry.secret) + "\n";
    check(entry.id.size() <= KeyLogReader::kMaxLine && entry.secret.size() <= KeyLogReader::kMaxLine, "a key too long");
    return {};
  });
  while (!text.empty()) {
    const std::size_t size = std::min(step, text.size());
    reader.feed(text.first(size));
    text = text.subspan(size);
  }
  reader.finish();
  for (const KeyLogProblem& problem : problems.items) log += std::to_string(problem.line) + problem.text + "\n";
  return log;
}

}  // namespace

void fuzz_key_log(Bytes input) {
  Input numbers(input);
  const std::size_t step = numbers.byte() + 1u;
  const Bytes text = numbers.rest();
  check(read_key_log(text, step) == read_key_log(text, text.size() + 1), "a key log depends on how it comes");
}

void fuzz_public_key(Bytes input) {
  const auto parsed = parse_public_key(as_text(input));
  if (!parsed) return;
  check(input.size() <= kMaxPublicKeyText, "a text over the limit was read");
  check(parsed->empty() || parsed->front() != 0, "a number begins with a zero");
  if (parsed->empty() || parsed->size() > 192) return;  // longer digits are decimal
  check(parse_public_key(to_hex(*parsed)) == parsed, "what was read reads differently as hex");
}

}  // namespace overhear::fuzz
