// Two key pairs of RFC 3526's group 5 and what they agree on, computed with Python's pow(); a third private key
// whose secret with the first begins with a zero byte and a zero digit.
#pragma once

#include <string_view>
#include <vector>

#include "decrypt/hex.hpp"
#include "decrypt/mcp_secret.hpp"

namespace overhear::test {

inline constexpr std::string_view kClientPrivate = "b6cb4c55e2d830814871af9fd907451d52785ab2a164d7287c7251e7d819e21d";
inline constexpr std::string_view kServerPrivate = "d1f45741f491e1a86172bcd8bdcafef0d1922429110654e722fd4b79b554cd36";
inline constexpr std::string_view kClientPublic =
    "7021062907366c43396578177e0b350a460197d6fc68693f2b1a1abde818128b3f8029d02473439dd434f3bc2fa5ff4a"
    "c227d15d16722016e293708a041b3ce11492997c6015a82b76c323c276b14563304f44a2f31f353e0b810bfa01e27f28"
    "b02cd8de614a205e2153b59a6b82f719bce25e343b07f14b423e87e5e94a65d95b365b3ce0214c0765554afdd3574c09"
    "c7e18b9f5fd2ff1aacaf2aedec604b4b000b370efd3134d099582669a68c995f64acec163f8e58531aae7578b4275f67";
inline constexpr std::string_view kServerPublic =
    "0dd6dc2535f4310e8a0f41a9bbca86c42d3603aa188d0ab058672fddeabb6dc133119b107346d2cbb1678ab8abd488cf"
    "bdf371ea438cb62fd70336c108a41d293491f20e59e639119cf8e34b4e23e2e7840c4ba3edc851399044e531ece572f2"
    "edc2c3c54989a4ff575bcae862880ef740d7b7dc71dd13539391705c4a684e2661877ac4852393c47a298fb48b01f0bb"
    "bb8e40bfcd7db672ea4e4251b7d0d726fb0ded3494e8e28307b1a0270e8a8416f1ba9faffed89725239c1a558af681af";
inline constexpr std::string_view kSecret =
    "784e2bbdb2dc6f0c7766b00b3e64844ad0168cba043211ab6608889a7f0f7718f9f51544e0b8cd8b047c836c779073dd"
    "2f552610873dade5d944833302d54241ecde3057636dbabf1290a1e02184316d4ae3407de6bbba90f95079be4e97c514"
    "472cbd830e8d361f8b6d89c3c45d303b3c8e519cd60f52897ca4ee2a86310a0b0d3bd5b5532704c976ca4db8d69f2263"
    "4f8da0e1b0cdd44c5a4e1090f09d91bd14d4bf584836d5997bf2e58dc6d46d488ca7526cf2b403386aeac8f588c7ea64";
inline constexpr std::string_view kThirdPrivate = "c469c4ba9ac7c4e986c585f429f8aaf2936efc9cd175b751b366d0f78568ca5a";
inline constexpr std::string_view kThirdPublic =
    "e1fb3e9ad4a683a756089a8185c2784ccff3ae2d2dac3f9ae95e8fd020744c95bde268caef7a4c4040cca713fa5d87c9"
    "355cb92caedcb4c52004d6c47c3961512c1d0f6afd62d39681747e231ed940ca873afe0c843d91081e4d7a0be3667edd"
    "0b6d898cb3b8cbd87985cf74f62644d3911cc936eda4be74e2b3e960e54af4846105cfdaad7c78c3eaee2a65dcf8d7b8"
    "cc0deeafbe84fca394cc9f092028e55e76c2b2ab73d5bb72b07760f55e8ec5a6857c6dc4baebe28b0a596a1ab38c0bf7";
inline constexpr std::string_view kShortSecret =
    "0009d20f091470e00f94460556360bbfc2fd76ed62918024eecd7f4a4ab63b099eb18d051cd2e15333721ff50aa81f8f"
    "7df645b7ab3b8840a5e88b48814fbb829c053b7e83634c4b0c070c8c402fc90d9025e05642465e7faf5e0b69adac876b"
    "8dfd8ccebafac54c782161ea02cd6a290d9ad5de9cb4ebb2a143a1239f8cef7d6bae159115408887c74f1e4a329735c3"
    "61dae7659ca6222c474250d434ef35bc56946640bb58af3c701c77d055d34a60e23bc2c1356f8fd2e8e7f0db4a7fa98c";

inline std::vector<std::uint8_t> unhex(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  [[maybe_unused]] const bool is_hex = decode_hex(text, bytes);
  return bytes;
}

inline McpSecret shared_secret(std::string_view hex) {
  McpSecret secret;
  const auto bytes = unhex(hex);
  secret.size = bytes.size();
  for (std::size_t i = 0; i < bytes.size(); ++i) secret.bytes[i] = bytes[i];
  return secret;
}

}  // namespace overhear::test
