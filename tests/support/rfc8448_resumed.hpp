// RFC 8448, section 4: a resumed TLS 1.3 handshake with early data ("ABCDEF"), its secrets, and 50 bytes of application
// data each way. The hellos and the early data are the RFC's records, byte by byte; the others were sealed anew from
// the secrets and the plaintexts that the RFC gives, so they test our reading of it and not our sealing.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/rfc8448.hpp"

namespace overhear::testing::rfc8448::resumed {

inline constexpr std::string_view kClientRandom = "1bc3ceb6bbe39cff938355b5a50adb6db21b7a6af649d7b4bc419d7876487d95";
inline constexpr std::string_view kClientEarlySecret =
    "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62";
inline constexpr std::string_view kClientHandshakeSecret =
    "2faac08f851d35fea3604fcb4de82dc62c9b164a70974d0462e27f1ab278700f";
inline constexpr std::string_view kServerHandshakeSecret =
    "fe927ae271312e8bf0275b581c54eef020450dc4ecffaa05a1a35d27518e7803";
inline constexpr std::string_view kClientApplicationSecret =
    "2abbf2b8e381d23dbebe1dd2a7d16a8bf484cb4950d23fb7fb7fa8547062d9a1";
inline constexpr std::string_view kServerApplicationSecret =
    "cc21f1bf8feb7dd5fa505bd9c4b468a9984d554a993dc49e6d285598fb672691";

inline std::string key_log() {
  std::string out = rfc8448::key_log(kClientRandom, kClientHandshakeSecret, kServerHandshakeSecret,
                                     kClientApplicationSecret, kServerApplicationSecret);
  return out.append("CLIENT_EARLY_TRAFFIC_SECRET ").append(kClientRandom).append(" ").append(kClientEarlySecret);
}

// Complete records.
inline constexpr std::string_view kClientHello =
    "1603010200010001fc03031bc3ceb6bbe39cff938355b5a50adb6db21b7a6af649d7b4bc419d7876487d95000006130113031302010001cd00"
    "00000b0009000006736572766572ff01000100000a00140012001d00170018001901000101010201030104003300260024001d0020e4ffb68a"
    "c05f8d96c99da26698346c6be16482badddafe051a66b4f18d668f0b002a0000002b0003020304000d0020001e040305030603020308040805"
    "080604010501060102010402050206020202002d00020101001c00024001001500570000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000002900dd00b800b22c035d829359ee5ff7af4ec900000000262a6494dc486d2c8a34cb33fa90bf1b0070ad3c498883c9367c"
    "09a2be785abc55cd226097a3a982117283f82a03a143efd3ff5dd36d64e861be7fd61d2827db279cce145077d454a3664d4e6da4d29ee03725"
    "a6a4dafcd0fc67d2aea70529513e3da2677fa5906c5b3f7d8f92f228bda40dda721470f9fbf297b5aea617646fac5c03272e970727c621a791"
    "41ef5f7de6505e5bfbc388e93343694093934ae4d357fad6aacb0021203add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa3"
    "1b9e5f9d";
inline constexpr std::string_view kEarlyData = "1703030017ab1df420e75c457a7cc5d2844f76d5aee4b4edbf049be0";
inline constexpr std::string_view kServerHello =
    "16030300600200005c03033ccfd2dec890222763472ae8136777c9d7358777bb66e91ea5122495f559ea2d0013010000340029000200000033"
    "0024001d0020121761ee42c333e1b9e77b60dd57c2053cd94512ab47f115e86eff50942cea31002b00020304";
inline constexpr std::string_view kServerFlight =
    "1703030061dc48237b4b879f50d0d4d262ea8b4716eb40ddc1eb957e11126e8a7149c2d012d37a7115957e64ce30008b9e0323f2c05a9c1c77"
    "b4f37849a695ab255060a33fee770ca95cb8486bfd0843b87024865ca35cc41c4e515c64dcb1369f98635bc7a5";
inline constexpr std::string_view kEndOfEarlyData = "1703030015aca6fc944841298df99593725f9bf9754429b12f09";
inline constexpr std::string_view kClientFinished =
    "170303003500f8b467d14cf22a4b3f0b6ae0d8e6cc8d08e0db3515ef5c2bdf1922eafbb70009964716d834fb70c3d2a56c5b1f5f6bdba6c333"
    "cf";
inline constexpr std::string_view kClientData =
    "1703030043b1cebce242aa201be9ae5e1cb2a9aa4b33d4e866af1edb068919237741aa031d7a74d491c99b9d4e232b74206bc6fbaa04fe78be"
    "44a9b4f54320a17eb76992afac3103";
inline constexpr std::string_view kServerData =
    "1703030043275e9f20acff57bc000657d3867df039cccf79047884cf75771746f740b5a83f462a0954c3581393a203a25a7dd14141ef1a3790"
    "0cdb62ff62dee1ba39ab2590cbf194";
inline constexpr std::string_view kClientAlert = "17030300130facce3246bdfc6369838d6a82ae6de5d422dc";
inline constexpr std::string_view kServerAlert = "17030300135b18af444e8e1eec7158fb62d8f2577d37ba5d";

}  // namespace overhear::testing::rfc8448::resumed
