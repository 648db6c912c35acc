#include "server/cli/shared_identity.hpp"

#include "base/shell_quoting.hpp"
#include "server/cli/data_directory.hpp"
#include "server/security/certificates.hpp"
#include "server/security/credentials.hpp"
#include "server/security/data_file.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::cli {

namespace {

namespace fs = std::filesystem;

/// They say who the server is; a server.pem is each process' own.
std::vector<std::string> const& all_names() {
    static std::vector<std::string> const all{"user_api_key", "ca.key", "ca.pem", "server.key"};
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
    if (name == "user_api_key") {
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
           "` has this server take theirs";
}

/// False when it was there already.
bool take(fs::path const& file, std::string const& content) {
    unsigned const mode = file.extension() == ".pem" ? 0644U : 0600U;
    if (security::write_file(file, content, mode, security::when_there::keep)) {
        return true;
    }
    if (security::read_file_if_there(file) != content) {
        throw std::runtime_error(another_one(file));
    }
    return false;
}

} // namespace

void share_identity(database::connection& database, serve_options const& options, base::log& log) {
    auto const all = store::shared_files(database, names_of(options), [&](std::string const& name) {
        return std::optional(content_of(options.data, name));
    });
    for (auto const& [name, content] : all) {
        if (take(options.data / name, content)) {
            log.info("took " + name + " from the database: it is that of all who serve it");
        }
    }
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
        if (own && *own != known->second) {
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
        auto known = database.prepare("SELECT content FROM shared_files WHERE name = ?");
        if (known.text(name).step()) {
            all[name] = known.bytes_at(0);
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
        if (all.at(name) != content) {
            throw std::runtime_error("the " + name +
                                     " of the first is not that of those who serve the second: "
                                     "all was copied but for this, and machines that know it "
                                     "would refuse them");
        }
    }
}

void take_identity(store::named_files const& identity, fs::path const& to) {
    for (auto const& [name, content] : identity) {
        take(to / name, content);
    }
}

} // namespace trafikito::server::cli
