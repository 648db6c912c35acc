// Preloaded into an agent (LD_PRELOAD): counts what it asks malloc(3) and its like for, into the
// file that TRAFIKITO_ALLOCATION_COUNTER names, as one `long`. Children get neither variable.
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

extern "C" {
// glibc's own, under the names that it exports for this.
void* __libc_malloc(std::size_t size);                    // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t size); // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* old, std::size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t alignment,
                      std::size_t size); // NOLINT(bugprone-reserved-identifier)
}

namespace {

std::atomic<long> elsewhere{0};
std::atomic<long>* counter = &elsewhere;

[[gnu::constructor]] void find_counter() {
    char const* const file = std::getenv("TRAFIKITO_ALLOCATION_COUNTER");
    int const descriptor = file == nullptr ? -1 : ::open(file, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) {
        return;
    }
    void* const memory =
        ::mmap(nullptr, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    if (memory != MAP_FAILED) {
        counter = static_cast<std::atomic<long>*>(memory);
    }
}

void count() {
    counter->fetch_add(1, std::memory_order_relaxed);
}

} // namespace

extern "C" {

[[gnu::visibility("default")]] void* malloc(std::size_t size) noexcept {
    count();
    return __libc_malloc(size);
}

[[gnu::visibility("default")]] void* calloc(std::size_t number, std::size_t size) noexcept {
    count();
    return __libc_calloc(number, size);
}

[[gnu::visibility("default")]] void* realloc(void* old, std::size_t size) noexcept {
    count();
    return __libc_realloc(old, size);
}

[[gnu::visibility("default")]] void* aligned_alloc(std::size_t alignment,
                                                   std::size_t size) noexcept {
    count();
    return __libc_memalign(alignment, size);
}

[[gnu::visibility("default")]] int posix_memalign(void** into, std::size_t alignment,
                                                  std::size_t size) noexcept {
    count();
    *into = __libc_memalign(alignment, size);
    return *into == nullptr ? ENOMEM : 0;
}
}
