#pragma once
// One agent an installation, and one a server: two of them would both ask for orders, and write
// into each other's files. Both locks end with the process, however it ends. Used by the daemon and
// --once before they touch anything.

#include "base/descriptor.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace trafikito::agent::persistence {

class instance_lock {
public:
    /// Locks (flock(2)) the file trafikito.lock in `var_dir`, of mode 0600, which is made where
    /// there is none: what others may open, such as the directory, they can hold a lock on. One
    /// that they could open is replaced. Waits up to `patience` for a process that is just ending.
    /// False when another one has it; holder() says who.
    bool lock_directory(std::filesystem::path const& var_dir, std::chrono::milliseconds patience);

    /// Claims `identity` (which server, towards which API) on this machine, by an abstract socket
    /// (unix(7)). False when an agent of root or of our own user has claimed it; one of anybody
    /// else is not believed, and a problem().
    bool claim_server(std::string_view identity, std::chrono::milliseconds patience);

    /// Who was first: `process 1234`, or words where its number cannot be known.
    [[nodiscard]] std::string const& holder() const { return holder_; }

    /// Why there is no lock although nobody else has it; empty when there is.
    [[nodiscard]] std::string const& problem() const { return problem_; }

private:
    bool try_lock(int directory, int& error);

    base::descriptor file_;
    base::descriptor claim_;
    std::string holder_;
    std::string problem_;
};

/// For who looks on, and takes nothing: the process that has the lock of `var_dir`. Nothing where
/// there is none, or none that is to be seen from here (try_directory()).
std::optional<int> holder_of_directory(std::filesystem::path const& var_dir);

enum class lock_trial : std::uint8_t { free, held, unknown };

/// Whether anybody has the lock of `var_dir`, also one whom /proc/locks does not show: takes it
/// together with whoever else looks, and gives it back at once. `free` where no such file is there;
/// `unknown` where it may not be opened, or that file system has no locks.
lock_trial try_directory(std::filesystem::path const& var_dir);

/// The same for the claim of a server, if its owner is root or `agent`; 0 where the number is not
/// known.
std::optional<int> holder_of_server(std::string_view identity, uid_t agent);

/// The file that lock_directory() locks. Only who holds the lock may remove it.
std::filesystem::path lock_file_in(std::filesystem::path const& var_dir);

} // namespace trafikito::agent::persistence
