// trafikito-server serve: everything put together, until a signal.
#include "base/file.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "server/api/service.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/http/listener.hpp"
#include "server/security/certificates.hpp"
#include "server/security/credentials.hpp"
#include "server/security/data_file.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <unistd.h>

namespace trafikito::server::cli {

namespace {

// SQLite's log is emptied at 4 MiB; one report is at most 16 MiB.
constexpr std::uintmax_t reserve_bytes = 8UL * 1024 * 1024;

/// A line of the log: when, in local time, and what. A line that could not be written is lost, the
/// next one is tried again.
void log_to_stderr(std::string_view line) {
    base::write_fully(STDERR_FILENO,
                      base::local_time(base::wall_now()) + ' ' + base::one_line(line) + '\n');
}

security::certificate_files find_certificates(serve_options const& options) {
    if (options.certificate) {
        if (auto const fault = security::fault_of_certificate(*options.certificate);
            !fault.empty()) {
            log_to_stderr(fault);
        }
        return {{}, *options.certificate, *options.key};
    }
    auto more = options.host_names;
    more.push_back(options.address);
    return security::ensure_certificates(options.data, security::certificate_names(more),
                                         system_now(), log_to_stderr);
}

std::string url_of(serve_options const& options, unsigned short port) {
    bool const v6 = options.address.find(':') != std::string::npos;
    return "https://" + (v6 ? "[" + options.address + "]" : options.address) + ":" +
           std::to_string(port);
}

void announce(serve_options const& options, security::certificate_files const& files,
              unsigned short port) {
    log_to_stderr("listening on " + url_of(options, port));
    if (!files.authority.empty()) {
        log_to_stderr("agents need this certificate authority: " + files.authority.string());
    }
    if (options.port_file) {
        security::write_file(*options.port_file, std::to_string(port) + "\n", 0644,
                             security::when_there::replace);
    }
}

} // namespace

int run(serve_options const& options, base::console& /*nothing is printed*/) {
    security::make_private_directory(options.data);
    auto const files = find_certificates(options);
    store::store store(database_file(options.data), store::access::read_write, system_now,
                       options.keep);
    store.hold_reserve(options.data / "reserve", reserve_bytes);
    api::service_settings settings;
    settings.min_interval = options.min_interval;
    settings.user_key = security::ensure_user_key(options.data);
    api::service api(store, settings, log_to_stderr);

    boost::asio::io_context context(1);
    http::listener_settings listening;
    listening.address = options.address;
    listening.port = options.port;
    listening.certificate = files.certificate;
    listening.key = files.key;
    boost::asio::signal_set signals(context, SIGINT, SIGTERM);
    http::listener listener(
        context.get_executor(), listening,
        [&](http::request const& request) { return api.handle(request); }, log_to_stderr);
    signals.async_wait([&](boost::system::error_code const& failed, int) {
        if (!failed) {
            log_to_stderr("stopping");
            listener.stop();
        }
    });
    announce(options, files, listener.port());
    context.run();
    return 0;
}

} // namespace trafikito::server::cli
