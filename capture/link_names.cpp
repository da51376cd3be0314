#include "capture/link_names.hpp"

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace overhear {

// libpcap names its own DLT_ values. They are those of files, but for some that no file should hold.
std::string link_type_name(int link_type) {
  const char* const name = pcap_datalink_val_to_name(link_type);
  return name == nullptr ? fmt::format("{}", link_type) : fmt::format("{} ({})", link_type, name);
}

}  // namespace overhear
