#include "server/cli/check_parts.hpp"

#include "base/shell_quoting.hpp"
#include "base/units.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/house.hpp"
#include "server/cli/offer.hpp"
#include "server/cli/values_file.hpp"
#include "server/cli/way_here.hpp"
#include "server/http/acceptor.hpp"
#include "server/security/credentials.hpp"
#include "server/security/data_file.hpp"
#include "server/security/review.hpp"
#include "server/security/x509.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace trafikito::server::cli {

namespace {

namespace fs = std::filesystem;
namespace asio = boost::asio;
using level = check_findings::level;

bool may_write(fs::path const& directory) {
    return ::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

void check_room(fs::path const& directory, check_findings& found) {
    auto const room = room_of(directory);
    if (!room || (room->bytes >= little_room && room->files >= few_files)) {
        return;
    }
    bool const full = room->bytes < too_little_room || room->files == 0;
    found.add(full ? level::error : level::warning, directory.string(),
              std::string("its disk is ") + (full ? "full" : "almost full") + ": " +
                  base::in_bytes(room->bytes) + " and room for " +
                  base::count_of(room->files, "more file") + " are left",
              "Make room there, or keep less (`serve --keep`, `--machine-quota`).");
}

/// The nearest directory above that is there: in it serve makes the others.
void check_parent(fs::path const& directory, check_findings& found) {
    auto above = fs::absolute(directory).lexically_normal();
    std::error_code none;
    while (above.has_relative_path() && !fs::exists(above, none)) {
        above = above.parent_path();
    }
    if (!fs::is_directory(above, none) || !may_write(above)) {
        found.add(level::error, directory.string(),
                  "it is not there, and this user cannot make it in " + above.string(),
                  "Make it, and give it to the server's user: `install -d -m 0700 -o USER " +
                      base::shell_quoted(directory.string()) + "`.");
    } else {
        check_room(above, found);
    }
}

/// systemd shows the unit none of these.
void check_hidden(fs::path const& data, std::optional<fs::path> const& file,
                  check_findings& found) {
    if (!file || data != usual_data_directory) {
        return;
    }
    auto const path = fs::absolute(*file).lexically_normal().string();
    for (auto const* const hidden : {"/home/", "/root/", "/run/user/"}) {
        if (path.starts_with(hidden)) {
            found.add(level::warning, path,
                      std::string("the unit trafikito-server.service sees nothing below ") +
                          hidden + " (ProtectHome=yes)",
                      "Put the file elsewhere, below /etc for example.");
        }
    }
}

std::string read_or_nothing(fs::path const& file) {
    try {
        return security::read_file_if_there(file).value_or("");
    } catch (std::exception const&) { // said by a review already
        return {};
    }
}

bool lacks_a_name(std::string const& pem, std::vector<std::string> const& names) {
    auto const chain = security::certificates_from_pem(pem);
    return std::ranges::any_of(names, [&](auto const& name) {
        return chain.empty() || !security::is_for(chain.front().get(), name);
    });
}

/// What agents would have against the certificate at the address that they are told.
void check_way(checked const& what, check_findings& found) {
    auto const& options = what.options;
    auto const file = options.public_certificate ? *options.public_certificate
                      : options.certificate      ? *options.certificate
                                                 : options.data / "server.pem";
    auto const pem = read_or_nothing(file);
    if (pem.empty()) {
        return; // said already, or to be made
    }
    bool const own = !options.public_certificate && !options.certificate;
    if (own && lacks_a_name(pem, options.host_names)) {
        return; // serve makes another one
    }
    auto const way = find_way_here(options, options.port, pem,
                                   own ? read_or_nothing(options.data / "ca.pem") : "");
    bool const made_anew = own && way.fault.starts_with("agents will refuse ");
    if (!way.fault.empty() && !made_anew) {
        found.add(level::warning, file.string(), way.fault, {});
    }
}

void check_agent_files(checked const& what, check_findings& found) {
    try {
        if (auto const folder = agent_files_folder(what.options); !folder.empty()) {
            api::served_values values;
            values.api_url = "https://localhost:8443";
            (void)api::read_agent_files(folder, values);
        }
    } catch (std::exception const& failed) {
        found.add(level::warning, agent_files_folder(what.options).string(),
                  std::string("new machines can download nothing: ") + failed.what(), {});
    }
}

/// Agents trust what that authority signed, and no other.
void check_authority(checked const& what, check_findings& found) {
    auto const& data = what.options.data;
    std::error_code none;
    bool const has_key = fs::exists(fs::symlink_status(data / "ca.key", none));
    if (what.machines == 0 || fs::exists(fs::symlink_status(data / "ca.pem", none))) {
        return;
    }
    auto const enrolled = base::count_of(what.machines, "machine") +
                          (what.machines == 1 ? " is" : " are") + " enrolled";
    if (has_key) {
        found.add(level::warning, (data / "ca.pem").string(),
                  "the certificate of this server's authority is gone, and " + enrolled,
                  "The next start makes another one of the same key, which agents trust as they "
                  "did the old one; start it anew, or put the old one back.");
        return;
    }
    found.add(level::error, (data / "ca.pem").string(),
              "this server's authority is gone (ca.pem, ca.key), and " + enrolled +
                  ": the next start makes another one, which none of them trusts",
              "Put both files back. Without them give the new ca.pem to each machine as its "
              "ca_file, or enrol it again.");
}

void check_user_key(fs::path const& data, check_findings& found) {
    auto const file = data / "user_api_key";
    std::error_code none;
    if (!fs::exists(fs::symlink_status(file, none))) {
        return; // serve makes it
    }
    try {
        (void)security::read_user_key(data);
    } catch (std::exception const& failed) {
        found.add(level::error, file.string(), failed.what(),
                  "Put the key there, or move the file away to have a new one made.");
    }
}

} // namespace

void check_directory(checked const& what, check_findings& found) {
    auto const& data = what.options.data;
    std::error_code none;
    if (fs::symlink_status(data, none).type() == fs::file_type::not_found) {
        check_parent(data, found);
        return;
    }
    try {
        require_directory(data);
    } catch (std::exception const& failed) {
        found.add_text(data.string(), failed.what());
        return;
    }
    found.add(security::review_data_directory(data, what.user));
    if (!may_write(data)) {
        found.add(level::error, data.string(), "this user cannot write to it",
                  "Run the server as its owner, or `chmod u+rwx " +
                      base::shell_quoted(data.string()) + "`.");
    }
    check_room(data, found);
}

void check_process(checked& what, check_findings& found) {
    if (!what.served_by || *what.served_by == 0) {
        return;
    }
    constexpr std::chrono::seconds longest_ping{5};
    auto const& data = what.options.data;
    what.lost = deleted_files(*what.served_by, database_file(data));
    auto const pulse = feel_pulse(*what.served_by, longest_ping);
    if (pulse.is_ill()) {
        found.add(level::error, data.string(), in_words(pulse, *what.served_by, data),
                  "Type: " + how_to_wake(pulse, *what.served_by, data));
    }
}

void check_rules(checked const& what, check_findings& found) {
    for (auto& one : find_rules(values_file(what.options.data)).diagnostics) {
        found.add(std::move(one));
    }
}

void check_own_keys(checked const& what, check_findings& found) {
    if (!what.options.certificate) {
        found.add(security::review_own_certificate(what.options.data, system_now()));
        if (!what.shares_identity) {
            check_authority(what, found);
        }
    }
    check_user_key(what.options.data, found);
}

void check_given_certificates(checked const& what, check_findings& found) {
    auto const& options = what.options;
    auto const now = system_now();
    if (options.certificate) {
        found.add(security::review_given_certificate(*options.certificate, *options.key, now));
    }
    if (options.public_certificate) {
        found.add(security::review_given_certificate(*options.public_certificate, {}, now));
    }
    for (auto const& file :
         {options.certificate, options.key, options.public_certificate, options.limits}) {
        check_hidden(options.data, file, found);
    }
}

void check_offer(checked const& what, check_findings& found) {
    check_way(what, found);
    check_agent_files(what, found);
}

void check_address(checked const& what, check_findings& found) {
    auto const& options = what.options;
    if (what.served_by || options.port == 0) {
        return;
    }
    boost::system::error_code failed;
    asio::io_context context;
    asio::ip::tcp::endpoint const where(asio::ip::make_address(options.address), options.port);
    asio::ip::tcp::socket probe(context);
    probe.open(where.protocol(), failed);
    if (!failed) {
        probe.set_option(asio::socket_base::reuse_address(true), failed);
        probe.bind(where, failed);
    }
    if (!failed) {
        return;
    }
    auto const why = http::listening_fault(failed, options.port);
    found.add(level::error, options.address + " port " + std::to_string(options.port), why.what,
              why.mend);
}

} // namespace trafikito::server::cli
