// The API's first version (doc/protocol.md, "v1"): a form asks, CSV answers, the report names its
// call.
#include "server/api/service.hpp"

#include "base/printable.hpp"
#include "net/api/form.hpp"
#include "net/api/multipart.hpp"
#include "net/api/order.hpp"
#include "server/api/fields.hpp"
#include "server/api/next_order.hpp"

namespace trafikito::server::api {

namespace {

constexpr std::size_t max_token = 200;

} // namespace

http::response service::v1_get(http::request const& request) {
    auto const form = net::api::parse_form(request.body);
    if (!form) {
        return malformed(request, "THE_BODY_IS_NO_FORM");
    }
    auto const server =
        authenticate(field(*form, "serverId"), http::find_header(request, "Authorization"));
    if (!server) {
        return wrong_key(request);
    }
    note_machine(request, *server);
    if (asks_too_early(*server)) {
        return refuse_too_early(request, *server, "#q2w4544h4asa2gAefg53GHrfd",
                                "ANOTHER_REQUEST_IN_PROGRESS");
    }
    auto order = next_order(*server);
    order.token = security::random_uuid(); // v1: a call of its own each time
    note_order(*server, order.token,
               facts_of([&](std::string_view name) { return field(*form, name); }));
    return order_answer(net::api::format_order_v1(order));
}

http::response service::v1_output(http::request const& request) {
    auto const server = authenticate(http::find_header(request, "Authorization"));
    if (!server) {
        return wrong_key(request);
    }
    note_machine(request, *server);
    auto const query = net::api::parse_form(http::query_of(request));
    auto const token =
        query ? base::checked_plain_text(field(*query, "callToken"), max_token) : std::nullopt;
    if (!token || token->empty()) {
        return malformed(request, "THE_CALL_TOKEN_IS_MISSING");
    }
    auto const parts =
        net::api::parse_multipart(http::find_header(request, "Content-Type"), request.body);
    auto const output = parts ? net::api::find_part(*parts, "output") : std::nullopt;
    if (!output) {
        return malformed(request, "THE_PART_OUTPUT_IS_MISSING");
    }
    if (!store_.knows_call(server->id, *token)) {
        log_("the next report of " + base::for_line(server->id) +
             " belongs to an order that is not known here (older than --keep, or given before a "
             "new database)");
    }
    return keep_report(request, *server, {*token, std::nullopt, *output, field(*parts, "results")});
}

} // namespace trafikito::server::api
