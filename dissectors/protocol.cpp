#include "dissectors/protocol.hpp"

namespace overhear {

void Dissection::clear() {
  type_spec = nullptr;
  type.clear();
  id.clear();
  role = Role::None;
  key.clear();
  reply = Reply::Optional;
  also_answers = false;
  about = {};
  code = {};
  fits_any = false;
  is_of_others = false;
  parts.clear();
  moves.clear();
  outcome = Outcome::None;
  reason.clear();
  user = {};
  room = {};
  text = {};
  said_at = nullptr;
  to = {};
  is_text_sealed = false;
  content.clear();
  content_opened_by = {};
  findings.clear();
  actions.clear();
  action_findings.clear();
}

}  // namespace overhear
