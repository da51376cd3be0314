#include "ui/model/finding_index.hpp"

#include <algorithm>

namespace overhear {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kRowsPerLook = 64;  // between two looks at the clock

std::size_t lines_of(const FindingGroup& group) {
  return 1 + (group.is_open ? group.occurrences.size() : 0);
}

}  // namespace

void FindingIndex::restart() {
  for (const auto& [key, group] : groups_) opened_[key] = group.is_open;
  groups_.clear();
  counts_ = {};
  looked_at_ = 0;
  list();
}

void FindingIndex::add(const Finding& finding, std::size_t row, std::size_t number) {
  const Severity severity = finding.rule->severity;
  const Key key{-static_cast<int>(severity), finding.rule->code, finding.citation()};
  auto found = groups_.find(key);
  if (found == groups_.end()) {
    found = groups_.try_emplace(key).first;
    found->second.rule = finding.rule;
    found->second.citation = finding.citation();
    const auto opened = opened_.find(key);
    found->second.is_open = opened != opened_.end() && opened->second;
    list();
  }
  found->second.occurrences.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(number)});
  ++counts_[static_cast<std::size_t>(severity)];
}

void FindingIndex::add_row(const RecordStore& store, std::size_t row) {
  if (store.row(row).kind == RecordKind::Finding) return add(*store.finding(row).finding, row, 0);
  if (store.row(row).kind != RecordKind::Message) return;
  const Message& message = store.message(row, false);
  std::size_t number = 0;
  for (const Finding& finding : message.findings) add(finding, row, number++);
  for (const Finding& finding : message.action_findings) add(finding, row, number++);
}

void FindingIndex::advance(const RecordStore& store, const VisibleRows& rows, std::chrono::microseconds budget) {
  const auto end = steady_clock::now() + budget;
  while (looked_at_ < rows.size()) {
    const std::size_t until = std::min(rows.size(), looked_at_ + kRowsPerLook);
    for (; looked_at_ < until; ++looked_at_) {
      if (store.row(rows[looked_at_]).findings > 0) add_row(store, rows[looked_at_]);
    }
    if (steady_clock::now() >= end) break;
  }
}

void FindingIndex::show(Severity severity, bool is_shown) {
  is_shown_[static_cast<std::size_t>(severity)] = is_shown;
  list();
}

void FindingIndex::choose_code(std::string_view code) {
  code_ = code;
  list();
}

bool FindingIndex::is_shown(const FindingGroup& group) const {
  return is_shown(group.rule->severity) && (code_.empty() || group.rule->code == code_);
}

void FindingIndex::list() {
  listed_.clear();
  for (auto& [key, group] : groups_) {
    if (is_shown(group)) listed_.push_back(&group);
  }
}

std::size_t FindingIndex::lines() const {
  std::size_t lines = 0;
  for (const FindingGroup* group : listed_) lines += lines_of(*group);
  return lines;
}

FindingIndex::Line FindingIndex::line(std::size_t number) const {
  for (const FindingGroup* group : listed_) {
    const std::size_t lines = lines_of(*group);
    if (number < lines) return {group, number == 0 ? SIZE_MAX : number - 1};
    number -= lines;
  }
  return {};
}

std::size_t FindingIndex::line_of_row(std::size_t row) const {
  std::size_t first = 0;
  for (const FindingGroup* group : listed_) {
    const auto found = std::ranges::lower_bound(group->occurrences, row, {}, &FindingGroup::Occurrence::row);
    if (group->is_open && found != group->occurrences.end() && found->row == row) {
      return first + 1 + static_cast<std::size_t>(found - group->occurrences.begin());
    }
    first += lines_of(*group);
  }
  return SIZE_MAX;
}

std::size_t FindingIndex::fold(std::size_t line, bool is_open) {
  std::size_t first = 0;
  for (FindingGroup* group : listed_) {
    const std::size_t lines = lines_of(*group);
    if (line < first + lines) {
      group->is_open = is_open;
      return first;
    }
    first += lines;
  }
  return line;
}

}  // namespace overhear
