#include "ui/measurement.hpp"

#include <GLFW/glfw3.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <numeric>

namespace overhear {
namespace {

constexpr std::size_t kFrames = 300;

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void Measurement::begin_frame(App& app) {
  frame_begun_ = Clock::now();
  if (all_) app.press({GLFW_KEY_PAGE_DOWN, 0});
}

bool Measurement::end_frame(const App& app) {
  const auto now = Clock::now();
  if (!first_ && app.rows().size() > 0) first_ = now;
  if (all_) {
    frames_.push_back(seconds(now - frame_begun_));
  } else if (!app.is_loading() && !app.is_busy()) {
    all_ = now;
  }
  return frames_.size() == kFrames;
}

std::string Measurement::text(const App& app) const {
  std::vector<double> sorted = frames_;
  std::ranges::sort(sorted);
  const double mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(sorted.size());
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const RecordStore& store = app.document().store();
  const double records = static_cast<double>(std::max<std::size_t>(store.size(), 1));
  std::string text;
  text += fmt::format("messages          {}\n", store.messages());
  text += fmt::format("first shown after {:.3f} s\n", seconds(first_.value_or(*all_) - start_));
  text += fmt::format("all shown after   {:.3f} s\n", seconds(*all_ - start_));
  text += fmt::format("scrolling         {:.1f} frames a second (p99 of a frame {:.1f} ms)\n", 1 / mean,
                      sorted[sorted.size() * 99 / 100] * 1000);
  text += fmt::format("peak memory       {:.0f} MiB\n", static_cast<double>(used.ru_maxrss) / 1024);
  text += fmt::format("index             {} bytes a record, {} records; names and types {:.2f} bytes a record\n",
                      sizeof(Row), store.size(), static_cast<double>(store.text_bytes()) / records);
  text += fmt::format("spill             {:.0f} MiB\n", static_cast<double>(store.spill().size()) / (1 << 20));
  return text;
}

}  // namespace overhear
