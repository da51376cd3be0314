#include "ui/habits_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace overhear {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostTexts = 100;

template <typename T>
void read(const Json& from, const char* name, T& to) {
  const auto found = from.find(name);
  if (found == from.end()) return;
  if constexpr (std::is_same_v<T, bool>) {
    if (found->is_boolean()) to = found->get<bool>();
  } else if (found->is_number()) {
    to = found->get<T>();
  }
}

void read_texts(const Json& from, const char* name, std::vector<std::string>& to) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_array()) return;
  for (const Json& text : *found) {
    if (text.is_string() && to.size() < kMostTexts) to.push_back(text);
  }
}

void keep_sane(Habits& habits) {
  habits.font_size = std::clamp(habits.font_size, 8.0f, 40.0f);
  habits.sessions_width = std::clamp(habits.sessions_width, 80.0f, 2000.0f);
  habits.details_height = std::clamp(habits.details_height, 60.0f, 2000.0f);
  habits.window_width = std::clamp(habits.window_width, 400, 10'000);
  habits.window_height = std::clamp(habits.window_height, 300, 10'000);
}

}  // namespace

std::string configuration_folder() {
  const char* const named = std::getenv("XDG_CONFIG_HOME");
  if (named != nullptr && *named == '/') return std::string(named) + "/overhear";
  const char* const home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? std::string() : std::string(home) + "/.config/overhear";
}

Habits load_habits(const std::string& path) {
  Habits habits;
  std::ifstream file(path);
  const Json json = Json::parse(file, nullptr, false);
  if (!json.is_object()) return habits;
  bool is_light = false;
  int time_format = 0;
  read(json, "light", is_light);
  read(json, "time_format", time_format);
  read(json, "font_size", habits.font_size);
  read(json, "sessions_width", habits.sessions_width);
  read(json, "details_height", habits.details_height);
  read(json, "window_width", habits.window_width);
  read(json, "window_height", habits.window_height);
  read(json, "events", habits.with_events);
  habits.theme = is_light ? Theme::Light : Theme::Dark;
  habits.time_format = static_cast<TimeFormat>(std::clamp(time_format, 0, kTimeFormats - 1));
  read_texts(json, "recent", habits.recent);
  read_texts(json, "filters_used", habits.filters_used);
  read_texts(json, "filters_saved", habits.filters_saved);
  keep_sane(habits);
  return habits;
}

void save_habits(const std::string& path, const Habits& habits) {
  if (path.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const Json json = {{"light", habits.theme == Theme::Light},
                     {"time_format", static_cast<int>(habits.time_format)},
                     {"font_size", habits.font_size},
                     {"sessions_width", habits.sessions_width},
                     {"details_height", habits.details_height},
                     {"window_width", habits.window_width},
                     {"window_height", habits.window_height},
                     {"events", habits.with_events},
                     {"filters_used", habits.filters_used},
                     {"filters_saved", habits.filters_saved},
                     {"recent", habits.recent}};
  // As a whole or not at all.
  const std::string written = path + ".new";
  {
    std::ofstream file(written);
    file << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    if (!file.flush()) return;
  }
  std::filesystem::rename(written, path, ignored);
}

}  // namespace overhear
