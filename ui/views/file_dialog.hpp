// Chooses a file: a folder's contents, from which one types, clicks or walks on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/views/context.hpp"
#include "ui/widgets/row_scroll.hpp"

namespace overhear {

struct FolderEntry {
  std::string name;
  bool is_folder = false;
  std::uint64_t size = 0;
};

// Folders first, each in the order of names; hidden ones are left out. `only_captures`: of files those with a capture's
// ending. Empty where the folder cannot be read; `error` says why.
std::vector<FolderEntry> list_folder(const std::string& folder, bool only_captures, std::string& error);

class FileDialog {
 public:
  // What the user chose; while there is nothing, it is still open.
  struct Result {
    bool is_over = false;
    std::string path;  // empty: nothing
  };
  Result draw(const ViewContext& context, FilePurpose purpose);
  // What keys do.
  void move(std::ptrdiff_t by);
  void to_parent();
  void accept();  // the chosen line, or what was typed
  void close() { was_open_ = false; }

 private:
  void go_to(const std::string& folder);
  void draw_entries(const ViewContext& context);
  void choose(std::size_t entry);

  std::string folder_;
  bool only_captures_ = true;
  bool is_listed_ = false;
  std::vector<FolderEntry> entries_;
  std::string error_;
  std::size_t chosen_ = 0;
  std::string typed_;
  std::string result_;
  RowScroll scroll_;
  std::size_t page_ = 1;
  bool was_open_ = false;
};

}  // namespace overhear
