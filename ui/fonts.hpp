// Fonts as the system has them (fontconfig), rasterised by FreeType into ImGui's atlas. Characters come into the atlas
// when they are first seen, each from the first font that has it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ImFont;
struct ImFontAtlas;

namespace overhear {

class Fonts {
 public:
  Fonts();
  ~Fonts();
  Fonts(const Fonts&) = delete;

  // In pixels.
  void set_size(float size);
  // What is to be drawn. Characters beyond U+FFFF have no place in ImGui's atlas: they are drawn as a box.
  void see(std::string_view utf8);
  // Between frames: builds the atlas if anything is new. True: its texture is another one.
  bool update();

  ImFont* text() const { return text_; }
  ImFont* bold() const { return bold_; }
  ImFont* mono() const { return mono_; }

 private:
  struct Face {
    std::string path;
    int index = 0;

    friend auto operator<=>(const Face&, const Face&) = default;
  };
  struct Fontconfig;

  void add(char16_t character);
  ImFont* build(ImFontAtlas& atlas, const Face& face);

  std::unique_ptr<Fontconfig> fontconfig_;
  Face text_face_;
  Face bold_face_;
  Face mono_face_;
  float size_ = 14;
  std::vector<bool> seen_;                           // by character
  std::map<Face, std::vector<char16_t>> fallbacks_;  // what is taken from other fonts
  std::vector<std::vector<std::uint16_t>> ranges_;   // as the atlas wants them; live as long as it is built
  bool is_due_ = true;
  ImFont* text_ = nullptr;
  ImFont* bold_ = nullptr;
  ImFont* mono_ = nullptr;
};

}  // namespace overhear
