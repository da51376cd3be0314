#include "ui/fonts.hpp"

#include <fontconfig/fontconfig.h>
#include <imgui.h>
#include <imgui_freetype.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace overhear {
namespace {

// From the main fonts, as far as they have them: letters of Europe, punctuation, arrows, what is drawn with.
constexpr ImWchar kAlways[] = {0x20,   0x24f,  0x370,  0x52f,  0x1e00, 0x1eff, 0x2010, 0x2044, 0x20a0, 0x20bf, 0x2190,
                               0x21ff, 0x2200, 0x22ff, 0x2500, 0x25ff, 0x2713, 0x2717, 0xfffd, 0xfffd, 0};

bool is_always_there(char16_t character) {
  for (const ImWchar* range = kAlways; *range != 0; range += 2) {
    if (character >= range[0] && character <= range[1]) return true;
  }
  return false;
}

}  // namespace

struct Fonts::Fontconfig {
  struct Delete {
    void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
    void operator()(FcFontSet* set) const { FcFontSetDestroy(set); }
    void operator()(FcCharSet* set) const { FcCharSetDestroy(set); }
  };
  using Pattern = std::unique_ptr<FcPattern, Delete>;

  FcConfig* config = FcInitLoadConfigAndFonts();
  ~Fontconfig() { FcConfigDestroy(config); }

  static Face face_of(const FcPattern* pattern) {
    FcChar8* file = nullptr;
    int index = 0;
    if (FcPatternGetString(pattern, FC_FILE, 0, &file) != FcResultMatch) return {};
    FcPatternGetInteger(pattern, FC_INDEX, 0, &index);
    return {reinterpret_cast<const char*>(file), index & 0xffff};
  }

  Pattern pattern_for(const char* name) const {
    Pattern pattern(FcNameParse(reinterpret_cast<const FcChar8*>(name)));
    FcConfigSubstitute(config, pattern.get(), FcMatchPattern);
    FcDefaultSubstitute(pattern.get());
    return pattern;
  }

  Face match(const char* name) const {
    const Pattern pattern = pattern_for(name);
    FcResult result = FcResultMatch;
    const Pattern found(FcFontMatch(config, pattern.get(), &result));
    return found ? face_of(found.get()) : Face{};
  }

  // The first font with outlines that has the character.
  Face match(char16_t character) const {
    const Pattern pattern = pattern_for("sans:outline=true:color=false");
    const std::unique_ptr<FcCharSet, Delete> wanted(FcCharSetCreate());
    FcCharSetAddChar(wanted.get(), character);
    FcPatternAddCharSet(pattern.get(), FC_CHARSET, wanted.get());
    FcResult result = FcResultMatch;
    const std::unique_ptr<FcFontSet, Delete> fonts(FcFontSort(config, pattern.get(), FcFalse, nullptr, &result));
    for (int i = 0; fonts && i < fonts->nfont; ++i) {
      FcCharSet* has = nullptr;
      FcBool is_outline = FcFalse;
      FcPatternGetBool(fonts->fonts[i], FC_OUTLINE, 0, &is_outline);
      if (is_outline == FcFalse || FcPatternGetCharSet(fonts->fonts[i], FC_CHARSET, 0, &has) != FcResultMatch) continue;
      if (FcCharSetHasChar(has, character) != FcFalse) return face_of(fonts->fonts[i]);
    }
    return {};
  }
};

Fonts::Fonts() : fontconfig_(std::make_unique<Fontconfig>()), seen_(0x10000) {
  text_face_ = fontconfig_->match("sans:lang=en");
  bold_face_ = fontconfig_->match("sans:bold:lang=en");
  mono_face_ = fontconfig_->match("monospace:lang=en");
}

Fonts::~Fonts() = default;

void Fonts::set_size(float size) {
  if (size == size_) return;
  size_ = size;
  is_due_ = true;
}

void Fonts::see(std::string_view utf8) {
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(utf8, is_plain)) return;
  const char* const end = utf8.data() + utf8.size();
  for (const char* at = utf8.data(); at < end;) {
    const unsigned length = utf8_length(at, end);
    const char32_t character = length == 0 ? 0xfffd : utf8_character(at, length);
    if (character < 0x10000) add(static_cast<char16_t>(character));
    at += std::max(length, 1u);
  }
}

void Fonts::add(char16_t character) {
  if (seen_[character]) return;
  seen_[character] = true;
  if (is_always_there(character)) return;
  const Face face = fontconfig_->match(character);
  if (face.path.empty()) return;
  fallbacks_[face].push_back(character);
  is_due_ = true;
}

ImFont* Fonts::build(ImFontAtlas& atlas, const Face& face) {
  ImFontConfig config;
  config.FontNo = face.index;
  config.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
  ImFont* const font =
      face.path.empty() ? nullptr : atlas.AddFontFromFileTTF(face.path.c_str(), size_, &config, kAlways);
  if (font == nullptr) return atlas.AddFontDefault();
  std::size_t number = 0;
  for (const auto& [other, characters] : fallbacks_) {
    config.FontNo = other.index;
    config.MergeMode = true;
    atlas.AddFontFromFileTTF(other.path.c_str(), size_, &config, ranges_[number++].data());
  }
  return font;
}

bool Fonts::update() {
  if (!is_due_) return false;
  is_due_ = false;
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.TexDesiredWidth = 2048;
  ranges_.clear();
  for (auto& [face, characters] : fallbacks_) {
    std::ranges::sort(characters);
    auto& ranges = ranges_.emplace_back();
    for (const char16_t character : characters) ranges.insert(ranges.end(), 2, character);
    ranges.push_back(0);
  }
  text_ = build(atlas, text_face_);
  bold_ = build(atlas, bold_face_);
  mono_ = build(atlas, mono_face_);
  atlas.Build();
  return true;
}

}  // namespace overhear
