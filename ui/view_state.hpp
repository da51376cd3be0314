// What the user has chosen: what is looked at and how. Views draw it and change it, and nothing else; the application
// does what follows from that behind each frame.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "session/options.hpp"
#include "ui/model/visible_rows.hpp"
#include "ui/theme.hpp"

namespace overhear {

// Seconds since the first message, or the time reference; the time of day; seconds since the line above; since the
// first line shown.
enum class TimeFormat : std::uint8_t { SinceFirst, Absolute, SincePrevious, SinceShown };
inline constexpr int kTimeFormats = 4;

// What stands above the details.
enum class MainView : std::uint8_t { Messages, Timeline, Ladder, Transcript, Findings, Statistics };

enum class Pane : std::uint8_t { Sessions, Messages, Details, Filter, Find, Note };
inline constexpr int kPanes = 3;  // that one walks through

// What is remembered from one time to the next.
struct Habits {
  Theme theme = Theme::Dark;
  float font_size = 14;  // before the display's scale
  float sessions_width = 230;
  float details_height = 240;
  int window_width = 1280;
  int window_height = 800;
  TimeFormat time_format = TimeFormat::SinceFirst;
  bool with_events = false;
  std::vector<std::string> filters_used;  // the last one first
  std::vector<std::string> filters_saved;
  std::vector<std::string> recent;  // captures, the last one first
};

enum class ExportKind : std::uint8_t { Ndjson, Json, Csv, Packets, Picture };

struct ExportWish {
  ExportKind kind = ExportKind::Ndjson;
  std::string path = {};
  bool is_selected_only = false;  // else all that is shown
  bool with_keys = false;         // of packets
};

// What was asked for in this frame.
struct Wishes {
  std::vector<std::string> captures;       // open these
  std::vector<std::string> more_captures;  // and these beside what is open
  std::vector<std::string> key_logs;
  bool reload = false;
  bool close = false;
  bool cancel = false;
  bool picture = false;
  std::string picture_path;  // of the main view
  int find = 0;              // the next (1) or the one before (-1)
  bool quit = false;
  std::optional<ExportWish> exported;
  std::optional<DecodeAs> decode_as;  // without a protocol: not any more
};

enum class FilePurpose : std::uint8_t { OpenCapture, AddCapture, AddKeyLog };

struct ViewState {
  Habits habits;
  Wishes wishes;

  MainView view = MainView::Messages;
  bool must_show_view = true;  // the tab follows the state, not the other way round
  Pane focus = Pane::Messages;
  std::optional<std::size_t> selected;  // row
  bool must_show_selected = false;      // scroll there
  std::set<std::uint32_t> sessions;     // only these; empty: all
  std::string filter;                   // of -Y; right, or empty
  std::size_t tree_line = SIZE_MAX;
  bool must_show_tree_line = false;
  bool show_secrets = false;  // passwords and tokens
  std::optional<Timestamp> time_reference;
  bool is_tail_followed = false;
  RowOrder order = RowOrder::Told;
  bool is_descending = false;

  std::optional<FilePurpose> file_dialog;  // open, for that
  bool has_key_help = false;
  bool has_go_to = false;
  bool has_find = false;
  bool has_export = false;
  bool has_decode_as = false;
  std::string notice;  // what went wrong; shown until something else is done
  std::string news;    // what was done; the same
  ImVec4 view_area;    // where the main view was drawn: left, top, width, height
};

}  // namespace overhear
