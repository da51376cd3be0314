// The command line of overhear-view, which is that of `overhear view`.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "session/options.hpp"
#include "ui/view_state.hpp"

namespace overhear {

struct ViewArguments {
  std::vector<std::string> captures;
  std::vector<std::string> key_logs;
  std::vector<DecodeAs> decode_as;
  bool is_followed = false;
  std::string interface;
  std::string capture_filter;
  std::string selected;  // "3.12"
  MainView view = MainView::Messages;
  bool show_secrets = false;
  bool is_measured = false;
  std::string picture;  // a PNG of the window as soon as everything is read, instead of staying
  std::string size;     // "1280x800"
};

// Nothing: what was asked for (the help) or is wrong has been printed, and this is the exit status.
std::expected<ViewArguments, int> parse_arguments(int count, char** values);

}  // namespace overhear
