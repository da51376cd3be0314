#include "cli/intercept_command.hpp"

#include <unistd.h>

#include "cli/control_channel.hpp"
#include "cli/control_place.hpp"
#include "cli/exit_status.hpp"
#include "cli/intercept_session.hpp"
#include "cli/interrupt.hpp"
#include "cli/print_error.hpp"
#include "cli/print_output.hpp"
#include "cli/terminal.hpp"

namespace overhear {
namespace {

std::string name_of(const std::string& named, const std::filesystem::path& socket) {
  return named.empty() ? socket.stem().native() : named;
}

}  // namespace

void add_intercept_command(CLI::App& app, InterceptArguments& arguments) {
  CLI::App* const intercept = app.add_subcommand("intercept", "Forward, change or drop what a proxy holds");
  intercept
      ->add_option("PROXY", arguments.proxy,
                   "its port, or the path of its control socket (default: the only one that holds messages)")
      ->type_name("");
  add_color_option(*intercept, arguments.look);
  add_width_option(*intercept, arguments.look);
  intercept->add_flag("--show-secrets", arguments.look.show_secrets,
                      "show passwords and tokens (the editor always has them)");
  intercept->footer(
      "f forwards the message that is shown, e opens it in $VISUAL or $EDITOR, d drops\n"
      "it, n sends a new one, a forwards all, / changes what is held, q leaves: each\n"
      "with Enter. What is held stays held. Commands may come from a file or a pipe.\n"
      "\n"
      "Examples:\n"
      "  overhear proxy --mode reverse:tcp://localhost:9000 --intercept 'text contains tea'\n"
      "  overhear intercept\n"
      "  overhear intercept 8080\n"
      "  echo a | overhear intercept 8080     forward all that is held");
}

int run_intercept(const InterceptArguments& arguments) {
  const auto socket = find_control(arguments.proxy);
  if (!socket) return print_error(socket.error());
  catch_interrupts();
  const auto channel = ControlChannel::open(*socket);
  if (!channel) return print_error(channel.error());
  HeldLook look;
  look.width = arguments.look.width != 0 ? arguments.look.width : terminal_columns(STDOUT_FILENO);
  look.with_color = use_color(arguments.look.color, STDOUT_FILENO);
  look.is_ascii = !is_utf8_locale();
  look.show_secrets = arguments.look.show_secrets;
  Output output(STDOUT_FILENO);
  const bool has_left = InterceptSession(**channel, name_of(arguments.proxy, *socket), output, look).run();
  output.flush();
  const int status = check_output(output, "-");
  if (status != kExitDone || has_left) return status;
  return print_error({ErrorKind::Input, "the proxy has ended"});
}

}  // namespace overhear
