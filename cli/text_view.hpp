// The timeline as people read it: one line a message, findings under it, a heading per session.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "cli/text_line.hpp"
#include "dissectors/message.hpp"
#include "session/export/output.hpp"

namespace overhear {

struct TextOptions {
  bool with_color = false;
  bool with_events = false;
  bool show_secrets = false;
  bool is_ascii = false;  // nothing else may be written
  std::size_t width = 0;  // lines are cut to so many columns; 0: never
};

class TextView final : public MessageSink {
 public:
  TextView(Output& output, const TextOptions& options);

  // Seconds are counted from here instead of from the first line.
  void start_at(Timestamp start) { start_ = start; }

  void on_message(const Message& message) override;
  void on_finding(const LooseFinding& finding) override;
  void on_session_opened(const SessionRecord& session) override;
  void on_session_closed(const SessionRecord& session) override;
  void on_event(const Event& event) override;
  void on_room_event(const RoomEvent& event) override;

 private:
  static constexpr std::size_t kLeastPartiesWidth = 15;

  // Without a time, as at the first line.
  void begin_line(std::string_view name, std::optional<Timestamp> time);
  void put_findings(std::span<const Finding> findings);
  std::string begin_finding(const Finding& finding, std::string_view who);
  void put_finding(const Finding& finding);
  void put_loose_finding(const Finding& finding, std::string_view who);
  void put_heading(std::uint32_t session, const Protocol* protocol = nullptr);
  std::string parties(const Message& message) const;
  std::size_t type_width(const Protocol& protocol) const;

  TextOptions options_;
  TextLine line_;
  std::optional<Timestamp> start_;
  // Of open sessions whose protocol has not been told: who talks to whom, empty when that has been.
  std::unordered_map<std::uint32_t, std::string> headings_;
  std::size_t parties_width_ = kLeastPartiesWidth;
};

}  // namespace overhear
