#include "agent/cli/test.hpp"

#include "agent/cycle/command_lookup.hpp"
#include "agent/cycle/sections.hpp"
#include "agent/daemon/session.hpp"
#include "agent/persistence/installation.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/spawn.hpp"
#include "config/load.hpp"
#include "exec/run_all.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>

namespace trafikito::agent::cli {

namespace asio = boost::asio;

namespace {

/// As the API would name them, so that the same checks apply.
net::api::order order_of(std::vector<std::string> const& names, config::command_list const& list) {
    net::api::order order;
    for (auto const& name : names) {
        auto const whole = name.starts_with("trafikito_") ? name : "trafikito_" + name;
        auto const known = net::api::valid_name(whole) ? whole : net::api::refused_name(whole);
        if (std::ranges::find(order.names, known) == order.names.end()) {
            order.names.push_back(known);
        }
    }
    if (names.empty()) {
        std::ranges::transform(list.commands, std::back_inserter(order.names),
                               [](auto const& command) { return command.name; });
    }
    return order;
}

/// Runs them with Ctrl-C connected to their end.
void run(std::vector<exec::command> commands, config::settings const& settings,
         exec::on_result ended) {
    asio::io_context context{1};
    exec::warden warden(context.get_executor(), persistence::installation_id(settings.var_dir));
    asio::signal_set signals(context, SIGINT, SIGTERM);
    asio::cancellation_signal stop;
    signals.async_wait([&](boost::system::error_code cancelled, int) {
        if (!cancelled) {
            stop.emit(asio::cancellation_type::terminal);
        }
    });
    exec::run_tools const tools{warden, settings.tmp_file.parent_path()};
    auto finish = [&](std::exception_ptr const& failed) {
        signals.cancel();
        warden.stop();
        if (failed) {
            std::rethrow_exception(failed);
        }
    };
    base::spawn(context.get_executor(),
                exec::run_all(std::move(commands), daemon::environment_of(settings),
                              cycle::limits_of(settings), tools, std::move(ended)),
                asio::bind_cancellation_slot(stop.slot(), finish));
    context.run();
}

} // namespace

int test_commands(config::settings const& settings, test_request const& what, base::log& log,
                  base::output& out) {
    if (what.raw) {
        out.pass_on_bytes();
    }
    auto const judged = persistence::judge_installation(settings, ::geteuid());
    persistence::log_verdict(log, judged, settings);
    auto loaded = config::load_command_list(settings, judged.list);
    daemon::log_all(loaded.diagnostics, log);
    if (!loaded.list) {
        return 1;
    }
    daemon::log_all(loaded.list->diagnostics, log);
    auto const order = order_of(what.names, *loaded.list);
    cycle::sections all(cycle::section_titles(order));
    cycle::local_list const list{
        .commands = std::make_shared<config::command_list>(std::move(*loaded.list)),
        .unread = {},
        .forbidden = judged.why_not()};
    auto const wanted = cycle::look_up(order, list, {}, {}, all, log);
    std::vector<std::string> summaries;
    auto const ended = [&](std::size_t index, exec::result&& result) {
        summaries.push_back(describe(result));
        all.finish(wanted.to_run[index].section, std::move(result));
    };
    run(cycle::commands_of(wanted.to_run), settings, ended);
    net::api::report_writer writer([&](std::string_view bytes) { out << bytes; });
    all.write(writer);
    out << '\n';
    for (auto const& line : summaries) {
        out << line << '\n';
    }
    auto const& counts = all.counts();
    out << cycle::describe(counts) << '\n';
    return counts.failed + counts.stopped + counts.not_run + counts.unkillable == 0 ? 0 : 1;
}

} // namespace trafikito::agent::cli
