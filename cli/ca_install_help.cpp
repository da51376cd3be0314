#include "cli/ca_install_help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "session/text/printable_text.hpp"

namespace overhear {
namespace {

// {0}: the path for a shell, {1}: for Python, {2}: as it is, {3}: that of the .cer.
constexpr std::string_view kHelp = R"(Programs trust the proxy when they trust this certificate:
  {2}
Tell it only to those that you look into, and for as long: whoever has the key
beside it can pose as any server to them.

curl
  curl --cacert {0} \
    --proxy localhost:8080 https://HOST/

Node
  export NODE_EXTRA_CA_CERTS={0}

Python: ssl, websockets, aiohttp, httpx; requests has a variable of its own
  export SSL_CERT_FILE={0}
  export REQUESTS_CA_BUNDLE={0}
or in the program
  context = ssl.create_default_context()
  context.load_verify_locations(
      {1})
  websockets.connect("wss://HOST", ssl=context)

Java
  keytool -importcert -noprompt -alias overhear \
    -keystore overhear-trust.p12 -storepass changeit \
    -file {0}
  java -Djavax.net.ssl.trustStore=overhear-trust.p12 \
    -Djavax.net.ssl.trustStorePassword=changeit -jar PROGRAM.jar

Debian, Ubuntu: what uses the system's store (curl, Python, OpenSSL, Go)
  sudo cp {0} \
    /usr/local/share/ca-certificates/overhear.crt
  sudo update-ca-certificates

Firefox
  Settings, Privacy & Security, View Certificates, Authorities, Import:
  the file above; tick "Trust this CA to identify websites"

Chrome, Chromium: their settings (Privacy and security, Security, Manage
certificates) import it, or, with the package libnss3-tools
  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n overhear \
    -i {0}

Android: Settings, Security, Encryption & credentials, Install a certificate, CA
certificate; apps must allow user certificates (network_security_config)
  {3}

--cacert, SSL_CERT_FILE, REQUESTS_CA_BUNDLE and Java's trust store stand in for
the authorities that are trusted otherwise; the other ways add to them.
)";

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

std::string quoted_for_shell(std::string_view path) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+,:@").contains(c);
  };
  if (std::ranges::all_of(path, is_plain)) return std::string(path);
  std::string out = "'";
  for (const char c : path) {
    if (c == '\'') {
      out += R"('\'')";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string quoted_for_python(std::string_view path) {
  std::string out = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string ca_install_help(const std::string& pem, const std::string& cer) {
  return fmt::format(kHelp, printable(quoted_for_shell(pem)), printable(quoted_for_python(pem)), printable(pem),
                     printable(cer));
}

}  // namespace overhear
