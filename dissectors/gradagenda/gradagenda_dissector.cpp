// What the table can't say about GradAgenda: who this client is, what a cdid pairs, what a batch holds.
#include <string>
#include <string_view>

#include "dissectors/field_check.hpp"
#include "dissectors/field_text.hpp"
#include "dissectors/gradagenda/gradagenda_batch.hpp"
#include "dissectors/gradagenda/gradagenda_table.hpp"

namespace overhear::gradagenda {
namespace {

class GradAgendaDissector final : public Dissector {
 public:
  void dissect(const JsonIndex& json, Direction direction, Dissection& out) override {
    const JsonNode& action = json.root();
    const JsonNode* type = json.find("type");
    const MessageType* row = find_type(meaning_of(json, type, scratch_), direction);
    out.id = id_of(json, json.find("cdid"));
    if (row == nullptr) return unknown(json, type, out);
    out.type_spec = row;
    out.type = row->name;
    out.role = row->role;
    if (row->role == Role::Request || row->role == Role::Answer) out.key = out.id;
    check_fields(json, action, *row, out.findings);
    if (row->name == kBatchType) {
      batch_.read(json, action, direction, out);
      for (const Action& inner : out.actions) heed(json, *inner.json, inner.type);
    } else {
      heed(json, action, row->name);
      out.room = id_of(json, json.find("session-id"));
      out.text = string_of(json, json.find(json.find("message"), "body"));
    }
    out.user = direction == Direction::Client ? std::string_view(user_) : id_of(json, json.find("sender-id"));
  }

  std::string_view client_name() const override { return user_; }

 private:
  void unknown(const JsonIndex& json, const JsonNode* type, Dissection& out) {
    if (!is_string(type)) return check_fields(json, json.root(), kEnvelope, out.findings);
    out.type = json.value(*type);
    note_unknown_type(out.findings, kEnvelope.section, "/type");
  }

  // Who the client is: what it said last, unless the server refused that. A refusal after a success (there may be no
  // second authentication) changes nothing.
  void heed(const JsonIndex& json, const JsonNode& action, std::string_view type) {
    if (type == "authenticate") {
      if (is_accepted_) return;
      remember(cdid_, id_of(json, json.find(&action, "cdid")));
      remember(user_, id_of(json, json.find(&action, "user-id")));
    } else if (type == "status-response") {
      if (is_accepted_ || cdid_.empty() || id_of(json, json.find(&action, "cdid")) != cdid_) return;
      is_accepted_ = string_of(json, json.find(&action, "status")) == "succeeded";
      if (!is_accepted_) user_.clear();
      cdid_.clear();
    }
  }

  BatchReader batch_;
  std::string user_;
  std::string cdid_;  // of the authentication that waits for its answer
  bool is_accepted_ = false;
  std::string scratch_;
};

}  // namespace

std::unique_ptr<Dissector> make_dissector(const Environment& /*environment*/) {
  return std::make_unique<GradAgendaDissector>();
}

}  // namespace overhear::gradagenda
