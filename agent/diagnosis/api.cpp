// Step 9, the API's answer. While a daemon lives its minute is not spent: then the API is pinged.
#include "agent/diagnosis/network.hpp"

#include "agent/daemon/session.hpp"
#include "agent/diagnosis/question_for_order.hpp"
#include "agent/diagnosis/steps.hpp"
#include "base/ascii.hpp"
#include "base/spawn.hpp"
#include "base/time_text.hpp"
#include "net/api/answer.hpp"
#include "net/http/client.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <deque>

namespace trafikito::agent::diagnosis {

namespace asio = boost::asio;
namespace link = net::link;
namespace http = net::http;
using std::chrono::seconds;

namespace {

constexpr seconds longest_ping{8};
constexpr seconds clock_slack{300};

asio::awaitable<void> ping(http::client& with, link::endpoint to,
                           std::optional<link::result<http::response>>& into) {
    http::request ask;
    ask.to = to.below("v2/ping");
    ask.content_type = "text/plain";
    ask.headers.emplace_back("Cache-Control", "no-cache");
    ask.repeatable = true;
    ask.timeout = longest_ping;
    into.emplace(co_await with.send(std::move(ask)));
}

/// What is no `OK`. A ping carries no key: whatever refuses it says nothing of one.
link::failure not_ok(http::response const& answer) {
    auto const status = "HTTP " + std::to_string(answer.status) + " to ping, not OK";
    auto why = net::api::refused(answer, status, {});
    if (why.status == 401 || why.status == 403) {
        why.hint = "a ping carries no key: a firewall, a proxy or a rule of that server refuses "
                   "this machine. Its key and this installation are not touched by that; whoever "
                   "runs what answers there must let this machine pass";
    } else if (why.hint.empty()) {
        why.hint = "is that the address of a Trafikito API?";
    }
    return why;
}

void judge_clock(std::chrono::sys_seconds theirs, step& result) {
    auto const now = std::chrono::time_point_cast<seconds>(std::chrono::system_clock::now());
    auto const ahead = now - theirs;
    if (ahead > clock_slack || -ahead > clock_slack) {
        auto const far = base::in_words(seconds(std::llabs(ahead.count())));
        result.add({.rank = rank::clock,
                    .sentence = "this machine's clock is " + far +
                                (ahead > seconds(0) ? " ahead of" : " behind") +
                                " that of the API: times of reports are wrong, and certificates "
                                "are judged by it",
                    .advice = "set it",
                    .command = clock_command()});
    }
}

class pinging {
public:
    pinging(known& so_far, ways& on) : so_far_(so_far), on_(on), answers_(on.all.size()) {}

    step run() {
        {
            asio::io_context context{1};
            auto const names = link::make_system_resolver(context.get_executor(), 16);
            auto const settings = daemon::http_settings_of(so_far_.settings());
            // One for each: a client sends one request at a time.
            std::vector<std::unique_ptr<http::client>> clients;
            for (std::size_t i = 0; i < on_.all.size(); ++i) {
                auto made = http::make_client(context.get_executor(), settings, *names);
                if (!made) {
                    on_.all[i].failed = made.error();
                } else if (!on_.all[i].failed) {
                    clients.push_back(std::move(*made));
                    base::spawn(context.get_executor(),
                                ping(*clients.back(), on_.all[i].api, answers_[i]), or_throw());
                }
            }
            context.run_for(longest_ping + seconds(1));
        }
        for (std::size_t i = 0; i < on_.all.size(); ++i) {
            take(on_.all[i], answers_[i]);
        }
        judge_ways(so_far_, on_, result_);
        return std::move(result_);
    }

private:
    void take(way& one, std::optional<link::result<http::response>> const& got) {
        if (one.failed) {
            return;
        }
        if (!got || !*got) {
            link::failure silent;
            silent.at = link::step::wait;
            silent.peer = one.api.peer();
            silent.what = "no answer within " + took(longest_ping);
            one.failed = got ? got->error() : silent;
            return;
        }
        auto const& answer = **got;
        if (answer.date) {
            judge_clock(*answer.date, result_);
        }
        if (answer.status / 100 != 2 || base::trim_white_space(answer.content) != "OK") {
            one.failed = not_ok(answer);
            return;
        }
        so_far_.reached_api = true;
        result_.text += (result_.text.empty() ? "" : "; ") + one.api.peer() + " answers OK to ping";
    }

    known& so_far_;
    ways& on_;
    std::deque<std::optional<link::result<http::response>>> answers_; // stable addresses
    step result_;
};

} // namespace

step look_at_api(known& so_far, ways& on) {
    bool const v1 = so_far.settings().version == config::api_version::v1;
    auto const why_not = why_not_to_ask(so_far);
    if (!why_not.empty() && v1) {
        step result;
        result.is = verdict::skipped;
        result.text = "not asked: " + why_not;
        return result;
    }
    if (!why_not.empty()) {
        auto result = pinging(so_far, on).run();
        result.text +=
            (result.text.empty() ? "" : "; ") + std::string("not asked for an order: ") + why_not;
        return result;
    }
    step before;
    if (!v1) {
        before = pinging(so_far, on).run();
        if (before.is == verdict::wrong && !so_far.reached_api) {
            return before;
        }
    }
    auto result = ask_for_order(so_far, on);
    for (auto& one : before.causes) {
        result.add(std::move(one));
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
