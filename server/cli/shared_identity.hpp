#pragma once
// What makes several processes one server for machines, when they share a PostgreSQL: the
// certificate authority, the key of the certificate, which agents may have pinned, and the
// user_api_key. The first process makes them, or has them in its directory; they stand in the
// database, and every other one takes them from there into its own directory.

#include "base/log.hpp"
#include "server/cli/commands.hpp"
#include "server/store/shared_files.hpp"

namespace trafikito::server::cli {

/// Before certificates and keys are read. Throws std::runtime_error, with what to do, when the
/// directory has other ones already.
void share_identity(database::connection& database, serve_options const& options, base::log& log);

/// What share_identity() would have against the directory; nothing is changed.
struct identity_review {
    bool is_there = false;           ///< the database has one, which the directory takes
    std::vector<std::string> faults; ///< each a file that is another one, and what to do
};
identity_review review_identity(database::connection& database, serve_options const& options);

/// Of what has none, or not all, less.
store::named_files identity_of(std::filesystem::path const& directory);
store::named_files identity_of(database::connection& database);

/// Of what was copied: where the target has none. Throws std::runtime_error when it has another
/// one.
void take_identity(store::named_files const& identity, database::connection& to);
void take_identity(store::named_files const& identity, std::filesystem::path const& to);

} // namespace trafikito::server::cli
