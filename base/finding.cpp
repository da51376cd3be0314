#include "base/finding.hpp"

#include <utility>

namespace overhear {

Finding& FindingList::add(const Rule& rule) {
  if (size_ == slots_.size()) slots_.emplace_back();
  Finding& finding = slots_[size_++];
  finding.rule = &rule;
  finding.spec = {};
  finding.text.clear();
  finding.field.clear();
  finding.bytes.reset();
  finding.count = 1;
  return finding;
}

Finding& FindingList::add(const Rule& rule, std::string_view text) {
  Finding& finding = add(rule);
  finding.text = text;
  return finding;
}

void FindingList::take(FindingList& other) {
  if (size_ == 0) {
    slots_.swap(other.slots_);
    std::swap(size_, other.size_);
    return;
  }
  for (std::size_t i = 0; i < other.size_; ++i) std::swap(add(*other.slots_[i].rule), other.slots_[i]);
  other.size_ = 0;
}

}  // namespace overhear
