// Lets the user's editor ($VISUAL, $EDITOR, else nano or vi) change a text, in a file in a directory that is the user's
// alone, which is gone afterwards.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

namespace overhear {

// The text as it was left, or why there is none. `name` is the file's. While the editor runs `meanwhile` is called
// again and again; it waits at most 50 ms each time. Where standard input is no terminal the editor gets the
// controlling one instead, or nothing to read.
std::expected<std::string, std::string> edit_text(std::string_view text, const std::string& name,
                                                  const std::function<void()>& meanwhile);

}  // namespace overhear
