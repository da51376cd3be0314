// Whom an X.509 certificate names. Nothing is verified: this is for showing what was sent.
#pragma once

#include <string>

#include "base/bytes.hpp"

namespace overhear {

// The subject as RFC 4514 writes it ("CN=chat.example,O=Example"), in UTF-8; empty where `der` is no certificate.
std::string certificate_subject(Bytes der);

}  // namespace overhear
