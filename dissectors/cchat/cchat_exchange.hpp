// The key exchange as one client sees it: intermediates come and results go, the rounds go down, and until none is left
// nothing is said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dissectors/conformance.hpp"

namespace overhear::cchat {

class KeyExchange {
 public:
  void on_prime(const Message& message);
  void on_intermediate(const Message& message, FindingList& findings);
  void on_result(const Message& message, FindingList& findings);
  // Whether the client knows that no message may be sent at this time.
  bool is_under_way(Timestamp at) const;
  // A join: what came of an earlier one is over, but for the prime.
  void start();
  void on_loss();

 private:
  void check_below_prime(const JsonIndex& json, FindingList& findings) const;

  std::optional<std::int64_t> round_;            // of the last intermediate
  Timestamp since_;                              // of the same
  bool is_answered_ = false;                     // the client has seen it
  std::optional<std::uint32_t> unanswered_ = 0;  // intermediates; not known behind a loss
  std::optional<bool> has_prime_ = false;
  bool is_prime_new_ = false;  // told behind the last intermediate: a result may not know it
  std::string prime_;          // digits as they stand; empty: not known, or too many
};

}  // namespace overhear::cchat
