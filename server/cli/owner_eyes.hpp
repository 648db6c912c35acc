#pragma once
// A server that is looked at by root runs as another user: the owner of its data. check looks with
// his eyes, and makes no file of root's beside the database. Only root can; for others it does
// nothing.

#include "base/effective_user.hpp"

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace trafikito::server::cli {

class owner_eyes {
public:
    /// While this lives the process has the effective user and groups of the directory's owner.
    /// Who may not become him stays what he is.
    explicit owner_eyes(std::filesystem::path const& directory);

    /// Whose eyes they are.
    [[nodiscard]] static uid_t user();
    /// A name, or `#1000`.
    [[nodiscard]] static std::string user_name();

private:
    base::effective_user seen_as_;
};

} // namespace trafikito::server::cli
