// Several captures read as one: their packets come in the order of their times, those of one time in the order of the
// files. Within a file the order stays, also where its times go backwards: what is compared is each file's next packet.
// Takes a descriptor and a reader's window for each file, however large the files are.
//
// Packets are numbered over all of them, and so are interfaces, as they are met. What is said about a file names it. A
// file that is damaged, or cannot be read any further, hurts itself alone: the others are read to their ends, and then
// next() gives its error.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "capture/capture_file.hpp"

namespace overhear {

// As open_capture_file(): one path is opened as it is, several are merged, and the error names the first that cannot be
// opened. The format() of several is "pcapng" where one of them is. REQUIRES: a path; only one where it is followed
// (`wait_for_more`).
std::expected<std::unique_ptr<CaptureFile>, Error> open_captures(std::span<const std::string> paths,
                                                                 CaptureEvents& events, const Limits& limits,
                                                                 std::function<bool()> wait_for_more = {});

}  // namespace overhear
