#include "cli/view_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli/exit_status.hpp"
#include "cli/print_error.hpp"

namespace overhear {
namespace {

constexpr const char* kProgram = "overhear-view";

}  // namespace

void add_view_command(CLI::App& app) {
  app.add_subcommand("view", "Show captures in a window (overhear view --help)");
}

std::optional<int> run_view(int argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != "view") return std::nullopt;
  std::vector<char*> arguments(argv + 1, argv + argc);
  std::string name = kProgram;
  arguments.front() = name.data();
  arguments.push_back(nullptr);
  std::error_code failed;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) ::execv((own.parent_path() / kProgram).c_str(), arguments.data());
  ::execvp(kProgram, arguments.data());
  const std::string why = errno == ENOENT ? "it is neither beside overhear nor in PATH; './dev build' builds it"
                                          : std::generic_category().message(errno);
  return print_error({ErrorKind::Environment, fmt::format("cannot run {}: {}", kProgram, why)});
}

}  // namespace overhear
