#pragma once
// A server that is looked at by root runs as another user: the owner of its data. check looks with
// his eyes, and makes no file of root's beside the database. Only root can; for others it does
// nothing.

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace trafikito::server::cli {

class owner_eyes {
public:
    /// While this lives the process has the effective user and groups of the directory's owner.
    /// Who may not become him stays what he is.
    explicit owner_eyes(std::filesystem::path const& directory);
    ~owner_eyes();
    owner_eyes(owner_eyes const&) = delete;
    owner_eyes& operator=(owner_eyes const&) = delete;

    /// Whose eyes they are.
    [[nodiscard]] static uid_t user();
    /// A name, or `#1000`.
    [[nodiscard]] static std::string user_name();

private:
    gid_t group_before_;
    std::vector<gid_t> groups_before_;
    bool changed_ = false;
};

} // namespace trafikito::server::cli
