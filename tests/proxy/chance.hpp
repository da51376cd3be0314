// Streams as chance would have them, the same for the same seed.
#pragma once

#include <random>
#include <string>

namespace overhear::testing {

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(engine_); }
  std::string bytes(std::size_t size) {
    std::string out(size, '\0');
    for (char& c : out) c = static_cast<char>(below(256));
    return out;
  }
  // Another byte, one too few, one twice, some that are new, or the rest missing.
  void change(std::string& text) {
    if (text.empty()) return;
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0: text[at] = static_cast<char>(text[at] ^ (1 << below(8))); break;
      case 1: text.erase(at, 1); break;
      case 2: text.insert(at, 1, text[at]); break;
      case 3: text.insert(at, bytes(below(40) + 1)); break;
      default: text.resize(at); break;
    }
  }

 private:
  std::mt19937 engine_;
};

}  // namespace overhear::testing
