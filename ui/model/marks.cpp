#include "ui/model/marks.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

namespace overhear {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSchema = "overhear-marks/1";

}  // namespace

std::expected<void, Error> Marks::open(std::string path) {
  marks_.clear();
  has_changed_ = false;
  path_ = std::move(path);
  if (path_.empty()) return {};
  std::ifstream file(path_);
  if (!file) return {};
  const Json json = Json::parse(file, nullptr, false);
  const auto foreign = [this] {
    return std::unexpected(Error{
        ErrorKind::Input, fmt::format("{} holds no marks of ours: marks are not kept", std::exchange(path_, {}))});
  };
  if (!json.is_object() || json.value("schema", "") != kSchema || !json.contains("marks")) return foreign();
  for (const Json& mark : json["marks"]) {
    const bool is_right = mark.is_object() && mark.contains("time") && mark["time"].is_number_integer() &&
                          mark.contains("session") && mark["session"].is_number_unsigned() && mark.contains("size") &&
                          mark["size"].is_number_unsigned();
    if (!is_right) return foreign();
    Mark& known = marks_[{mark["time"], mark["session"], mark["size"]}];
    if (mark.contains("marked") && mark["marked"].is_boolean()) known.is_marked = mark["marked"];
    if (mark.contains("note") && mark["note"].is_string()) known.note = mark["note"];
  }
  return {};
}

const Mark* Marks::find(const Row& row) const {
  const auto found = marks_.find(key_of(row));
  return found == marks_.end() ? nullptr : &found->second;
}

void Marks::drop_if_empty(const Key& key) {
  const auto found = marks_.find(key);
  if (found != marks_.end() && !found->second.is_marked && found->second.note.empty()) marks_.erase(found);
}

void Marks::toggle(const Row& row) {
  Mark& mark = marks_[key_of(row)];
  mark.is_marked = !mark.is_marked;
  drop_if_empty(key_of(row));
  has_changed_ = true;
}

void Marks::note(const Row& row, std::string_view text) {
  const Mark* const known = find(row);
  if (known == nullptr ? text.empty() : known->note == text) return;
  marks_[key_of(row)].note = text;
  drop_if_empty(key_of(row));
  has_changed_ = true;
}

std::expected<void, Error> Marks::save() {
  if (!std::exchange(has_changed_, false) || path_.empty()) return {};
  std::error_code ignored;
  if (marks_.empty()) {
    std::filesystem::remove(path_, ignored);
    return {};
  }
  Json list = Json::array();
  for (const auto& [key, mark] : marks_) {
    list.push_back({{"session", key.session}, {"time", key.time}, {"size", key.size}, {"marked", mark.is_marked}});
    if (!mark.note.empty()) list.back()["note"] = mark.note;
  }
  const Json json = {{"schema", kSchema}, {"marks", std::move(list)}};
  // As a whole or not at all.
  const std::string written = path_ + ".new";
  std::ofstream file(written);
  file << json.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(written, path_, failed);
  if (file && !failed) return {};
  return std::unexpected(Error{ErrorKind::Environment, fmt::format("marks cannot be kept in {}", path_)});
}

}  // namespace overhear
