// Where habits are remembered: a JSON file in the user's configuration folder (XDG Base Directory Specification).
#pragma once

#include <string>

#include "ui/view_state.hpp"

namespace overhear {

// "~/.config/overhear"; empty: there is no home.
std::string configuration_folder();

// What is missing in the file, or cannot be used, stays as it is by default.
Habits load_habits(const std::string& path);
// Makes the folder where it is missing. What cannot be written is forgotten: nobody's work depends on it.
void save_habits(const std::string& path, const Habits& habits);

}  // namespace overhear
