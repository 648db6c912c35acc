// trafikito-server outputs: what was stored, and with --follow what lands from now on.
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/print_report.hpp"
#include "server/cli/screen.hpp"

#include <csignal>
#include <ctime>
#include <ostream>

namespace trafikito::server::cli {

namespace {

constexpr std::size_t lines_when_following = 5;
constexpr std::timespec poll_pause{0, 200'000'000};

print_settings settings_of(outputs_options const& options) {
    print_settings settings;
    settings.command = options.command;
    settings.json = options.json;
    settings.head = options.head;
    settings.raw = options.raw;
    settings.width = screen_width();
    if (!settings.head && options.follow && !options.json && !options.raw) {
        settings.head = lines_when_following;
    }
    return settings;
}

report_content content_of(store::store& store, store::report_row const& report) {
    return {store.outputs(report.id), store.results(report.id)};
}

// The last reports of each server that is asked for, up to the one with the number `until`.
void print_last(store::store& store, std::vector<store::server_row> const& servers,
                outputs_options const& options, std::int64_t until, std::ostream& out) {
    auto const settings = settings_of(options);
    for (auto const& server : servers) {
        for (auto const& report : store.last_reports(server.id, options.last, until)) {
            print_report(out, report, content_of(store, report), settings);
        }
    }
    out.flush();
}

std::int64_t print_new(store::store& store, std::optional<std::string> const& server_id,
                       print_settings const& settings, std::int64_t shown, std::ostream& out) {
    while (true) {
        auto const reports = store.reports_after(shown);
        for (auto const& report : reports) {
            if (!server_id || *server_id == report.server_id) {
                print_report(out, report, content_of(store, report), settings);
            }
            shown = report.id;
        }
        out.flush();
        if (reports.empty()) {
            return shown;
        }
    }
}

// SIGINT and SIGTERM, blocked and waited for: the pause between two looks is also how --follow
// ends.
class stop_signals {
public:
    stop_signals() {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    }
    /// False when there was one.
    [[nodiscard]] bool none_during(std::timespec const& pause) const {
        return ::sigtimedwait(&signals_, nullptr, &pause) < 0;
    }

private:
    sigset_t signals_{};
};

void follow(store::store& store, std::optional<std::string> const& server_id,
            outputs_options const& options, std::int64_t shown, stop_signals const& signals,
            std::ostream& out) {
    auto const settings = settings_of(options);
    std::int64_t seen = -1;
    while (out && signals.none_during(poll_pause)) {
        if (auto const version = store.data_version(); version != seen) {
            seen = version;
            shown = print_new(store, server_id, settings, shown, out);
        }
    }
}

} // namespace

int run(outputs_options const& options, base::console& to) {
    if (options.raw) {
        to.out.pass_on_bytes();
    }
    auto store = open_store(data_or_usual(options.data), store::access::read_only);
    std::optional<std::string> server_id;
    auto servers = store.servers();
    if (options.server) {
        auto const chosen = find_named_server(store, *options.server);
        server_id = chosen.id;
        servers = {chosen};
    }
    auto const until = store.last_report_id();
    if (!options.follow) {
        if (until == 0 && !options.json && !options.raw) {
            to.err << "no reports yet\n";
        }
        print_last(store, servers, options, until, to.out);
        return 0;
    }
    stop_signals const signals;
    print_last(store, servers, options, until, to.out);
    follow(store, server_id, options, until, signals, to.out);
    return 0;
}

} // namespace trafikito::server::cli
