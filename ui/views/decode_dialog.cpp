#include "ui/views/decode_dialog.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "dissectors/registry.hpp"
#include "ui/frame_text.hpp"

namespace overhear {

void draw_decode_dialog(const ViewContext& context, ViewState& state) {
  if (!state.has_decode_as) return;
  const RecordStore& store = context.document.store();
  const SessionSummary* const session = state.selected ? store.session(store.row(*state.selected).session) : nullptr;
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  const WindowScope window("Decode as", &state.has_decode_as,
                           ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_AlwaysAutoResize |
                               ImGuiWindowFlags_NoSavedSettings);
  if (session == nullptr) {
    ImGui::TextUnformatted("Select a message of the session first.");
    return;
  }
  const std::uint16_t port = session->server.port;
  const auto& rules = context.document.request().options.decode_as;
  const auto rule = std::ranges::find(rules, port, &DecodeAs::port);
  const Protocol* const now = rule == rules.end() ? nullptr : rule->protocol;
  ImGui::Text("Port %u speaks", port);
  const auto choice = [&](const char* name, const Protocol* protocol) {
    if (!ImGui::RadioButton(name, now == protocol) || now == protocol) return;
    state.wishes.decode_as = DecodeAs{port, protocol};
    state.has_decode_as = false;
  };
  choice("what is found out", nullptr);
  for (const Protocol* protocol : all_protocols()) choice(std::string(protocol->name).c_str(), protocol);
}

}  // namespace overhear
