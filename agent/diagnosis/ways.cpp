#include "agent/diagnosis/ways.hpp"

#include "base/shell_quoting.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::agent::diagnosis {

namespace link = net::link;

namespace {

std::vector<std::pair<std::string, std::string>> addresses_of(config::settings const& settings) {
    if (settings.version == config::api_version::v1) {
        return {{"url_get_config", settings.url_get_config}, {"url_output", settings.url_output}};
    }
    std::vector<std::pair<std::string, std::string>> all;
    all.reserve(settings.api_url.size());
    for (auto const& url : settings.api_url) {
        all.emplace_back("api_url", url);
    }
    return all;
}

void choose_proxy(config::settings const& settings, std::optional<link::proxy> const& proxy,
                  ways& into) {
    if (!proxy) {
        into.proxy = "none: the API is called directly";
        return;
    }
    std::string without;
    for (auto& one : into.all) {
        if (one.api.tls && !link::bypasses_proxy(settings.no_proxy, one.api)) {
            one.through = proxy;
        } else {
            without += (without.empty() ? "" : ", ") + one.api.peer();
        }
    }
    into.proxy = (proxy->to.tls ? "https://" : "http://") + proxy->to.peer();
    into.proxy += proxy->authorization.empty() ? "" : ", with a user name and password";
    into.proxy += without.empty() ? "" : "; not for " + without + ", by no_proxy";
}

rank rank_of(link::failure const& why) {
    switch (why.at) {
    case link::step::address:
        return rank::configuration;
    case link::step::resolve:
        return rank::names;
    case link::step::proxy:
        return rank::proxy;
    case link::step::connect:
        return rank::connection;
    case link::step::handshake:
        return rank::handshake;
    default:
        return rank::answer;
    }
}

/// Where the value of a key comes from that the environment sets, and how to ask without it.
std::string about_variable(known const& so_far, std::string_view key) {
    auto const variable = so_far.variable_of(key);
    if (variable.empty()) {
        return {};
    }
    if (so_far.environment.is == environment::whose::asker) {
        return "no agent runs whose environment could be looked at, and what starts one as a "
               "service hands it none of a shell: `env -u " +
               variable + ' ' + so_far.typed("why") + "` asks without that variable";
    }
    auto const& service = so_far.service;
    return service.by == service::kind::systemd && !service.name.empty()
               ? "`systemctl show " + base::shell_quoted(service.name) +
                     " -p Environment -p EnvironmentFiles` shows where the agent has it from"
               : "";
}

std::string with(std::string first, std::string const& more) {
    first += first.empty() || more.empty() ? "" : first.ends_with('?') ? " " : "; ";
    return first + more;
}

/// The key that names whom the way first leads to.
std::string first_key(way const& on) {
    return on.through ? "proxy" : on.key;
}

/// What the address of an API that is not there might have been meant to be.
std::string advice_for(known const& so_far, way const& on, link::failure const& why) {
    switch (why.at) {
    case link::step::resolve:
        return "correct " + so_far.where_written(first_key(on)) + " if the name is wrong";
    case link::step::connect:
        return "is " + so_far.where_written(on.key) + " right, and does the API's server run?";
    case link::step::proxy:
        return "is " + so_far.where_written("proxy") + " right?";
    case link::step::handshake:
        return why.hint.empty() && !on.speaks_tls
                   ? "does that port speak TLS, and is " + so_far.where_written(on.key) + " right?"
                   : "";
    case link::step::wait:
    case link::step::receive:
        return on.api.tls ? ""
                          : "does that port want https://, and is " + so_far.where_written(on.key) +
                                " right?";
    case link::step::answer:
        if (why.status == 400 && !on.api.tls) {
            return "does that port want https://, and is " + so_far.where_written(on.key) +
                   " right?";
        }
        return why.status == 404 || why.status == 405
                   ? "is " + so_far.where_written(on.key) + " right?"
                   : "";
    default:
        return {};
    }
}

} // namespace

bool ways::lead_there() const {
    auto const open = [](way const& one) { return !one.failed; };
    return !unusable && !all.empty() &&
           (all_needed ? std::ranges::all_of(all, open) : std::ranges::any_of(all, open));
}

ways find_ways(config::settings const& settings) {
    ways found;
    found.all_needed = settings.version == config::api_version::v1;
    for (auto const& [key, url] : addresses_of(settings)) {
        auto parsed = link::parse_endpoint(url);
        if (!parsed) {
            found.unusable = parsed.error();
            found.unusable->what = key + ": " + found.unusable->what;
            return found;
        }
        auto const same = [&](way const& one) { return one.api.origin() == parsed->origin(); };
        if (std::ranges::none_of(found.all, same)) {
            way one;
            one.key = key;
            one.api = std::move(*parsed);
            found.all.push_back(std::move(one));
        }
    }
    std::optional<link::proxy> proxy;
    if (!settings.proxy.empty()) {
        auto parsed = link::parse_proxy(settings.proxy.reveal());
        if (!parsed) {
            found.unusable = parsed.error();
            return found;
        }
        proxy = std::move(*parsed);
    }
    choose_proxy(settings, proxy, found);
    return found;
}

cause cause_of(known const& so_far, way const& on, link::failure const& why) {
    auto bare = why;
    bare.hint.clear();
    auto const key = why.at == link::step::proxy ? std::string("proxy") : first_key(on);
    auto advice = with(why.hint, advice_for(so_far, on, why));
    bool const on_the_way = rank_of(why) < rank::handshake || why.at == link::step::proxy;
    advice = on_the_way ? with(advice, about_variable(so_far, key)) : advice;
    advice = why.at != link::step::address && why.at != link::step::resolve
                 ? with(advice, on.about_name)
                 : advice;
    return {.rank = rank_of(why),
            .sentence = "the API is not reached: " + bare.message(),
            .advice = std::move(advice),
            .command = {}};
}

std::string took(std::chrono::steady_clock::duration span) {
    auto const ms = std::chrono::round<std::chrono::milliseconds>(span).count();
    return ms < 1000 ? std::to_string(ms) + " ms"
                     : std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 / 100) + " s";
}

void judge_ways(known const& so_far, ways const& on, step& result) {
    bool const there = on.lead_there();
    for (auto const& one : on.all) {
        if (!one.failed) {
            continue;
        }
        if (there) { // the agent turns to another one
            result.at_least(verdict::note);
        } else {
            if (result.causes.empty()) {
                result.text = one.failed->message();
            }
            result.add(cause_of(so_far, one, *one.failed));
        }
    }
}

} // namespace trafikito::agent::diagnosis
