#include "capture/link_names.hpp"

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace overhear {

// libpcap names its own DLT_ values. They are those of files, but for some that no file should hold.
std::string link_type_name(int link_type) {
  constexpr int kFirstUser = 147;  // LINKTYPE_USER0 to 15, for private use; libpcap has no names for them
  if (link_type >= kFirstUser && link_type < kFirstUser + 16) {
    return fmt::format("{} (USER{})", link_type, link_type - kFirstUser);
  }
  const char* const name = pcap_datalink_val_to_name(link_type);
  return name == nullptr ? fmt::format("{}", link_type) : fmt::format("{} ({})", link_type, name);
}

}  // namespace overhear
