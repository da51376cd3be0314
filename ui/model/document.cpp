#include "ui/model/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace overhear {
namespace {

void add_new(std::vector<std::string>& paths, const std::vector<std::string>& added) {
  for (const std::string& path : added) {
    if (std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
  }
}

}  // namespace

Document::Document(std::function<void()> on_news)
    : on_news_(std::move(on_news)),
      store_(std::make_unique<RecordStore>(std::make_shared<Spill>(), request_.options.limits)) {}

void Document::start() {
  loader_.reset();
  auto spill = std::make_shared<Spill>();
  store_ = std::make_unique<RecordStore>(spill, request_.options.limits);
  progress_ = {};
  ++generation_;
  if (!request_.captures.empty()) loader_ = std::make_unique<Loader>(request_, std::move(spill), on_news_);
}

void Document::open(LoadRequest request) {
  request_ = std::move(request);
  start();
}

void Document::add_captures(const std::vector<std::string>& paths) {
  add_new(request_.captures, paths);
  start();
}

void Document::add_key_logs(const std::vector<std::string>& paths) {
  add_new(request_.key_logs, paths);
  if (is_open()) start();
}

void Document::decode_as(const DecodeAs& rule) {
  auto& rules = request_.options.decode_as;
  std::erase_if(rules, [&](const DecodeAs& known) { return known.port == rule.port; });
  if (rule.protocol != nullptr) rules.push_back(rule);
  reload();
}

void Document::reload() {
  if (is_open()) start();
}

void Document::close() {
  open({});
}

void Document::cancel() {
  if (request_.source) return request_.source->stop();  // what it has written is still read
  if (loader_) loader_->cancel();
}

bool Document::poll() {
  if (!loader_) return false;
  const LoadProgress now = loader_->progress();  // before the last rows are taken
  const bool has_changed = now.is_over != progress_.is_over;
  progress_ = now;
  RowBatch batch;
  if (!loader_->take(batch)) return has_changed;
  store_->take(std::move(batch));
  return true;
}

std::string Document::title() const {
  const auto& captures = request_.captures;
  if (captures.empty()) return {};
  if (request_.source) return request_.source->title();
  const std::string first = std::filesystem::path(captures.front()).filename().string();
  return captures.size() == 1 ? first : fmt::format("{} and {} more", first, captures.size() - 1);
}

}  // namespace overhear
