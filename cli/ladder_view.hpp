// The timeline as a sequence diagram: a line for each client and for the server, messages as arrows between them.
//
//                     alice             bob                                                   server
//                     127.0.0.1:37936   127.0.0.1:37942                               127.0.0.1:3072
//    0.148113   1.9   ├─────────────────┼── Room.Join  joins room 2 ──────────────────────────────▶│
//    0.148410   1.10  │◀────────────────┼── Room.Joined  ↩9 297µs  alice joined room 2 ────────────┤
//
// Where things stand is LadderLayout's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/text_line.hpp"
#include "dissectors/message.hpp"
#include "session/export/output.hpp"
#include "session/ladder/ladder_layout.hpp"

namespace overhear {

struct LadderOptions {
  bool with_color = false;
  bool with_events = false;
  bool show_secrets = false;
  bool is_ascii = false;  // nothing else may be written
  std::size_t width = 100;
};

class LadderView final : public MessageSink {
 public:
  // `output` outlives this.
  LadderView(Output& output, const LadderOptions& options);

  // Seconds are counted from here instead of from the first line.
  void start_at(Timestamp start) { start_ = start; }

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override;
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event& event) override;
  void on_room_event(const RoomEvent& event) override;

 private:
  void put(std::string_view text, std::string_view color = {});
  // In so many columns at most; those that are left.
  std::size_t put_fitted(std::string_view text, std::size_t width, std::string_view color = {});
  void put_margin(std::optional<Timestamp> time, std::string_view name);
  void put_heading(const LadderPlace& place);
  void put_name(const LadderPlace& place);
  void put_titles(const LadderPlace& place, bool is_address);
  // The lanes' lines up to the gap's text; `from`: an arrow's beginning or end.
  void put_lanes(const LadderPlace& place, std::optional<Direction> from);
  // A row without an arrow.
  void put_note(std::uint32_t session, std::optional<Timestamp> time, std::string_view name, std::string_view text,
                std::string_view color);
  void put_label(const Message& message, const LadderPlace& place);
  // Up to the column.
  void fill(std::size_t column, std::string_view glyph);
  void end();

  LadderOptions options_;
  LadderLayout layout_;
  TextLine line_;
  std::size_t column_ = 0;
  std::optional<Timestamp> start_;
};

}  // namespace overhear
