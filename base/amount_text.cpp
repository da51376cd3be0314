#include "base/amount_text.hpp"

#include <fmt/format.h>

#include <array>

#include "base/time.hpp"

namespace overhear {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr std::array<Unit, 3> kUnits{Unit{"s", kSecond}, Unit{"ms", kSecond / 1000}, Unit{"µs", 1000}};

}  // namespace

std::string counted(std::uint64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string exact_duration(std::int64_t ns) {
  for (const Unit& unit : kUnits) {
    if (ns < unit.ns) continue;
    const std::int64_t thousandths = ns / (unit.ns / 1000);
    std::string text = fmt::format("{}.{:03}", thousandths / 1000, thousandths % 1000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text + std::string(unit.name);
  }
  return fmt::format("{}ns", ns);
}

}  // namespace overhear
