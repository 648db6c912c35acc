// The API's first version (doc/protocol.md, "v1"): a form asks, CSV answers, the report names its
// call.
#include "server/api/service.hpp"

#include "base/printable.hpp"
#include "net/api/form.hpp"
#include "net/api/multipart.hpp"
#include "net/api/order.hpp"
#include "server/api/contact.hpp"
#include "server/api/fields.hpp"
#include "server/api/next_order.hpp"

namespace trafikito::server::api {

namespace {

namespace asio = boost::asio;

constexpr std::size_t max_token = 200;
constexpr std::string_view too_early_v1 = "#q2w4544h4asa2gAefg53GHrfd";
constexpr std::string_view too_early_v1_words = "ANOTHER_REQUEST_IN_PROGRESS";

} // namespace

asio::awaitable<http::response> service::v1_get(request_ptr from) {
    auto const form = net::api::parse_form(from->body);
    if (!form) {
        co_return malformed(*from, "THE_BODY_IS_NO_FORM");
    }
    auto const id = field(*form, "serverId");
    auto const server = co_await authenticate(id, http::find_header(*from, "Authorization"));
    if (!server) {
        co_return wrong_key(*from, id);
    }
    note_machine(*from, *server);
    if (asks_too_early(*server)) {
        co_return refuse_too_early(*from, *server, too_early_v1, too_early_v1_words);
    }
    auto order = next_order(*server);
    order.token = security::random_uuid(); // v1: a call of its own each time
    auto note =
        note_order(server, {order.token, contact_of(*from, field(*form, "agentVersion")),
                            facts_of([&](std::string_view name) { return field(*form, name); })});
    bool const noted = co_await std::move(note);
    if (!noted) {
        co_return refuse_too_early(*from, *server, too_early_v1, too_early_v1_words);
    }
    co_return order_answer(net::api::format_order_v1(order), *server);
}

asio::awaitable<http::response> service::v1_output(request_ptr from) {
    auto const server = co_await authenticate(http::find_header(*from, "Authorization"));
    if (!server) {
        co_return wrong_key(*from);
    }
    note_machine(*from, *server);
    auto const query = net::api::parse_form(http::query_of(*from));
    auto const token =
        query ? base::checked_plain_text(field(*query, "callToken"), max_token) : std::nullopt;
    if (!token || token->empty()) {
        co_return malformed(*from, "THE_CALL_TOKEN_IS_MISSING");
    }
    auto const parts =
        net::api::parse_multipart(http::find_header(*from, "Content-Type"), from->body);
    auto const output = parts ? net::api::find_part(*parts, "output") : std::nullopt;
    if (!output) {
        co_return malformed(*from, "THE_PART_OUTPUT_IS_MISSING");
    }
    submission sent{*token, std::nullopt, *output, field(*parts, "results")};
    auto answered = co_await keep_report(from, server, std::move(sent));
    co_return answered;
}

} // namespace trafikito::server::api
