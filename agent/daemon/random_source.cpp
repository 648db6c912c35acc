// RAND_METHOD is what OpenSSL 1.1 called it; 3.0 has a way that takes a provider, and still this.
#define OPENSSL_SUPPRESS_DEPRECATED // NOLINT(cppcoreguidelines-macro-usage): OpenSSL's own name

#include "agent/daemon/random_source.hpp"

#include "base/random.hpp"

#include <openssl/rand.h>

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace trafikito::agent::daemon {

namespace {

int read_random(unsigned char* bytes, int size) {
    return base::fill_from_urandom(bytes, static_cast<std::size_t>(size)) ? 1 : 0;
}

int is_ready() {
    return 1;
}

RAND_METHOD const urandom{nullptr, read_random, nullptr, nullptr, read_random, is_ready};

/// EAGAIN, early at boot, is no refusal: OpenSSL waits.
bool is_refused(int error) {
    return error == EPERM || error == EACCES || error == ENOSYS;
}

} // namespace

std::string ensure_random_numbers() {
    unsigned char byte = 0;
    if (::getrandom(&byte, 1, GRND_NONBLOCK) == 1 || !is_refused(errno)) {
        return {};
    }
    int const refusal = errno;
    if (read_random(&byte, 1) == 1 && RAND_set_rand_method(&urandom) == 1) {
        return {};
    }
    return "getrandom is refused (" + std::generic_category().message(refusal) +
           ") and /dev/urandom cannot be read: there are no random numbers for TLS. Allow the call "
           "in the filter of system calls: the seccomp profile of the container, or "
           "SystemCallFilter= of the unit.";
}

} // namespace trafikito::agent::daemon
