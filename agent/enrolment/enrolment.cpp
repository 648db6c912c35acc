#include "agent/enrolment/enrolment.hpp"

#include "agent/enrolment/config_text.hpp"
#include "agent/persistence/stop_file.hpp"
#include "base/units.hpp"
#include "config/layout.hpp"
#include "config/load.hpp"
#include "net/api/default_commands.hpp"
#include "net/api/enrolment.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <unistd.h>

#include <array>
#include <utility>

namespace trafikito::agent::enrolment {

namespace {

using reason = refusal::reason;

/// Refused is what an API, and nobody in its place, says with a status that is no "later": also
/// with 200, where its answer is no identity.
reason reason_of(net::link::failure const& why) {
    bool const answered = why.at == net::link::step::answer && !why.foreign && why.status != 0;
    return answered && !why.retryable ? reason::api : reason::away;
}

template <class T>
T expect(net::link::result<T> result, plan const& what) {
    if (!result) {
        throw refusal{respelled(result.error().message(), what.called), reason_of(result.error()),
                      result.error().retry_after};
    }
    return std::move(*result);
}

/// What cannot be used is a mistake of the user's.
template <class T>
T expect_usable(net::link::result<T> result, plan const& what) {
    if (!result) {
        throw refusal{respelled(result.error().message(), what.called), reason::request};
    }
    return std::move(*result);
}

net::api::first_outputs outputs_of(plan const& what, std::string const& server_id) {
    net::api::first_outputs first{what.workspace_id, what.key, server_id, {}, {}};
    auto const facts = config::load_os_facts();
    first.os = {facts.os, facts.os_codename, facts.os_release, facts.centos_flavor};
    return first;
}

} // namespace

boost::asio::awaitable<made_installation> enrol(plan const& what, files& prepared,
                                                exec::warden& warden, net::link::resolver& names,
                                                audience to) {
    auto const executor = co_await boost::asio::this_coro::executor;
    auto const base = expect_usable(net::link::parse_endpoint(what.api_url), what);
    auto const client =
        expect_usable(net::http::make_client(executor, what.connection, names), what);
    net::api::new_server wish{what.workspace_id, what.key, what.server_name,
                              config::usual_tmp_file(what.var_dir).string()};
    if (net::api::is_enrolment_token(what.key)) {
        wish.nonce = prepared.nonce();
        to.hide(wish.nonce);
    }
    auto answered = co_await net::api::create_server(*client, base, std::move(wish));
    if (!answered && reason_of(answered.error()) == reason::api) {
        prepared.forget_attempt(); // there is no server that the next one could ask for again
    }
    auto const identity = expect(std::move(answered), what);
    to.hide(identity.api_key);
    to.say("the API made server " + identity.server_id + "; running " +
           base::count_of(net::api::default_commands.size(), "default command"));
    if (!identity.notice.empty()) {
        to.say("the API says: " + identity.notice);
    }
    auto first = outputs_of(what, identity.server_id);
    auto report = co_await run_default_commands(what, warden, to.ended);
    if (!report.problem.empty()) {
        to.say("warning: " + report.problem);
    }
    first.outputs = std::move(report.outputs);
    auto const answer =
        expect(co_await net::api::fetch_available_commands(*client, base, std::move(first)), what);
    made_installation made{identity.server_id, prepared.has_list(), judge_list(answer)};
    prepared.write(made.list.text, identity.api_key, config_text(what, identity));
    for (auto const& one : prepared.put_aside()) {
        to.say("what was there before is " + one.string() + " now");
    }
    if (prepared.removed_stop()) {
        to.say("removed " + persistence::stop_file_in(what.var_dir).string() +
               ": another server was told to stop");
    } else if (!prepared.stop_problem().empty()) {
        to.say("warning: " + prepared.stop_problem());
    }
    co_return made;
}

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

} // namespace trafikito::agent::enrolment
