#include "dissectors/json/json_check.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <vector>

#include "dissectors/app_rules.hpp"
#include "dissectors/json/json_rules.hpp"

namespace overhear {
namespace {

void report_duplicates(const JsonIndex& json, FindingList& findings) {
  const std::vector<std::string> pointers = json.duplicate_pointers();
  for (const std::string& pointer : pointers) findings.add(json_rules::kDuplicateKey).field = pointer;
  if (const std::size_t more = json.duplicate_names() - pointers.size(); more > 0) {
    findings.add(json_rules::kDuplicateKey, fmt::format("{} more names stand twice in one object", more));
  }
}

}  // namespace

void check_json(const JsonIndex& json, std::size_t size, FindingList& findings) {
  switch (json.status()) {
    case JsonIndex::Status::Valid: break;
    case JsonIndex::Status::TooDeep: findings.add(json_rules::kDepth); return;
    case JsonIndex::Status::Incomplete:
    case JsonIndex::Status::Invalid: {
      Finding& finding = findings.add(json_rules::kInvalid);
      fmt::format_to(std::back_inserter(finding.text), "{} (at byte {} of {})", json.error(), json.error_offset(),
                     size);
      return;
    }
  }
  const JsonIndex::Flags& flags = json.flags();
  if (flags.byte_order_mark) findings.add(json_rules::kBom);
  if (flags.duplicate_name) report_duplicates(json, findings);
  if (flags.lone_surrogate) findings.add(json_rules::kSurrogate).field = json.surrogate_pointer();
  if (flags.huge_number) findings.add(json_rules::kHugeNumber);
  if (flags.index_limit) findings.add(json_rules::kIndexLimit);
  if (json.root().kind != JsonKind::Object) {
    findings.add(app_rules::kNotObject, fmt::format("the message is {}, not an object", describe(json.root().kind)));
  }
}

}  // namespace overhear
