#include "cli/heap.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace overhear {
namespace {

constexpr std::size_t kHugePage = 2u << 20;
constexpr std::size_t kHeap = 64u << 20;  // of address space; memory is used page by page
constexpr std::size_t kOwnMapping = 4u << 20;

}  // namespace

void use_huge_pages() {
#if defined(__GLIBC__) && defined(MADV_HUGEPAGE)
  mallopt(M_TOP_PAD, static_cast<int>(kHeap));
  // Else the above makes every large buffer a mapping of its own, each time it is needed.
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(kOwnMapping));
  void* begin = ::sbrk(0);
  void* volatile grown = std::malloc(kOwnMapping / 8);  // volatile: or the compiler sees that nobody needs it
  std::free(grown);
  // What the heap has grown by, from the first huge page on.
  auto room = static_cast<std::size_t>(static_cast<char*>(::sbrk(0)) - static_cast<char*>(begin));
  if (std::align(kHugePage, kHugePage, begin, room) != nullptr) (void)::madvise(begin, room, MADV_HUGEPAGE);
#endif
}

}  // namespace overhear
