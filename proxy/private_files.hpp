// Files that hold a secret: in a directory that is this user's alone, written whole or not at all.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace overhear {

// Makes the directory (not those above it) or looks whether nobody else may use the one that is there.
std::expected<void, Error> open_private_directory(const std::filesystem::path& directory);

// Nothing where there is no such file. An error where others could read or write it, or it is over a mebibyte.
std::expected<std::optional<std::string>, Error> read_private_file(const std::filesystem::path& file);

enum class ExistingFile : std::uint8_t { Stays, IsReplaced };

// Through a file beside it, so that nobody ever sees a part. False where one was there that stays. The two are also
// told apart between processes: of several that write at once, exactly one gets true.
std::expected<bool, Error> write_whole_file(const std::filesystem::path& file, std::string_view content, mode_t mode,
                                            ExistingFile existing);

}  // namespace overhear
