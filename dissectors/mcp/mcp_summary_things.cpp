// The summaries about files, users and rooms.
#include "dissectors/mcp/mcp_summary.hpp"

namespace overhear::mcp {

void Summary::file() {
  if (is("File.ImageUploadRejected")) {
    out_ += "image upload rejected";
  } else if (is("File.ImageUploadPart") || is("File.ImageDownloadPart")) {
    out_ += "part ";
    value("part");
    out_ += " of image ";
    value("id");
    const JsonNode* part = field("data");
    const std::size_t length = is_string(part) ? json_.value(*part).size() : 0;
    fmt::format_to(std::back_inserter(out_), ", {} bytes base64", length);
  } else if (is("File.ImageUploadCompleted") || is("File.ImageDownloadCompleted")) {
    out_ += "image ";
    value("id");
    out_ += is("File.ImageUploadCompleted") ? " uploaded" : " downloaded";
  } else if (is("File.RequestImageDownload")) {
    out_ += "asks for image ";
    value("id");
  } else {
    const bool is_request = is("File.RequestImageUpload");
    out_ += is_request                     ? "asks to upload image "
            : is("File.ImageDownloadMeta") ? "image "
                                           : "image upload accepted as ";
    if (!is_request) value("id");
    out_ += is_request ? "\"" : " \"";
    value("name");
    out_ += "\", ";
    value("size");
    out_ += " bytes, ";
    value("type");
  }
}

void Summary::user_update() {
  out_ += "changes";
  std::string_view separator = " ";
  for (const std::string_view name : {"username", "avatar", "password"}) {
    const JsonNode* node = field(name);
    if (node == nullptr || node->kind == JsonKind::Null) continue;
    out_ += separator;
    out_ += name;
    out_ += " to ";
    if (name == "password")
      secret(name);
    else
      value(name);
    separator = ", ";
  }
}

void Summary::user() {
  if (is("User.Update")) return user_update();
  constexpr Phrase kPhrases[] = {{"User.Create", "creates user ", ""},     {"User.Created", "user ", " created"},
                                 {"User.Delete", "deletes user ", ""},     {"User.Deleted", "user ", " deleted"},
                                 {"User.GetInfo", "asks about user ", ""}, {"User.Updated", "user ", " updated"},
                                 {"User.Info", "user ", ", id "}};
  const Phrase& phrase = find(kPhrases);
  out_ += phrase.before;
  value("username");
  out_ += phrase.after;
  if (is("User.Info")) value("id");
  if (is("User.Create") && show_secrets_) {
    out_ += ", password ";
    value("password");
  }
}

void Summary::room_list() {
  const std::size_t rooms = count(data_);
  number_of(rooms, "room");
  if (rooms == 0) return;
  constexpr std::size_t kShown = 5;
  std::size_t shown = 0;
  for (const JsonNode* room = json_.first_child(*data_); room != nullptr && shown < kShown;
       room = json_.next_sibling(*data_, *room), ++shown) {
    out_ += shown == 0 ? ": " : ", ";
    append_value(out_, json_, json_.find(room, "name"));
  }
  if (rooms > shown) out_ += ", …";
}

void Summary::room() {
  if (is("Room.List")) return room_list();
  if (is("Room.RequireList")) {
    out_ += "asks for the list of rooms";
    return;
  }
  constexpr Phrase kPhrases[] = {
      {"Room.Create", "creates room", ""},  {"Room.Created", "room ", " created"}, {"Room.Join", "joins room ", ""},
      {"Room.Joined", " joined room ", ""}, {"Room.Leave", "leaves room ", ""},    {"Room.Left", " left room ", ""},
      {"Room.Delete", "deletes room ", ""}, {"Room.Deleted", "room ", " deleted"}, {"Room.Update", "renames room ", ""},
      {"Room.Updated", "room ", ""},
  };
  const Phrase& phrase = find(kPhrases);
  if (is("Room.Joined") || is("Room.Left")) value("user");
  out_ += phrase.before;
  if (!is("Room.Create")) room_id();
  if (field("name") != nullptr) {
    out_ += is("Room.Update") ? " to \"" : is("Room.Updated") ? " renamed to \"" : " \"";
    value("name");
    out_ += '"';
  }
  out_ += phrase.after;
  if (!is("Room.Joined") || field("allUsers") == nullptr) return;
  out_ += " (";
  number_of(count(field("allUsers")), "user");
  out_ += ')';
}

}  // namespace overhear::mcp
