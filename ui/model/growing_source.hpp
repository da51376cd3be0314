// What is no file, as a file that grows: standard input, and what another program captures, are written into a
// temporary one without a name, which is then read like any other, and again when keys have come.
#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "base/error.hpp"
#include "ui/model/hidden_file.hpp"

namespace overhear {

class GrowingSource {
 public:
  // Only one at a time.
  static std::expected<std::shared_ptr<GrowingSource>, Error> standard_input();
  // The standard output of `overhear ARGUMENTS`, which has the rights to capture that a window had better not have.
  static std::expected<std::shared_ptr<GrowingSource>, Error> program(const std::vector<std::string>& arguments,
                                                                      std::string title);
  ~GrowingSource();
  GrowingSource(const GrowingSource&) = delete;

  // Of the file; as long as this lives.
  std::string path() const { return file_.path(); }
  const std::string& title() const { return title_; }
  // Nothing more is written.
  bool is_over() const { return is_over_; }
  // Why it ended before its end; empty: it did not. REQUIRES: is_over().
  const std::string& trouble() const { return trouble_; }
  // What comes from here on is left. A program is asked to end, and may still write what belongs to that.
  void stop();

 private:
  GrowingSource(HiddenFile file, HiddenFile complaints, int input, pid_t process, std::string title);

  void run();
  bool copy();
  bool write(std::string_view bytes);
  void wait_for_program();

  HiddenFile file_;
  HiddenFile complaints_;  // the program's standard error
  int input_;
  pid_t process_;  // -1: there is none
  std::string title_;
  int stop_event_;
  std::string trouble_;
  bool is_asked_to_end_ = false;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

// The program `overhear`: beside this one, else wherever the shell finds it.
std::string overhear_program();

}  // namespace overhear
