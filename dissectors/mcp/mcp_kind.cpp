#include "dissectors/mcp/mcp_kind.hpp"

#include <string_view>

#include "dissectors/mcp/mcp.hpp"
#include "dissectors/row_kinds.hpp"

namespace overhear::mcp {
namespace {

struct Named {
  std::string_view name;
  Kind kind;
};
constexpr Named kKinds[] = {
    {"Handshake.Handshake", Kind::Handshake},
    {"Heartbeat.Ping", Kind::Ping},
    {"Authentication.Login", Kind::Login},
    {"Authentication.Register", Kind::Login},
    {"Authentication.Accepted", Kind::Accepted},
    {"Message.CreateTextMessage", Kind::Say},
    {"Message.CreateImageMessage", Kind::Say},
    {"Message.TextMessage", Kind::Said},
    {"Message.ImageMessage", Kind::Said},
    {"Room.Join", Kind::Join},
    {"Room.Joined", Kind::Joined},
    {"Room.Leave", Kind::Leave},
    {"Room.Left", Kind::Left},
    {"Room.Created", Kind::RoomCreated},
    {"Room.Deleted", Kind::RoomDeleted},
    {"File.RequestImageUpload", Kind::RequestUpload},
    {"File.ImageUploadAccepted", Kind::UploadAccepted},
    {"File.ImageDownloadAccepted", Kind::UploadAccepted},
    {"File.RequestImageDownload", Kind::RequestDownload},
    {"File.ImageDownloadMeta", Kind::DownloadMeta},
    {"File.ImageUploadPart", Kind::Part},
    {"File.ImageDownloadPart", Kind::Part},
    {"File.ImageUploadCompleted", Kind::Completed},
    {"File.ImageDownloadCompleted", Kind::Completed},
    {"Error.UserDontConnected", Kind::NotConnected},
    {"Error.HeartbeatTimeout", Kind::HeartbeatTimeout},
};

Kind kind_of_name(std::string_view name) {
  for (const Named& named : kKinds) {
    if (named.name == name) return named.kind;
  }
  return name.starts_with("Error.") ? Kind::Error : Kind::Other;
}

}  // namespace

Kind kind_of(const MessageType* row) {
  static const RowKinds<Kind> kByRow(kProtocol.messages, kind_of_name);
  return kByRow.of(row);
}

}  // namespace overhear::mcp
