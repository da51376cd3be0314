// What SCRP's names and passwords must look like (SCRP 0.0.3, 1.4 User and 1.5 Room), and which error refuses one that
// does not.
#pragma once

#include "dissectors/protocol.hpp"

namespace overhear::scrp {

extern const Form kUserIdForm;
extern const Form kRoomIdForm;
extern const Form kUserPasswordForm;
extern const Form kRoomPasswordForm;
extern const Form kUserNicknameForm;
extern const Form kRoomNicknameForm;

}  // namespace overhear::scrp
