#include "dissectors/protocol.hpp"

namespace overhear {

void Dissection::clear() {
  type_spec = nullptr;
  type.clear();
  id.clear();
  role = Role::None;
  key.clear();
  user = {};
  room = {};
  text = {};
  content.clear();
  content_opened_by = {};
  findings.clear();
  actions.clear();
  action_findings.clear();
}

}  // namespace overhear
