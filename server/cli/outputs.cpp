// trafikito-server outputs: what was stored, and with --follow what lands from now on.
#include "base/printable.hpp"
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

/// One that is damaged is said, and hides no other.
class printer {
public:
    printer(store::store& store, print_settings settings, base::console& to)
        : store_(store), settings_(std::move(settings)), to_(to) {}

    void print(store::report_row const& report) {
        report_content content;
        try {
            content = {store_.outputs(report), store_.results(report)};
        } catch (store::store_damaged const& damaged) {
            to_.out.flush();
            to_.err << "trafikito-server: error: of server " << base::one_line(report.server_id)
                    << ", report " << report.id << ": " << base::one_line(damaged.what()) << '\n';
            failed_ = true;
            return;
        }
        print_report(to_.out, report, content, settings_);
    }
    std::ostream& out() { return to_.out; }
    [[nodiscard]] bool failed() const { return failed_; }

private:
    store::store& store_;
    print_settings settings_;
    base::console& to_;
    bool failed_ = false;
};

// The last reports of each server that is asked for, up to the one with the number `until`.
void print_last(store::store& store, std::vector<store::server_row> const& servers,
                outputs_options const& options, std::int64_t until, printer& to) {
    for (auto const& server : servers) {
        for (auto const& report : store.last_reports(server.id, options.last, until)) {
            to.print(report);
        }
    }
    to.out().flush();
}

std::int64_t print_new(store::store& store, std::optional<std::string> const& server_id,
                       std::int64_t shown, printer& to) {
    while (true) {
        auto const reports = store.reports_after(shown);
        for (auto const& report : reports) {
            if (!server_id || *server_id == report.server_id) {
                to.print(report);
            }
            shown = report.id;
        }
        to.out().flush();
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

void follow(store::store& store, std::optional<std::string> const& server_id, std::int64_t shown,
            stop_signals const& signals, printer& to) {
    std::int64_t seen = -1;
    while (to.out() && signals.none_during(poll_pause)) {
        if (auto const version = store.data_version(); version != seen) {
            seen = version;
            shown = print_new(store, server_id, shown, to);
        }
    }
}

} // namespace

int run(outputs_options const& options, base::console& to) {
    if (options.raw) {
        to.out.pass_on_bytes();
    }
    auto store = open_store(options.data, store::access::read_only);
    std::optional<std::string> server_id;
    auto servers = store.servers();
    if (options.server) {
        auto const chosen = find_named_server(store, *options.server);
        server_id = chosen.id;
        servers = {chosen};
    }
    auto const until = store.last_report_id();
    printer all(store, settings_of(options), to);
    if (!options.follow) {
        if (until == 0 && !options.json && !options.raw) {
            to.err << "no reports yet\n";
        }
        print_last(store, servers, options, until, all);
        return all.failed() ? 1 : 0;
    }
    stop_signals const signals;
    print_last(store, servers, options, until, all);
    follow(store, server_id, until, signals, all);
    return all.failed() ? 1 : 0;
}

} // namespace trafikito::server::cli
