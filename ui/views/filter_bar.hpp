// The filter of -Y as one types it: checked at each letter, completed, applied as soon as it is right and one pauses.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "session/filter/filter_error.hpp"
#include "ui/model/filter_completion.hpp"
#include "ui/views/context.hpp"

struct ImGuiInputTextCallbackData;

namespace overhear {

class FilterBar {
 public:
  void draw(const ViewContext& context, ViewState& state);
  // What keys do: gives the field the keyboard; takes what is typed.
  void focus() { wants_focus_ = true; }
  void accept(ViewState& state);

 private:
  static int on_edit(ImGuiInputTextCallbackData* data);
  void take_edit(ImGuiInputTextCallbackData& data);
  void step(ImGuiInputTextCallbackData& data, int by);
  void put_in(ImGuiInputTextCallbackData& data, const std::string& text);
  void check();
  void apply(ViewState& state);
  void draw_field(const ViewContext& context, ViewState& state, float width);
  void draw_error_mark(float left, float right, float bottom) const;
  void draw_help(const ViewContext& context, float left, float top);
  void draw_candidates(const ViewContext& context);
  void draw_known(ViewState& state);

  std::string typed_;
  std::string applied_;  // what the state had when it was last looked at
  std::size_t cursor_ = 0;
  std::optional<FilterError> error_;
  std::chrono::steady_clock::time_point edited_at_;
  FilterCompletion completion_;
  std::size_t chosen_ = 0;
  bool has_chosen_ = false;            // by the arrow keys
  std::optional<std::string> wanted_;  // a candidate that was clicked
  const std::vector<std::string>* history_ = nullptr;
  std::size_t history_at_ = 0;
  const RecordStore* store_ = nullptr;
  bool is_active_ = false;
  bool wants_focus_ = false;
};

}  // namespace overhear
