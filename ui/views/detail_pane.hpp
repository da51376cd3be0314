// One message in full: its fields with what they mean and what was found about them, its JSON, its bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ui/model/field_tree.hpp"
#include "ui/model/message_detail.hpp"
#include "ui/model/packet_fetch.hpp"
#include "ui/views/context.hpp"
#include "ui/views/hex_view.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

class DetailPane {
 public:
  void draw(const ViewContext& context, ViewState& state);
  // What keys do.
  void move(std::ptrdiff_t by);
  void fold(bool is_open);
  bool is_reading() const { return fetch_.has_value(); }
  void write_note() { wants_note_ = true; }
  // For the clipboard: the value of the line that is chosen, else the whole as JSON; its bytes in hex.
  std::string json_text() const;
  std::string hex_text() const;

 private:
  void look_at(const ViewContext& context, const ViewState& state);
  void draw_head(const ViewContext& context);
  void draw_note(const ViewContext& context, ViewState& state);
  void draw_findings(const ViewContext& context);
  void draw_tree(const ViewContext& context, ViewState& state);
  void draw_line(const ViewContext& context, ViewState& state, std::size_t number, float width);
  void draw_bytes(const ViewContext& context, ViewState& state);
  void draw_lines(const ViewContext& context, const std::vector<std::string>& lines, RowScroll& scroll);
  void draw_json(const ViewContext& context);
  void draw_wire(const ViewContext& context);
  void choose(std::size_t line);

  // What is looked at.
  std::uint64_t generation_ = UINT64_MAX;
  std::size_t row_ = SIZE_MAX;
  bool showed_secrets_ = false;

  MessageDetail detail_;
  FieldTree tree_;
  std::optional<PacketFetch> fetch_;  // of those, when they are asked for
  std::vector<std::string> wire_lines_;
  RowScroll wire_scroll_;
  std::string note_;
  bool wants_note_ = false;  // the keyboard goes to its field
  bool has_note_field_ = false;
  std::size_t chosen_ = SIZE_MAX;  // line of the tree
  RowScroll tree_scroll_;
  std::size_t tree_page_ = 1;
  RowScroll json_scroll_;
  HexView hex_;
  float tree_share_ = 0.42f;  // of the width
};

}  // namespace overhear
