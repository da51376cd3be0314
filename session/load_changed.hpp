// Key logs that grow while messages are shown.
#pragma once

#include "base/error.hpp"
#include "base/file_watch.hpp"

namespace overhear {

// Loads those that have changed. One that cannot be read is told, and the others count.
template <typename Load, typename Tell>
void load_changed(FileWatch& key_logs, const Load& load, const Tell& tell) {
  for (const std::string& path : key_logs.changed()) {
    if (auto loaded = load(path); !loaded) tell(loaded.error());
  }
}

}  // namespace overhear
