#pragma once
// Looking at files as the daemon will: with the effective user and groups of run_as. `check` and
// `why`, started as root, ask the kernel so and need not imitate its rules.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::agent::daemon {

/// While one lives, this process sees with the rights of that user; afterwards with its own again.
/// Only root can: for others, and where run_as is empty, nothing changes. Not to be nested, not for
/// a process with more than one thread.
class eyes_of {
public:
    explicit eyes_of(std::string const& run_as);
    ~eyes_of();

    eyes_of(eyes_of const&) = delete;
    eyes_of& operator=(eyes_of const&) = delete;
    eyes_of(eyes_of&&) = delete;
    eyes_of& operator=(eyes_of&&) = delete;

    /// Why it sees with its own rights though another user was asked for; empty when all is well.
    [[nodiscard]] std::string const& problem() const { return problem_; }

private:
    void become(uid_t user, gid_t group, std::vector<gid_t> const& groups);

    std::string problem_;
    std::vector<gid_t> own_groups_;
    gid_t own_group_ = 0;
    bool changed_ = false;
};

/// Whether the eyes that are open now may do all of `mode` (R_OK, W_OK, X_OK, F_OK): access(2), but
/// for the effective user. 0, or the errno.
int may(std::filesystem::path const& file, int mode);

} // namespace trafikito::agent::daemon
