// Key logs that grow while messages are shown.
#pragma once

#include "base/file_watch.hpp"
#include "cli/print_error.hpp"

namespace overhear {

// Loads those that have changed. One that cannot be read is told, and the others count.
template <typename Load>
void load_changed(FileWatch& key_logs, const Load& load) {
  for (const std::string& path : key_logs.changed()) {
    if (auto loaded = load(path); !loaded) (void)print_error(loaded.error());
  }
}

}  // namespace overhear
