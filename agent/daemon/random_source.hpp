#pragma once
// Random numbers for TLS where getrandom(2) is refused by a filter of system calls: OpenSSL then
// has none, since it takes /dev/urandom on old kernels only. Asked once, at the start of a program.

#include <string>

namespace trafikito::agent::daemon {

/// Has OpenSSL read /dev/urandom where it must. Why there is no way to random numbers here, and
/// what to allow; empty when there is.
std::string ensure_random_numbers();

} // namespace trafikito::agent::daemon
