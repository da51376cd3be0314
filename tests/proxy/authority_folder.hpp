// A directory for a certificate authority, and what the tests of it do there.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "proxy/certificate_authority.hpp"

namespace overhear::testing {

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write(const std::filesystem::path& path, std::string_view content, unsigned mode = 0600) {
  std::ofstream(path, std::ios::binary) << content;
  ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

class AuthorityFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string made = (std::filesystem::temp_directory_path() / "overhear-ca-XXXXXX").native();
    ASSERT_NE(::mkdtemp(made.data()), nullptr);
    folder_ = made;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path directory() const { return folder_ / "ca"; }
  std::filesystem::path file(const char* name) const { return directory() / name; }
  CertificateAuthority open() const {
    auto opened = CertificateAuthority::open(directory());
    if (!opened) throw std::runtime_error(opened.error().message);
    return *std::move(opened);
  }
  std::string error() const {
    const auto opened = CertificateAuthority::open(directory());
    if (opened) return "no error";
    EXPECT_EQ(opened.error().kind, ErrorKind::Environment);
    EXPECT_FALSE(opened.error().message.contains('\n'));
    return opened.error().message;
  }

  std::filesystem::path folder_;
};

}  // namespace overhear::testing
