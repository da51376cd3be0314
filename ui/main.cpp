// overhear-view: the viewer's window.
#include <imgui.h>

#include <charconv>
#include <clocale>
#include <fstream>
#include <iostream>

#include "session/text/printable_text.hpp"
#include "ui/app.hpp"
#include "ui/arguments.hpp"
#include "ui/habits_file.hpp"
#include "ui/measurement.hpp"
#include "ui/picture.hpp"

namespace overhear {
namespace {

// A cursor in a field blinks.
constexpr double kTextSeconds = 0.25;
constexpr double kForever = -1;
constexpr int kSettling = 4;  // frames

int fail(const Error& error) {
  std::string text;
  append_printable(text, error.message);
  std::cerr << "overhear view: " << text << '\n';
  return error.kind == ErrorKind::Usage ? 2 : error.kind == ErrorKind::Input ? 3 : 4;
}

bool parse_size(std::string_view text, Habits& habits) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return false;
  const auto number = [](std::string_view digits, int& out) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return error == std::errc() && end == digits.data() + digits.size() && out >= 200 && out <= 10'000;
  };
  return number(text.substr(0, cross), habits.window_width) && number(text.substr(cross + 1), habits.window_height);
}

std::expected<LoadRequest, Error> request_of(const ViewArguments& arguments) {
  LoadRequest request{
      .captures = arguments.captures, .key_logs = arguments.key_logs, .is_followed = arguments.is_followed};
  request.options.decode_as = arguments.decode_as;
  const bool is_input = !request.captures.empty() && request.captures.front() == "-";
  if (!is_input && arguments.interface.empty()) return request;
  std::vector<std::string> command = {"live", "-i", arguments.interface, "-w", "-", "-T", "ndjson", "-o", "/dev/null"};
  if (!arguments.capture_filter.empty()) command.insert(command.end(), {"-f", arguments.capture_filter});
  auto source = is_input ? GrowingSource::standard_input() : GrowingSource::program(command, arguments.interface);
  if (!source) return std::unexpected(source.error());
  request.captures = {(*source)->path()};
  request.source = std::move(*source);
  return request;
}

class Viewer {
 public:
  Viewer(Window& window, Habits habits, const ViewArguments& arguments)
      : window_(window), app_(fonts_, std::move(habits), Window::wake), picture_(arguments.picture) {
    app_.state().show_secrets = arguments.show_secrets;
    if (arguments.is_measured) measurement_.emplace();
    app_.state().view = arguments.view;
    if (const auto name = parse_message_name(arguments.selected, 1)) app_.select(*name);
    if (auto request = request_of(arguments); !request) {
      app_.tell(request.error().message);
    } else if (!request->captures.empty()) {
      app_.open(std::move(*request));
    }
  }

  std::expected<void, Error> run() {
    while (!is_done_) {
      window_.wait(app_.takes_text() ? kTextSeconds : kForever);
      if (auto done = frame(); !done) return done;
    }
    window_.size(app_.state().habits.window_width, app_.state().habits.window_height);
    return {};
  }

  const Habits& habits() const { return app_.state().habits; }

 private:
  void adapt() {
    const Habits& habits = app_.state().habits;
    const float scale = window_.scale();
    if (habits.theme != theme_ || scale != scale_) apply_theme(habits.theme, scale);
    theme_ = habits.theme;
    scale_ = scale;
    fonts_.set_size(habits.font_size * scale);
    if (fonts_.update()) window_.renew_fonts();
    if (title_ != app_.title()) window_.set_title(title_ = app_.title());
  }

  std::expected<void, Error> frame() {
    adapt();
    for (const std::string& path : window_.take_dropped()) dropped_.push_back(path);
    if (!dropped_.empty()) app_.drop(std::exchange(dropped_, {}));
    window_.begin_frame();
    for (const KeyPress& press : window_.take_keys()) app_.press(press);
    if (measurement_) measurement_->begin_frame(app_);
    app_.frame(scale_);
    const Wishes wishes = app_.take_wishes();
    is_done_ = wishes.quit || window_.should_close();
    const bool is_picture_due = is_settled();
    Pixels pixels;
    const bool is_view_wanted = !wishes.picture_path.empty();
    window_.end_frame(wishes.picture || is_picture_due || is_view_wanted ? &pixels : nullptr);
    if (measurement_) measure();
    if (wishes.picture) save_picture(pixels);
    if (is_view_wanted) save_view(pixels, wishes.picture_path);
    if (app_.is_busy()) window_.keep_drawing();
    if (!is_picture_due) return {};
    is_done_ = true;
    return write_png(picture_, pixels);
  }

  // Whether a picture was asked for and shows everything: what the last rows brought is drawn some frames later.
  bool is_settled() {
    if (picture_.empty() || app_.is_busy() || app_.is_loading()) return false;
    window_.keep_drawing();
    return ++idle_frames_ == kSettling;
  }

  void measure() {
    window_.keep_drawing();
    if (!measurement_->end_frame(app_)) return;
    std::cout << measurement_->text(app_) << std::flush;
    is_done_ = true;
  }

  void save_view(const Pixels& pixels, const std::string& path) {
    const ImVec4& area = app_.state().view_area;
    const auto written = write_png(path, cropped(pixels, static_cast<int>(area.x), static_cast<int>(area.y),
                                                 static_cast<int>(area.z), static_cast<int>(area.w)));
    tell(written, path);
  }

  void save_picture(const Pixels& pixels) {
    std::string path;
    for (int number = 1;; ++number) {
      path = "overhear-" + std::to_string(number) + ".png";
      if (!std::ifstream(path)) break;
    }
    const auto written = write_png(path, pixels);
    tell(written, path);
  }

  void tell(const std::expected<void, Error>& written, const std::string& path) {
    if (written) {
      app_.state().news = "picture written to " + path;
    } else {
      app_.tell(written.error().message);
    }
    window_.keep_drawing();
  }

  Window& window_;
  Fonts fonts_;
  App app_;
  std::optional<Measurement> measurement_;
  std::string picture_;
  std::string title_;
  std::vector<std::string> dropped_;
  std::optional<Theme> theme_;
  float scale_ = 0;
  int idle_frames_ = 0;
  bool is_done_ = false;
};

int run(int count, char** values) {
  const auto arguments = parse_arguments(count, values);
  if (!arguments) return arguments.error();
  const std::string folder = configuration_folder();
  const std::string habits_path = folder.empty() ? "" : folder + "/viewer.json";
  const std::string layout_path = folder.empty() ? "" : folder + "/viewer-columns.ini";
  Habits habits = load_habits(habits_path);
  if (!arguments->size.empty() && !parse_size(arguments->size, habits)) {
    return fail({ErrorKind::Usage, "--size: '" + arguments->size + "' is no size such as 1280x800"});
  }
  if (!arguments->selected.empty() && !parse_message_name(arguments->selected, 1)) {
    return fail({ErrorKind::Usage, "--select: '" + arguments->selected + "' is no message such as 3.12"});
  }
  const auto window = Window::open(habits.window_width, habits.window_height);
  if (!window) return fail(window.error());
  ImGui::GetIO().IniFilename = layout_path.empty() ? nullptr : layout_path.c_str();
  Viewer viewer(**window, std::move(habits), *arguments);
  const auto done = viewer.run();
  // A picture on demand is nobody's habit.
  if (arguments->picture.empty() && !arguments->is_measured) save_habits(habits_path, viewer.habits());
  return done ? 0 : fail(done.error());
}

}  // namespace
}  // namespace overhear

int main(int count, char** values) {
  std::setlocale(LC_CTYPE, "");  // what is typed
  return overhear::run(count, values);
}
