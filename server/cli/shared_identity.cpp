#include "server/cli/shared_identity.hpp"

#include "base/shell_quoting.hpp"
#include "server/cli/data_directory.hpp"
#include "server/security/certificates.hpp"
#include "server/security/credentials.hpp"
#include "server/security/data_file.hpp"

#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace trafikito::server::cli {

namespace {

namespace fs = std::filesystem;

constexpr auto user_key = "user_api_key";
constexpr auto authority = "ca.pem";

/// They say who the server is; a server.pem is each process' own.
std::vector<std::string> const& all_names() {
    static std::vector<std::string> const all{user_key, "ca.key", authority, "server.key"};
    return all;
}

/// With somebody's own certificate there is no authority.
std::vector<std::string> names_of(serve_options const& options) {
    return options.certificate ? std::vector{all_names().front()} : all_names();
}

/// As the directory has it; made first where it has none.
std::string content_of(fs::path const& directory, std::string const& name) {
    auto const file = directory / name;
    if (auto text = security::read_file_if_there(file)) {
        return std::move(*text);
    }
    if (name == user_key) {
        security::ensure_user_key(directory);
    } else {
        security::ensure_certificates(directory, security::certificate_names({}), system_now());
    }
    return security::read_file_if_there(file).value_or("");
}

std::string another_one(fs::path const& file) {
    return file.string() +
           " is not that of the others who serve this database, and machines would refuse one of "
           "them: `mv " +
           base::shell_quoted(file.string()) + ' ' + base::shell_quoted(file.string() + ".own") +
           "` has this server take theirs" +
           (file.filename() == user_key
                ? "; a new one is put into the directory of a server that runs, and given to all "
                  "by SIGHUP"
                : "");
}

unsigned mode_of(fs::path const& file) {
    return file.extension() == ".pem" ? 0644U : 0600U;
}

void write_over(fs::path const& file, std::string const& content) {
    security::write_file(file, content, mode_of(file), security::when_there::replace);
}

enum class taken : std::uint8_t { new_one, same, renewed };

/// What is there already is replaced only by a certificate of the same authority.
taken take(fs::path const& file, std::string const& content) {
    if (security::write_file(file, content, mode_of(file), security::when_there::keep)) {
        return taken::new_one;
    }
    auto const own = security::read_file_if_there(file);
    if (own == content) {
        return taken::same;
    }
    if (file.filename() != authority || !own ||
        security::succession_of(*own, content, system_now()) == security::succession::none) {
        throw std::runtime_error(another_one(file));
    }
    write_over(file, content);
    return taken::renewed;
}

/// Where it lasts longer. That of all from now on.
std::string give(database::connection& database, std::string const& own, std::string const& known) {
    bool const is_newer =
        security::succession_of(own, known, system_now()) == security::succession::successor;
    return is_newer && store::replace_shared_file(database, authority, known, own) ? own : known;
}

constexpr auto gave_authority = "gave the renewed ca.pem to all who serve this database: agents "
                                "need it as their ca_file";
constexpr auto took_authority = "took the ca.pem of all who serve this database in place of "
                                "another one of the same key: agents need it as their ca_file";

} // namespace

void share_identity(database::connection& database, serve_options const& options, base::log& log) {
    auto all = store::shared_files(database, names_of(options), [&](std::string const& name) {
        return std::optional(content_of(options.data, name));
    });
    auto const own = security::read_file_if_there(options.data / authority);
    auto const known = all.find(authority);
    if (own && known != all.end() && *own != known->second) {
        known->second = give(database, *own, known->second);
        if (known->second == *own) {
            log.info(gave_authority);
        }
    }
    for (auto const& [name, content] : all) {
        auto const done = take(options.data / name, content);
        if (done == taken::new_one) {
            log.info("took " + name + " from the database: it is that of all who serve it");
        } else if (done == taken::renewed) {
            log.info(took_authority);
        }
    }
}

identity_keeper::identity_keeper(database::connection& database, serve_options const& options)
    : database_(database), options_(options),
      agreed_key_(
          security::sha256(security::read_file_if_there(options.data / user_key).value_or(""))),
      agreed_authority_(security::read_file_if_there(options.data / authority).value_or("")) {}

bool identity_keeper::look(bool meant, base::wall_time now, base::log& log) {
    meant_ = meant_ || meant;
    bool other_key = false;
    std::string problem;
    try {
        if (!options_.certificate) {
            look_at_authority(now, log);
        }
        other_key = look_at_user_key(log);
    } catch (database::away const&) {
        return false; // who stores says so
    } catch (std::exception const& failure) {
        problem = failure.what();
        meant_ = false;
    }
    log.on_change(base::severity::error, "what is common to all servers", problem);
    return other_key;
}

void identity_keeper::look_at_authority(base::wall_time now, base::log& log) {
    auto const file = options_.data / authority;
    auto const own = security::read_file_if_there(file);
    auto const known = store::shared_file(database_, authority);
    if (!own || !known) {
        return;
    }
    if (*own != *known) {
        auto const stands = security::succession_of(*own, *known, now);
        if (stands == security::succession::none) {
            throw std::runtime_error(another_one(file));
        }
        // Where two clocks do not agree which one lasts too long, each is given once only.
        if (stands == security::succession::successor && *own != agreed_authority_) {
            if (!store::replace_shared_file(database_, authority, *known, *own)) {
                return; // somebody else did, just now
            }
            log.info(gave_authority);
        } else {
            write_over(file, *known);
            log.info(took_authority);
            agreed_authority_ = *known;
            return;
        }
    }
    agreed_authority_ = *own;
}

bool identity_keeper::look_at_user_key(base::log& log) {
    auto const file = options_.data / user_key;
    auto const own = security::read_file_if_there(file);
    auto const known = store::shared_file(database_, user_key);
    if (!own || !known) {
        return false;
    }
    bool const meant = std::exchange(meant_, false);
    bool const took = *own != *known && security::sha256(*own) == agreed_key_;
    if (took) {
        security::checked_key(*known, "the user_api_key of the database");
        write_over(file, *known);
        log.info("took the new user_api_key of all who serve this database");
    } else if (*own != *known) {
        if (!meant) {
            return false;
        }
        security::checked_key(*own, file.string());
        if (security::sha256(*known) != agreed_key_ ||
            !store::replace_shared_file(database_, user_key, *known, *own)) {
            throw std::runtime_error(another_one(file));
        }
        log.info("gave the new user_api_key to all who serve this database: they take it within a "
                 "minute");
    }
    agreed_key_ = security::sha256(took ? *known : *own);
    return took;
}

identity_review review_identity(database::connection& database, serve_options const& options) {
    identity_review found;
    auto const all = identity_of(database);
    for (auto const& name : names_of(options)) {
        auto const known = all.find(name);
        if (known == all.end()) {
            continue;
        }
        found.is_there = true;
        auto const file = options.data / name;
        auto const own = security::read_file_if_there(file);
        bool const is_other =
            own && *own != known->second &&
            (name != authority || security::succession_of(*own, known->second, system_now()) ==
                                      security::succession::none);
        if (is_other) {
            found.faults.push_back(another_one(file));
        }
    }
    return found;
}

store::named_files identity_of(fs::path const& directory) {
    store::named_files all;
    for (auto const& name : all_names()) {
        if (auto content = security::read_file_if_there(directory / name)) {
            all[name] = std::move(*content);
        }
    }
    return all;
}

store::named_files identity_of(database::connection& database) {
    store::named_files all;
    for (auto const& name : all_names()) {
        if (auto known = store::shared_file(database, name)) {
            all[name] = std::move(*known);
        }
    }
    return all;
}

void take_identity(store::named_files const& identity, database::connection& to) {
    auto const all = store::shared_files(to, all_names(), [&](std::string const& name) {
        auto const found = identity.find(name);
        return found == identity.end() ? std::nullopt : std::optional(found->second);
    });
    for (auto const& [name, content] : identity) {
        auto const& theirs = all.at(name);
        if (theirs == content) {
            continue;
        }
        if (name == authority &&
            security::succession_of(content, theirs, system_now()) != security::succession::none) {
            give(to, content, theirs);
        } else {
            throw std::runtime_error("the " + name +
                                     " of the first is not that of those who serve the second: "
                                     "all was copied but for this, and machines that know it "
                                     "would refuse them");
        }
    }
}

void take_identity(store::named_files const& identity, fs::path const& to) {
    for (auto const& [name, content] : identity) {
        auto const own = security::read_file_if_there(to / name);
        bool const lasts_longer =
            name == authority && own &&
            security::succession_of(*own, content, system_now()) == security::succession::successor;
        if (!lasts_longer) {
            take(to / name, content);
        }
    }
}

} // namespace trafikito::server::cli
