#include "cli/heap.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace overhear {
namespace {

constexpr std::size_t kHugePage = 2u << 20;
constexpr std::size_t kHeap = 64u << 20;  // of address space; memory is used page by page
constexpr std::size_t kOwnMapping = 4u << 20;

}  // namespace

void use_huge_pages() {
#if defined(__GLIBC__) && defined(MADV_HUGEPAGE)
  const auto end_of_heap = [] { return reinterpret_cast<std::uintptr_t>(::sbrk(0)); };
  mallopt(M_TOP_PAD, static_cast<int>(kHeap));
  // Else the above makes every large buffer a mapping of its own, each time it is needed.
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(kOwnMapping));
  const std::uintptr_t begin = (end_of_heap() + kHugePage - 1) / kHugePage * kHugePage;
  void* volatile grown = std::malloc(kOwnMapping / 8);  // volatile: or the compiler sees that nobody needs it
  std::free(grown);
  if (const std::uintptr_t end = end_of_heap(); end > begin) {
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
  }
#endif
}

}  // namespace overhear
