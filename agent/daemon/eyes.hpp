#pragma once
// Looking at files as the daemon will: with the effective user and groups of run_as. `check` and
// `why`, started as root, ask the kernel so and need not imitate its rules.

#include "base/effective_user.hpp"

#include <filesystem>
#include <string>

namespace trafikito::agent::daemon {

/// While one lives, this process sees with the rights of that user; afterwards with its own again.
/// Only root can: for others, and where run_as is empty, nothing changes. Not to be nested, not for
/// a process with more than one thread.
class eyes_of {
public:
    explicit eyes_of(std::string const& run_as);

    /// Why it sees with its own rights though another user was asked for; empty when all is well.
    [[nodiscard]] std::string const& problem() const { return problem_; }

private:
    base::effective_user seen_as_;
    std::string problem_;
};

/// Whether the eyes that are open now may do all of `mode` (R_OK, W_OK, X_OK, F_OK): access(2), but
/// for the effective user. 0, or the errno.
int may(std::filesystem::path const& file, int mode);

} // namespace trafikito::agent::daemon
