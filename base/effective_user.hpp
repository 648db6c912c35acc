#pragma once
// To be another user for a while, and oneself again: root looks at files as who will open them, so
// that the kernel says what he may. Who the other one is, whoever asks knows
// (agent/daemon/eyes.hpp, server/cli/owner_eyes.hpp).

#include <sys/types.h>

#include <string>
#include <vector>

namespace trafikito::base {

/// For a process with one thread whose effective user is root, and whose real one stays it. Not to
/// be nested.
class effective_user {
public:
    effective_user() = default;
    /// What was before holds again, also of a change that came about in half. Ends the program
    /// where it cannot: going on with somebody else's rights would make all that follows wrong.
    ~effective_user();

    effective_user(effective_user const&) = delete;
    effective_user& operator=(effective_user const&) = delete;
    effective_user(effective_user&&) = delete;
    effective_user& operator=(effective_user&&) = delete;

    /// Once: effective user and group, and all groups. In words why not, empty when it did.
    [[nodiscard]] std::string become(uid_t user, gid_t group, std::vector<gid_t> const& groups);

private:
    std::vector<gid_t> own_groups_;
    gid_t own_group_ = 0;
    bool changed_ = false;
};

} // namespace trafikito::base
