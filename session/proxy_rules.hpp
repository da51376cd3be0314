// What the proxy tells about connections that it relays. Its rules stand here because the list of all rules does.
#pragma once

#include <array>

#include "base/finding.hpp"

namespace overhear::proxy_rules {

inline constexpr Rule kUpstreamFailed{"proxy.upstream_failed", Severity::Error, "",
                                      "no connection to the server: the client's was reset"};
inline constexpr Rule kLoop{"proxy.loop", Severity::Error, "", "the server is this proxy itself: both ends were reset"};
inline constexpr Rule kBadGreeting{"proxy.bad_greeting", Severity::Warning, "",
                                   "the client did not say where it wants to go in the way that this proxy knows"};
inline constexpr Rule kClientRefused{"proxy.client_refused", Severity::Warning, "",
                                     "a client from outside was not let in"};
inline constexpr Rule kNoDescriptors{
    "proxy.no_descriptors", Severity::Error, "",
    "no file descriptors are left: clients wait until connections end (see ulimit -n)"};
inline constexpr Rule kTooManyConnections{"proxy.too_many_connections", Severity::Warning, "",
                                          "as many connections are open as are allowed: further clients wait"};
inline constexpr Rule kTimeout{"proxy.timeout", Severity::Warning, "", "the connection was closed: nothing came"};
inline constexpr Rule kNotAnalysed{"proxy.not_analysed", Severity::Warning, "",
                                   "bytes were relayed faster than they could be looked at"};
inline constexpr Rule kNotRekeyed{"proxy.not_rekeyed", Severity::Warning, "",
                                  "something that could not be opened was passed on as it came"};
inline constexpr Rule kMemoryLimit{"proxy.memory_limit", Severity::Error, "",
                                   "the connection was closed: too much of it waited for the end of a message"};
inline constexpr Rule kUpstreamTls{"proxy.upstream_tls", Severity::Error, "RFC 8446, 6",
                                   "TLS with the server failed: the client's connection was closed"};
inline constexpr Rule kClientTls{"proxy.client_tls", Severity::Error, "RFC 8446, 6",
                                 "TLS with the client failed: the connection was closed"};

inline constexpr Rule kEdited{"proxy.edited", Severity::Note, "", "a message was changed on its way"};
inline constexpr Rule kDropped{"proxy.dropped", Severity::Note, "", "a message was not passed on"};
inline constexpr Rule kSent{"proxy.sent", Severity::Note, "", "a message was sent that the other side had not said"};
inline constexpr Rule kRule{"proxy.rule", Severity::Note, "", "a rule was applied to a message"};
inline constexpr Rule kRulesChanged{"proxy.rules_changed", Severity::Note, "",
                                    "the file of rules was saved: what it says holds from here on"};
inline constexpr Rule kRulesInvalid{"proxy.rules_invalid", Severity::Error, "",
                                    "the file of rules was changed, and is none: the rules before hold on"};
inline constexpr Rule kNotHeld{"proxy.not_held", Severity::Warning, "",
                               "a message that was to be held had gone on, in part, before it was whole"};
inline constexpr Rule kFault{"proxy.fault", Severity::Note, "",
                             "the proxy does this to the connection, as somebody wants its network to be"};

inline constexpr std::array kAll{
    &kUpstreamFailed, &kLoop,        &kBadGreeting, &kClientRefused, &kNoDescriptors, &kTooManyConnections,
    &kTimeout,        &kNotAnalysed, &kNotRekeyed,  &kMemoryLimit,   &kUpstreamTls,   &kClientTls,
    &kEdited,         &kDropped,     &kSent,        &kNotHeld,       &kRule,          &kRulesInvalid,
    &kRulesChanged,   &kFault};

}  // namespace overhear::proxy_rules
