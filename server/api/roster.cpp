#include "server/api/roster.hpp"

#include "base/ascii.hpp"
#include "base/spawn.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace trafikito::server::api {

namespace asio = boost::asio;

roster::roster(asio::any_io_executor serving, store::store_thread& kept, base::log& log)
    : serving_(std::move(serving)), kept_(kept), log_(log), read_(serving_) {}

asio::awaitable<void> roster::freshen_for_known() {
    bool const young = std::chrono::steady_clock::now() - looked_ < busy_age;
    if (version_ == never || !young || kept_.is_idle()) {
        co_await freshen();
    }
}

asio::awaitable<void> roster::freshen() {
    if (!reading_) {
        reading_ = true;
        read_.expires_after(patience);
        base::spawn(serving_, read_again(), [this](std::exception_ptr const&) {
            reading_ = false;
            read_.cancel();
        });
    }
    // It may have ended already. All who come while it is read wait for the same end, and none
    // longer than the first.
    if (reading_) {
        co_await read_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (version_ == never) { // nobody is known yet: no key can be called wrong
        throw store::store_unavailable("the servers are not read yet");
    }
}

asio::awaitable<void> roster::read_again() {
    auto look = [known = version_](store::store& kept) {
        std::optional<content> news;
        if (auto const version = kept.roster_version(); version != known) {
            auto changed = known >= 0 && known < version ? kept.changed_since(known) : std::nullopt;
            auto rows = changed ? kept.servers(*changed) : kept.servers();
            news = content{version, std::move(changed), std::move(rows), kept.removed_servers(),
                           kept.token_digests()};
        }
        return news;
    };
    std::string problem;
    try {
        auto const begun = std::chrono::steady_clock::now();
        auto news = co_await kept_.run(0, std::move(look));
        if (news) {
            take(std::move(*news));
        }
        looked_ = begun;
    } catch (store::store_error const& failure) {
        problem = failure.what();
    }
    log_.on_change(base::severity::error, "roster",
                   problem.empty() ? "" : "cannot look for changes of servers: " + problem);
}

bool roster::is_current() const {
    static constexpr std::chrono::seconds moment{5};
    return std::chrono::steady_clock::now() - looked_ < moment;
}

void roster::take(content&& all) {
    version_ = all.version;
    if (all.changed) {
        std::ranges::for_each(*all.changed, [this](auto const& id) { forget(id); });
    } else {
        by_id_.clear();
        by_key_.clear();
    }
    removed_.clear();
    for (auto& row : all.servers) {
        put(std::move(row));
    }
    for (auto& one : all.removed) {
        removed_.emplace(one.key, std::move(one.id));
    }
    tokens_ = {all.tokens.begin(), all.tokens.end()};
}

void roster::forget(std::string_view id) {
    auto const known = by_id_.find(id);
    if (known != by_id_.end()) {
        by_key_.erase(known->second->key);
        by_id_.erase(known);
    }
}

void roster::put(store::server_row row) {
    auto const one = std::make_shared<store::server_row const>(std::move(row));
    forget(one->id);
    by_key_[one->key] = one;
    by_id_[one->id] = one;
}

void roster::has_list(std::string_view id, std::string_view available) {
    auto const known = find(id);
    if (known && known->available != available) {
        auto row = *known;
        row.available = available;
        put(std::move(row));
    }
}

void roster::read_anew() {
    looked_ = {};
    if (version_ != never) {
        version_ = doubted;
    }
}

roster::server_ptr roster::find(std::string_view id) const {
    auto const found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

roster::server_ptr roster::find(security::digest const& key) const {
    auto const found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
}

bool roster::was_removed(security::digest const& key) const {
    return removed_.contains(key);
}

bool roster::has_id_like(std::string_view text) const {
    auto const wanted = base::lower(text);
    return std::ranges::any_of(
               by_id_, [&](auto const& each) { return base::lower(each.first) == wanted; }) ||
           std::ranges::any_of(
               removed_, [&](auto const& each) { return base::lower(each.second) == wanted; });
}

bool roster::has_name(std::string_view name, std::string_view but_id) const {
    return std::ranges::any_of(by_id_, [&](auto const& each) {
        return each.second->name == name && each.first != but_id;
    });
}

bool roster::knows_token(security::digest const& token) const {
    return tokens_.contains(token);
}

} // namespace trafikito::server::api
