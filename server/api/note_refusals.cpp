// What the service remembers of refusals, and when it has them written down (refusals.hpp).
#include "server/api/service.hpp"

#include "base/printable.hpp"

#include <utility>

namespace trafikito::server::api {

namespace {

namespace asio = boost::asio;
using whose = store::refusal::whose;

constexpr std::size_t refusal_bytes = 512;

std::string without_port(std::string_view peer) {
    return std::string(peer.substr(0, peer.rfind(':')));
}

char const* kind_of(http::turned_away::why reason) {
    switch (reason) {
    case http::turned_away::why::tls:
        return store::refused::tls;
    case http::turned_away::why::room:
        return store::refused::room;
    case http::turned_away::why::request:
        break;
    }
    return store::refused::http;
}

} // namespace

void service::note_refusal(http::request const& from, store::server_row const* server,
                           std::string_view kind, std::string_view words) {
    auto const now = now_();
    note_refusal({.about = server == nullptr ? whose::address : whose::server,
                  .name = server == nullptr ? from.address : server->id,
                  .kind = std::string(kind),
                  .first = now,
                  .last = now,
                  .address = without_port(from.peer),
                  .words = base::one_line(words)});
}

// Who knows no id of ours counts by his network: he may have as many ids as he likes.
void service::note_wrong_key(http::request const& from, std::string_view id) {
    auto const server = roster_.find(id);
    if (server || id.empty()) {
        note_refusal(from, server.get(), store::refused::wrong_key,
                     "SERVER_ID_OR_API_KEY_IS_WRONG");
        return;
    }
    note_refusal({.about = whose::stranger,
                  .name = std::string(id.substr(0, refusals::max_stranger_id + 1)),
                  .kind = store::refused::wrong_key,
                  .first = now_(),
                  .last = now_(),
                  .address = from.address,
                  .words = "SERVER_ID_OR_API_KEY_IS_WRONG"});
}

void service::turned_away(http::turned_away const& what) {
    auto const now = now_();
    bool const known = !what.sender.empty();
    note_refusal({.about = known ? whose::server : whose::address,
                  .name = std::string(known ? what.sender : what.address),
                  .kind = kind_of(what.reason),
                  .first = now,
                  .last = now,
                  .address = without_port(what.peer),
                  .words = base::one_line(what.words)});
}

// The first after a quiet minute is written down at once: whoever asks why finds it.
void service::note_refusal(store::refusal what) {
    refusals_.note(std::move(what));
    keep_refusals(std::chrono::steady_clock::now());
}

void service::keep_refusals(std::chrono::steady_clock::time_point now) {
    if (refusals_.due(now)) {
        start(write_refusals(refusals_.take(now)), "what was refused");
    }
}

void service::stop() {
    auto all = refusals_.take(std::chrono::steady_clock::now());
    if (!all.empty()) {
        start(write_refusals(std::move(all)), "what was refused");
    }
}

asio::awaitable<void> service::write_refusals(std::vector<store::refusal> all) {
    auto work = [all](store::store& kept) {
        kept.note_refusals(all);
        return true;
    };
    try {
        co_await store_.run(all.size() * refusal_bytes, std::move(work));
    } catch (store::store_error const&) {
        refusals_.put_back(all);
        throw;
    }
}

} // namespace trafikito::server::api
