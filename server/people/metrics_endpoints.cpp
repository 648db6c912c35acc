#include "server/people/metrics_endpoints.hpp"

#include "base/spawn.hpp"
#include "base/version.hpp"
#include "server/people/json_values.hpp"
#include "server/people/own_process.hpp"
#include "server/store/awaited_end.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

namespace trafikito::server::people {

namespace {

namespace asio = boost::asio;

http::response text_answer(unsigned status, std::string body) {
    http::response answer;
    answer.status = status;
    answer.body = std::move(body);
    answer.headers.emplace_back("Cache-Control", "no-store");
    return answer;
}

std::vector<own_metric> states_of(board const& shown) {
    std::vector<own_metric> all;
    for (auto const state : {machine_state::reporting, machine_state::late, machine_state::never,
                             machine_state::stopped, machine_state::problem}) {
        auto const count = std::ranges::count_if(
            shown.all(), [&](auto const& each) { return each.second.stands.state == state; });
        all.push_back({"trafikito_machines", "Machines, by how they stand.", "gauge",
                       static_cast<double>(count),
                       "state=\"" + std::string(word_of(state)) + "\""});
    }
    return all;
}

std::vector<own_metric> metrics_of(server_figures const& figures, std::uint64_t bytes) {
    return {
        {"trafikito_server_build_info", "Which version this server is.", "gauge", 1,
         "version=\"" + std::string(base::version) + "\""},
        {"trafikito_server_reports_total", "Reports that were stored since the start.", "counter",
         static_cast<double>(figures.reports)},
        {"trafikito_server_refused_requests_total",
         "Requests of agents that were refused since the start.", "counter",
         static_cast<double>(figures.refused)},
        {"trafikito_server_connections", "Connections that are open.", "gauge",
         static_cast<double>(figures.connections)},
        {"trafikito_server_store_queue", "What waits for the database.", "gauge",
         static_cast<double>(figures.waiting_writes), "to=\"write\""},
        {"trafikito_server_store_queue", "What waits for the database.", "gauge",
         static_cast<double>(figures.waiting_reads), "to=\"read\""},
        {"trafikito_server_database_bytes",
         "What is kept takes so much of the disk; 0: it is not known.", "gauge",
         static_cast<double>(bytes)},
    };
}

/// Whether a question is answered in time; what becomes of it then is nobody's concern.
asio::awaitable<bool> answers(asio::any_io_executor serving, store::store_thread& kept,
                              std::chrono::milliseconds patience) {
    struct question {
        store::awaited_end end;
        bool answered = false;
    };
    auto const asked = std::make_shared<question>();
    auto ask = [](store::store& of) { return of.last_report_id(); };
    base::spawn(serving, kept.run(0, std::move(ask)),
                [asked](std::exception_ptr const& failed, std::int64_t) {
                    asked->answered = failed == nullptr;
                    asked->end.comes();
                });
    auto waiting = asked->end.wait(serving, patience);
    co_await std::move(waiting);
    co_return asked->answered;
}

} // namespace

std::vector<machine_metrics> metrics_of(board const& shown) {
    std::vector<machine_metrics> all;
    all.reserve(shown.all().size());
    for (auto const& [id, one] : shown.all()) {
        auto const state = one.stands.state;
        if (state == machine_state::stopped) {
            continue; // it was removed
        }
        machine_metrics machine;
        machine.id = id;
        machine.name = one.row.name;
        machine.up = state == machine_state::reporting || state == machine_state::problem;
        if (one.row.last_data) {
            machine.last_data = to_milliseconds(*one.row.last_data);
        }
        machine.values = one.values.all();
        all.push_back(std::move(machine));
    }
    return all;
}

void metrics_endpoints::add_to(router& routes) {
    auto const here = [this](answering (metrics_endpoints::*answer)(call_ptr)) {
        return [this, answer](call_ptr what) { return (this->*answer)(std::move(what)); };
    };
    routes.add({"GET", "/metrics", access::reader, here(&metrics_endpoints::metrics)});
    routes.add({"GET", "/readyz", access::anybody, here(&metrics_endpoints::ready)});
}

answering metrics_endpoints::metrics(call_ptr /*what*/) {
    auto ask = [figures = state_.figures()](board& shown, store::store& kept) {
        return own_text(metrics_of(figures, kept.used_bytes())) + own_text(states_of(shown)) +
               machines_text(metrics_of(shown));
    };
    auto work = board_.ask_board(std::move(ask));
    auto text = co_await std::move(work);
    text += own_text(process_metrics());
    auto answer = text_answer(200, std::move(text));
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    co_return answer;
}

answering metrics_endpoints::ready(call_ptr /*what*/) {
    if (state_.is_stopping()) {
        co_return text_answer(503, "stopping\n");
    }
    auto writes = answers(with_.serving, with_.writes, patience);
    bool const writes_answer = co_await std::move(writes);
    auto reads = answers(with_.serving, with_.reads, patience);
    bool const reads_answer = co_await std::move(reads);
    if (!writes_answer || !reads_answer) {
        co_return text_answer(503, "the database does not answer\n");
    }
    if (state_.has_servers) {
        auto known = state_.has_servers();
        if (!co_await std::move(known)) {
            co_return text_answer(503, "the servers are not read yet\n");
        }
    }
    co_return text_answer(200, "ready\n");
}

} // namespace trafikito::server::people
