#pragma once
// The user that a command runs as (`user=`), looked up before the child is started.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace trafikito::exec {

struct user {
    std::string name;
    std::string home;
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;
};

/// By name or number; nothing when there is none such.
std::optional<user> find_user(std::string const& name_or_number);

} // namespace trafikito::exec
