#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "dissectors/registry.hpp"
#include "tests/ui/screen.hpp"
#include "ui/model/packet_fetch.hpp"

namespace overhear::testing {
namespace {

LoadRequest mcp_sample() {
  return {.captures = {sample("mcp-session.pcapng")}, .key_logs = {sample("mcp-session.keylog")}};
}

TEST(Viewer, AnEmptyWindowSaysWhatToDoNext) {
  Screen screen;
  screen.frame();
  EXPECT_TRUE(screen.says("Open a capture"));
  EXPECT_TRUE(screen.says("Ctrl+O"));
}

TEST(Viewer, ACaptureIsShown) {
  Screen screen;
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  const std::string text = screen.text();
  for (const char* said : {"alice → server", "Message.TextMessage", "Hi Bob, the kettle is on.", "All sessions (2)",
                           "34 shown of 34 messages in 2 sessions", "1.12", "0.738865", "5.2ms"}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  }
  EXPECT_EQ(screen.app().title(), "mcp-session.pcapng — overhear");
}

TEST(Viewer, WhatIsNoCaptureIsSaidInOneLine) {
  Screen screen;
  screen.app().open({.captures = {sample("README.md")}});
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("README.md"));
  EXPECT_TRUE(screen.says("Open…"));
  EXPECT_TRUE(screen.says("no capture")) << screen.text();
}

TEST(Viewer, KeysThatComeLaterOpenWhatIsShown) {
  Screen screen;
  screen.app().open({.captures = {sample("mcp-session.pcapng")}});
  ASSERT_TRUE(screen.settle());
  EXPECT_FALSE(screen.says("the kettle is on"));
  screen.press(GLFW_KEY_DOWN);
  screen.press(GLFW_KEY_END);
  const Row before = screen.app().document().store().row(*screen.app().state().selected);
  screen.app().drop({sample("mcp-session.keylog")});
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("the kettle is on")) << screen.text();
  ASSERT_TRUE(screen.app().state().selected);
  const Row behind = screen.app().document().store().row(*screen.app().state().selected);
  EXPECT_EQ(before.session, behind.session);
  EXPECT_EQ(before.time, behind.time);
}

TEST(Viewer, ChoosingASessionNarrowsTheMessages) {
  Screen screen;
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  screen.press(GLFW_KEY_TAB, GLFW_MOD_SHIFT);
  for (int i = 0; i < 4; ++i) screen.press(GLFW_KEY_DOWN);  // mcp, its server, 1, 2
  EXPECT_EQ(screen.app().state().sessions, std::set<std::uint32_t>{2});
  EXPECT_TRUE(screen.says("15 shown of 34 messages"));
  EXPECT_FALSE(screen.says("alice → server"));
  screen.press(GLFW_KEY_BACKSPACE, GLFW_MOD_CONTROL);
  EXPECT_TRUE(screen.says("34 shown of 34 messages"));
}

TEST(Viewer, TheTreeClosesAndOpens) {
  Screen screen;
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("127.0.0.1:3072"));
  screen.press(GLFW_KEY_TAB, GLFW_MOD_SHIFT);
  screen.press(GLFW_KEY_DOWN);
  screen.press(GLFW_KEY_LEFT);
  EXPECT_FALSE(screen.says("127.0.0.1:3072"));
  screen.press(GLFW_KEY_RIGHT);
  EXPECT_TRUE(screen.says("127.0.0.1:3072"));
}

TEST(Viewer, KeysMoveTheSelection) {
  Screen screen;
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  const auto selected = [&] {
    const Row& row = screen.app().document().store().row(screen.app().state().selected.value());
    return std::pair(row.session, row.number);
  };
  screen.press(GLFW_KEY_DOWN);
  EXPECT_EQ(selected(), std::pair(1u, 1u));
  screen.press(GLFW_KEY_DOWN);
  EXPECT_EQ(selected(), std::pair(1u, 2u));
  screen.press(GLFW_KEY_END);
  EXPECT_EQ(selected(), std::pair(2u, 15u));
  screen.press(GLFW_KEY_HOME);
  EXPECT_EQ(selected(), std::pair(1u, 1u));
  screen.press(GLFW_KEY_ENTER);  // to its answer
  EXPECT_EQ(selected(), std::pair(1u, 2u));
  screen.press(GLFW_KEY_ENTER);  // and back
  EXPECT_EQ(selected(), std::pair(1u, 1u));
}

TEST(Viewer, GoesToAMessageByItsNumber) {
  Screen screen;
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  screen.press(GLFW_KEY_G, GLFW_MOD_CONTROL);
  EXPECT_TRUE(screen.app().state().has_go_to);
  screen.type("2.9");
  screen.press(GLFW_KEY_ENTER);
  ASSERT_TRUE(screen.app().state().selected);
  const Row& row = screen.app().document().store().row(*screen.app().state().selected);
  EXPECT_EQ(std::pair(row.session, row.number), std::pair(2u, 9u));
}

TEST(Viewer, TimesAreShownInSeveralWays) {
  Screen screen;
  screen.resize(1280, 1200);
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  screen.press(GLFW_KEY_T, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
  EXPECT_EQ(screen.app().state().habits.time_format, TimeFormat::Absolute);
  EXPECT_FALSE(screen.says("0.738865"));
  screen.press(GLFW_KEY_T, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
  EXPECT_TRUE(screen.says("0.120844")) << screen.text();  // 1.12 behind 2.6
  screen.press(GLFW_KEY_T, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
  EXPECT_EQ(screen.app().state().habits.time_format, TimeFormat::SinceShown);
  screen.press(GLFW_KEY_T, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
  screen.press(GLFW_KEY_END);
  screen.press(GLFW_KEY_T, GLFW_MOD_CONTROL);
  EXPECT_TRUE(screen.says("-1.417400")) << screen.text();  // the first one, before the last
}

TEST(Viewer, EventsAreLinesToo) {
  Screen screen;
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  EXPECT_FALSE(screen.says("session opened"));
  screen.press(GLFW_KEY_E, GLFW_MOD_CONTROL);
  EXPECT_TRUE(screen.says("session opened: 127.0.0.1:37936 → 127.0.0.1:3072")) << screen.text();
  EXPECT_TRUE(screen.says("alice entered room 2"));
}

TEST(Viewer, SeveralCapturesAreMerged) {
  Screen screen;
  screen.app().open({.captures = {sample("scrp-spec.pcapng")}});
  ASSERT_TRUE(screen.settle());
  screen.app().state().wishes.more_captures = {sample("chatmaster-plain.pcapng")};
  ASSERT_TRUE(screen.settle());
  const std::string text = screen.text();
  EXPECT_NE(text.find("scrp"), std::string::npos);
  EXPECT_NE(text.find("chatmaster"), std::string::npos);
  EXPECT_EQ(screen.app().title(), "scrp-spec.pcapng and 1 more — overhear");
}

TEST(Viewer, AFilterIsAppliedAsItIsTyped) {
  Screen screen;
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  screen.press(GLFW_KEY_SLASH, GLFW_MOD_CONTROL);
  screen.frame();
  screen.type("user == bo");
  EXPECT_TRUE(screen.says("bob"));  // a candidate
  screen.press(GLFW_KEY_ENTER);
  EXPECT_EQ(screen.app().state().filter, "user == bo");
  EXPECT_TRUE(screen.says("0 shown of 34")) << screen.text();
  screen.type("b");
  EXPECT_TRUE(screen.wait_for([&] { return screen.app().state().filter == "user == bob"; }));
  ASSERT_TRUE(screen.settle());
  EXPECT_TRUE(screen.says("14 shown of 34")) << screen.text();
  // What is wrong is said, and what was right stays.
  screen.type(" &&& x");
  EXPECT_EQ(screen.app().state().filter, "user == bob");
  EXPECT_TRUE(screen.says("14 shown of 34"));
  EXPECT_TRUE(screen.app().state().focus == Pane::Filter);
  screen.press(GLFW_KEY_DOWN);  // is the field's
  EXPECT_FALSE(screen.app().state().selected);
}

TEST(Viewer, ATextIsFoundOnwardsAndBack) {
  Screen screen;
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  const auto selected = [&] {
    if (!screen.app().state().selected) return std::string();
    const Row& row = screen.app().document().store().row(*screen.app().state().selected);
    return std::to_string(row.session) + "." + std::to_string(row.number);
  };
  screen.press(GLFW_KEY_F, GLFW_MOD_CONTROL);
  screen.frame();
  screen.type("KETTLE");
  screen.press(GLFW_KEY_ENTER);
  EXPECT_EQ(selected(), "1.12");
  screen.press(GLFW_KEY_ENTER);
  EXPECT_EQ(selected(), "1.13");
  screen.press(GLFW_KEY_N, GLFW_MOD_CONTROL);
  EXPECT_EQ(selected(), "2.7");
  screen.press(GLFW_KEY_N, GLFW_MOD_CONTROL);  // round
  EXPECT_EQ(selected(), "1.12");
  screen.press(GLFW_KEY_B, GLFW_MOD_CONTROL);
  EXPECT_EQ(selected(), "2.7");
  screen.type("nobody said this");
  screen.press(GLFW_KEY_ENTER);
  EXPECT_TRUE(screen.says("stands nowhere in what is shown"));
  EXPECT_EQ(selected(), "2.7");
  screen.press(GLFW_KEY_ESCAPE);
  EXPECT_FALSE(screen.app().state().has_find);
}

// A copy of a sample in a folder of its own, where files may be put beside it.
class OwnFolder {
 public:
  explicit OwnFolder(const char* name) : folder_(std::filesystem::temp_directory_path() / "overhear-XXXXXX") {
    std::string path = folder_.string();
    folder_ = ::mkdtemp(path.data());
    std::filesystem::copy(sample(name), folder_ / name);
    capture_ = (folder_ / name).string();
  }
  ~OwnFolder() { std::filesystem::remove_all(folder_); }
  OwnFolder(const OwnFolder&) = delete;

  const std::string& capture() const { return capture_; }

 private:
  std::filesystem::path folder_;
  std::string capture_;
};

TEST(Viewer, MarksAndNotesAreKeptBesideTheCapture) {
  const OwnFolder folder("scrp-spec.pcapng");
  const std::string kept = folder.capture() + ".marks.json";
  std::size_t marked = 0;
  {
    Screen screen;
    screen.app().open({.captures = {folder.capture()}});
    ASSERT_TRUE(screen.settle());
    screen.press(GLFW_KEY_DOWN);
    screen.press(GLFW_KEY_DOWN);
    screen.press(GLFW_KEY_M, GLFW_MOD_CONTROL);
    marked = *screen.app().state().selected;
    screen.press(GLFW_KEY_C, GLFW_MOD_CONTROL | GLFW_MOD_ALT);
    screen.frame();
    screen.type("look here");
    screen.press(GLFW_KEY_ESCAPE);
    screen.click(5, 795);  // elsewhere
    EXPECT_TRUE(screen.says("look here"));
  }
  ASSERT_TRUE(std::filesystem::exists(kept));
  {
    Screen screen;
    screen.app().open({.captures = {folder.capture()}});
    ASSERT_TRUE(screen.settle());
    EXPECT_TRUE(screen.says("✎ look here"));
    screen.press(GLFW_KEY_N, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
    EXPECT_EQ(screen.app().state().selected, marked);
    screen.press(GLFW_KEY_M, GLFW_MOD_CONTROL);
    EXPECT_TRUE(std::filesystem::exists(kept));  // the note is left
  }
  // What is not ours is left alone.
  std::ofstream(kept) << "precious";
  Screen screen;
  screen.app().open({.captures = {folder.capture()}});
  ASSERT_TRUE(screen.settle());
  screen.press(GLFW_KEY_DOWN);
  screen.press(GLFW_KEY_M, GLFW_MOD_CONTROL);
  std::string text;
  std::ifstream(kept) >> text;
  EXPECT_EQ(text, "precious");
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// Ctrl+Shift+S, with what is asked for, until it is written.
void export_to(Screen& screen, const ExportWish& wish) {
  screen.app().state().wishes.exported = wish;
  ASSERT_TRUE(screen.settle());
}

TEST(Viewer, WhatIsShownIsExported) {
  const OwnFolder folder("scrp-spec.pcapng");
  const std::string path = folder.capture() + ".out";
  Screen screen;
  screen.app().open({.captures = {folder.capture()}});
  ASSERT_TRUE(screen.settle());
  export_to(screen, {.kind = ExportKind::Ndjson, .path = path});
  EXPECT_EQ(lines_of(contents(path)), screen.app().rows().size() + 1);  // a head
  EXPECT_TRUE(screen.says("written to"));
  export_to(screen, {.kind = ExportKind::Csv, .path = path});
  EXPECT_TRUE(contents(path).starts_with("time,session,number,")) << contents(path).substr(0, 80);
  EXPECT_EQ(contents(path).find("\"password\""), std::string::npos);
  screen.app().state().filter = "message == 1.1";
  ASSERT_TRUE(screen.settle());
  export_to(screen, {.kind = ExportKind::Json, .path = path});
  EXPECT_NE(contents(path).find("\"number\":1"), std::string::npos);
  EXPECT_EQ(contents(path).find("\"number\":2"), std::string::npos);
  screen.app().state().filter.clear();
  ASSERT_TRUE(screen.settle());
  screen.press(GLFW_KEY_END);
  export_to(screen, {.kind = ExportKind::Ndjson, .path = path, .is_selected_only = true});
  EXPECT_EQ(lines_of(contents(path)), 2u);
}

TEST(Viewer, PacketsOfWhatIsShownAreACapture) {
  const OwnFolder folder("mcp-session.pcapng");
  const std::string path = folder.capture() + ".out";
  auto screen_of = std::make_optional<Screen>();
  Screen& screen = *screen_of;
  screen.app().open({.captures = {folder.capture()}, .key_logs = {sample("mcp-session.keylog")}});
  ASSERT_TRUE(screen.settle());
  screen.app().state().filter = "session == 2";
  ASSERT_TRUE(screen.settle());
  export_to(screen, {.kind = ExportKind::Packets, .path = path, .with_keys = true});
  screen_of.reset();
  Screen other;
  other.app().open({.captures = {path}});
  ASSERT_TRUE(other.settle());
  EXPECT_TRUE(other.says("15 shown of 15 messages in 1 session")) << other.text();
  EXPECT_TRUE(other.says("bob → server"));  // its keys went along
}

TEST(Viewer, AnExportThatCannotBeSaysWhy) {
  Screen screen;
  screen.app().open(mcp_sample());
  ASSERT_TRUE(screen.settle());
  export_to(screen, {.kind = ExportKind::Ndjson, .path = "/nowhere/at/all.ndjson"});
  EXPECT_TRUE(screen.says("/nowhere/at/all.ndjson: No such file or directory")) << screen.text();
}

TEST(Viewer, WhatIsReadIsNotOverwritten) {
  const OwnFolder folder("scrp-spec.pcapng");
  const std::string before = contents(folder.capture());
  Screen screen;
  screen.app().open({.captures = {folder.capture()}});
  ASSERT_TRUE(screen.settle());
  screen.press(GLFW_KEY_S, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
  screen.press(GLFW_KEY_ENTER);  // to the name that is proposed
  ASSERT_TRUE(screen.settle());
  EXPECT_EQ(contents(folder.capture()), before);
  EXPECT_TRUE(std::filesystem::exists(folder.capture().substr(0, folder.capture().rfind('.')) + "-export.ndjson"));
  // Once more: it is there already.
  screen.press(GLFW_KEY_S, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
  screen.press(GLFW_KEY_ENTER);
  EXPECT_TRUE(screen.says("It is there already"));
  EXPECT_TRUE(screen.app().state().has_export);
}

TEST(Viewer, AMessageIsShownInFull) {
  Screen screen;
  screen.app().open(mcp_sample());
  screen.app().select({1, 17});
  ASSERT_TRUE(screen.settle());
  const std::string text = screen.text();
  for (const char* said :
       {"Message.CreateTextMessage — says something in a room", "mcp.not_in_room", "decrypted by mcp-dh-private-key",
        "\"Is anybody in here?\"", "room id", "000010", "packet 56"}) {
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  }
}

TEST(Viewer, ANoteIsKeptWhenOneGoesOnToAnotherMessage) {
  const OwnFolder folder("scrp-spec.pcapng");
  Screen screen;
  screen.app().open({.captures = {folder.capture()}});
  ASSERT_TRUE(screen.settle());
  screen.press(GLFW_KEY_DOWN);
  screen.press(GLFW_KEY_C, GLFW_MOD_CONTROL | GLFW_MOD_ALT);
  screen.frame();
  screen.type("half a thought");
  screen.press(GLFW_KEY_DOWN, GLFW_MOD_CONTROL);
  screen.type("not of this one");
  EXPECT_TRUE(screen.says("✎ half a thought"));
  EXPECT_FALSE(screen.says("not of this one"));
  EXPECT_NE(contents(folder.capture() + ".marks.json").find("half a thought"), std::string::npos);
}

TEST(MessageDetail, WhatIsHiddenIsHiddenInAPartToo) {
  const std::string body = R"({"user":{"password":"hunter2","id":1}})";
  const std::size_t secret = body.find("\"hunter2");
  const std::vector<ByteRange> hidden{{secret, secret + 9}};
  EXPECT_EQ(masked_part(body, {8, body.size() - 1}, hidden), R"({"password":"•••","id":1})");
  EXPECT_EQ(masked_part(body, hidden[0], hidden), R"("•••")");
  EXPECT_EQ(masked_part(body, {1, 7}, hidden), R"("user")");
}

TEST(Viewer, TheBytesOnTheWireAreReadAgain) {
  PacketFetch fetch({sample("mcp-session.pcapng"), sample("scrp-spec.pcapng")}, {3, 70}, Limits());
  std::optional<std::expected<std::vector<FetchedPacket>, Error>> got;
  while (!got) got = fetch.poll();
  ASSERT_TRUE(*got);
  ASSERT_EQ((*got)->size(), 2u);
  EXPECT_EQ((**got)[0].number, 3u);
  EXPECT_GT((**got)[1].bytes.size(), 40u);
  PacketFetch gone({"/nowhere"}, {1}, Limits());
  got.reset();
  while (!got) got = gone.poll();
  EXPECT_FALSE(*got);
}

TEST(Viewer, FollowShowsOneSessionAndDecodeAsAnother) {
  Screen screen;
  screen.app().open({.captures = {sample("chatmaster-plain.pcapng")}});
  ASSERT_TRUE(screen.settle());
  screen.press(GLFW_KEY_END);
  const std::uint32_t session = screen.app().document().store().row(*screen.app().state().selected).session;
  screen.press(GLFW_KEY_T, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT | GLFW_MOD_ALT);
  EXPECT_EQ(screen.app().state().sessions, std::set<std::uint32_t>{session});
  screen.press(GLFW_KEY_U, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
  EXPECT_TRUE(screen.says("speaks"));
  const std::uint16_t port = screen.app().document().store().session(session)->server.port;
  screen.app().state().wishes.decode_as = DecodeAs{port, find_protocol("scrp")};
  ASSERT_TRUE(screen.settle());
  EXPECT_EQ(screen.app().document().store().session(session)->protocol, find_protocol("scrp"));
  screen.app().state().wishes.decode_as = DecodeAs{port, nullptr};
  ASSERT_TRUE(screen.settle());
  EXPECT_EQ(screen.app().document().store().session(session)->protocol, find_protocol("chatmaster"));
}

TEST(Viewer, PasswordsAreMaskedUnlessAskedFor) {
  Screen screen;
  screen.app().open(mcp_sample());
  screen.app().select({1, 3});
  ASSERT_TRUE(screen.settle());
  const std::string masked = screen.text();
  EXPECT_NE(masked.find("•••"), std::string::npos) << masked;
  EXPECT_NE(masked.find(".. .. .."), std::string::npos) << masked;
  screen.press(GLFW_KEY_P, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
  EXPECT_FALSE(screen.says("•••")) << screen.text();
  EXPECT_FALSE(screen.says(".. .. .."));
}

TEST(Viewer, TheKeysAreListed) {
  Screen screen;
  screen.press(GLFW_KEY_F1);
  EXPECT_TRUE(screen.says("Ctrl+Shift+O"));
  EXPECT_TRUE(screen.says("Go to a message by its number"));
  screen.press(GLFW_KEY_ESCAPE);
  EXPECT_FALSE(screen.says("Go to a message by its number"));
}

TEST(Viewer, ThemesAndSizesChange) {
  Screen screen;
  screen.press(GLFW_KEY_L, GLFW_MOD_CONTROL);
  EXPECT_EQ(screen.app().state().habits.theme, Theme::Light);
  screen.press(GLFW_KEY_EQUAL, GLFW_MOD_CONTROL);
  EXPECT_EQ(screen.app().state().habits.font_size, 15);
  screen.press(GLFW_KEY_0, GLFW_MOD_CONTROL);
  EXPECT_EQ(screen.app().state().habits.font_size, 14);
}

}  // namespace
}  // namespace overhear::testing
