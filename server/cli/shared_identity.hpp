#pragma once
// What makes several processes one server for machines, when they share a PostgreSQL: the
// certificate authority, the key of the certificate, which agents may have pinned, and the
// user_api_key. The first process makes them, or has them in its directory; they stand in the
// database, and every other one takes them from there into its own directory.

#include "base/log.hpp"
#include "base/wall_clock.hpp"
#include "server/cli/commands.hpp"
#include "server/security/secrets.hpp"
#include "server/store/shared_files.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::server::cli {

/// Before certificates and keys are read. Of two ca.pem of one key and name all have the one that
/// lasts longer from now on. Throws std::runtime_error, with what to do, when the directory has
/// other ones already.
void share_identity(database::connection& database, serve_options const& options, base::log& log);

/// While it serves, after share_identity() and on the thread of the connection: what was renewed
/// here is given to the others, by the database, and what one of them renewed is taken. Whoever
/// writes to the database, or to the directory, has these keys anyway.
class identity_keeper {
public:
    /// Both must outlive this.
    identity_keeper(database::connection& database, serve_options const& options);

    /// Once a minute, and at SIGHUP, when the user_api_key of the directory is `meant` to be that
    /// of all. Of ca.pem only one of the same key and name is given or taken. True when another
    /// user_api_key was taken. A database that is away is asked again the next time. What is wrong
    /// is said in the log.
    bool look(bool meant, base::wall_time now, base::log& log);

private:
    bool look_at_user_key(base::log& log);
    void look_at_authority(base::wall_time now, base::log& log);

    database::connection& database_;
    serve_options const& options_;
    security::digest agreed_key_{}; ///< the file's, when it was as the database has it
    std::string agreed_authority_;  ///< the same of ca.pem
    bool meant_ = false;            ///< until it is done
};

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
