#include "cli/ca_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <expected>
#include <filesystem>

#include "cli/ca_install_help.hpp"
#include "cli/message_output.hpp"
#include "cli/output_file.hpp"
#include "cli/print_error.hpp"
#include "cli/print_output.hpp"
#include "proxy/certificate_authority.hpp"
#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

constexpr const char* kCommands[] = {"show", "export", "install-help"};

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

int show(const CertificateAuthority& authority) {
  const AuthorityFacts facts = authority.facts();
  const std::size_t half = (facts.sha256.size() + 1) / 2;  // all of it is wider than a terminal
  return print_output(
      fmt::format("certificate  {}\n"
                  "subject      {}\n"
                  "key          {}\n"
                  "valid        {} to {}\n"
                  "SHA-256      {}\n"
                  "             {}\n",
                  printable(authority.certificate_file().native()), printable(facts.subject), facts.key,
                  facts.first_day, facts.last_day, facts.sha256.substr(0, half - 1), facts.sha256.substr(half)));
}

std::string exported(const CertificateAuthority& authority, std::string_view format) {
  if (format == "der") return authority.der();
  return format == "p12" ? authority.pkcs12() : authority.pem();
}

int export_certificate(const CertificateAuthority& authority, const CaArguments& arguments) {
  const auto refuse = [](std::string text) { return print_error({ErrorKind::Usage, "ca export: " + std::move(text)}); };
  if (arguments.file == "-" && arguments.format != "pem" && ::isatty(STDOUT_FILENO) == 1) {
    return refuse(fmt::format("{} is nothing for a terminal; name a file", arguments.format));
  }
  // Above all the key.
  std::error_code none;
  for (const auto& own : std::filesystem::directory_iterator(authority.directory(), none)) {
    if (arguments.file != "-" && is_same_file(arguments.file, own.path().native())) {
      return refuse(fmt::format("{} is the authority's own; name another file", arguments.file));
    }
  }
  const auto output = OutputFile::open(arguments.file, {});
  if (!output) return print_error(output.error());
  return (*output)->write(exported(authority, arguments.format));
}

std::expected<std::filesystem::path, Error> directory_of(const std::string& named) {
  if (named.empty()) return CertificateAuthority::default_directory();
  std::error_code none;
  return std::filesystem::absolute(named, none);  // what programs are told must hold wherever they run
}

// Says on standard error that it was made, if it was.
std::expected<CertificateAuthority, Error> open_authority(const std::string& named) {
  const auto directory = directory_of(named);
  if (!directory) return std::unexpected(directory.error());
  auto authority = CertificateAuthority::open(*directory);
  if (authority && authority->was_made()) {
    put_error_text(fmt::format("made a certificate authority in {}: overhear ca install-help\n",
                               printable(authority->directory().native())));
  }
  return authority;
}

}  // namespace

void add_ca_command(CLI::App& app, CaArguments& arguments) {
  CLI::App* const ca = app.add_subcommand("ca", "Show or export the certificate the proxy is trusted by");
  CLI::App* const shows = ca->add_subcommand("show", "Where it is, whom it names, how long it is good");
  CLI::App* const exports = ca->add_subcommand("export", "Write its certificate, without the key");
  CLI::App* const helps = ca->add_subcommand("install-help", "How programs come to trust it");
  for (CLI::App* const command : {shows, exports, helps}) {
    command->add_option("--ca-dir", arguments.directory, "where the certificate authority is (default: ~/.overhear)")
        ->type_name("DIR");
    command->callback([&arguments, command] { arguments.command = command->get_name(); });
  }
  shows->footer("Example:\n  overhear ca show");
  helps->footer("Example:\n  overhear ca install-help | less");
  exports->footer(
      "Examples:\n"
      "  overhear ca export overhear.crt\n"
      "  overhear ca export --format p12 overhear.p12");
  exports->add_option("FILE", arguments.file, "to be written; - or none: standard output")->type_name("");
  exports->add_option("-T,--format", arguments.format, "pem, der or p12 (PKCS #12 with an empty password)")
      ->check(CLI::IsMember({"pem", "der", "p12"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  ca->require_subcommand(0, 1);
  ca->footer(
      "It is made when it is first needed, in ~/.overhear, and its key stays there.\n"
      "\n"
      "Examples:\n"
      "  overhear ca show\n"
      "  overhear ca export overhear.crt\n"
      "  overhear ca install-help            for Node, Python, Java, curl, browsers");
}

int run_ca(const CaArguments& arguments) {
  if (arguments.command.empty()) {
    return print_error({ErrorKind::Usage, fmt::format("ca: which command? there are {} (see overhear ca --help)",
                                                      fmt::join(kCommands, ", "))});
  }
  const auto authority = open_authority(arguments.directory);
  if (!authority) return print_error(authority.error());
  if (arguments.command == "show") return show(*authority);
  if (arguments.command == "export") return export_certificate(*authority, arguments);
  return print_output(ca_install_help(authority->certificate_file().native(),
                                      (authority->directory() / "overhear-ca-cert.cer").native()));
}

}  // namespace overhear
