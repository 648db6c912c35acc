// The API's second version (doc/protocol.md, "v2"): JSON asks, words answer, multipart reports.
#include "base/number.hpp"
#include "server/api/service.hpp"

#include "base/printable.hpp"
#include "base/redactor.hpp"
#include "net/api/multipart.hpp"
#include "net/api/order.hpp"
#include "server/api/fields.hpp"
#include "server/api/next_order.hpp"

namespace trafikito::server::api {

namespace {

constexpr std::size_t max_code = 64;
constexpr std::size_t max_message = 1024;
constexpr std::size_t max_details = 64UL * 1024;

std::optional<std::int64_t> whole_number(std::string_view text) {
    auto const value = base::number_in<std::int64_t>(text);
    return value >= 0 ? value : std::nullopt;
}

} // namespace

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): an endpoint like the others
http::response service::v2_ping(http::request const& /*from*/) {
    return {200, "text/plain; charset=utf-8", "OK", {}};
}

http::response service::v2_get_config(http::request const& request) {
    auto const fields = parse_json_fields(request.body);
    if (!fields) {
        return malformed(request, "THE_BODY_IS_NO_JSON_OBJECT");
    }
    auto const server = authenticate(field(*fields, "serverId"), field(*fields, "serverApiKey"));
    if (!server) {
        return wrong_key(request);
    }
    note_machine(request, *server);
    if (asks_too_early(*server)) {
        return refuse_too_early(request, *server, "#6d5jyjytjh",
                                "SEND_DATA_ONCE_PER_MINUTE_OR_YOU_WILL_BE_BLOCKED");
    }
    auto const order = next_order(*server);
    note_order(*server, "");
    auto const known = field(*fields, "previous") == order.token;
    return order_answer(known ? "=" : net::api::format_order_v2(order));
}

http::response service::v2_save_output(http::request const& request) {
    auto const parts =
        net::api::parse_multipart(http::find_header(request, "Content-Type"), request.body);
    if (!parts) {
        return malformed(request, "THE_BODY_IS_NO_MULTIPART_FORM");
    }
    auto const server = authenticate(field(*parts, "serverId"), field(*parts, "serverApiKey"));
    if (!server) {
        return wrong_key(request);
    }
    note_machine(request, *server);
    auto const output = net::api::find_part(*parts, "output");
    if (!output) {
        return malformed(request, "THE_PART_OUTPUT_IS_MISSING");
    }
    auto const took = whole_number(field(*parts, "timeTookLastTime"));
    return keep_report(request, *server, {"", took, *output, field(*parts, "results")});
}

http::response service::v2_error_feedback(http::request const& request) {
    auto const parts =
        net::api::parse_multipart(http::find_header(request, "Content-Type"), request.body);
    if (!parts) {
        return malformed(request, "THE_BODY_IS_NO_MULTIPART_FORM");
    }
    auto const server = authenticate(field(*parts, "serverApiKey"));
    if (!server) {
        return wrong_key(request);
    }
    auto const code = base::checked_plain_text(field(*parts, "code"), max_code);
    if (!code || code->empty()) {
        return malformed(request, "THE_CODE_IS_MISSING");
    }
    auto const message = field(*parts, "message").substr(0, max_message);
    auto const details = field(*parts, "details").substr(0, max_details);
    if (store_.add_feedback(server->id, *code, message, details)) {
        // What went wrong there may hold the key that was sent along.
        base::redactor const redact{base::secret(std::string(field(*parts, "serverApiKey")))};
        log_("feedback of " + name_of(*server) + ": " + *code + " " +
             base::for_line(redact(message)) + ": " + base::for_line(redact(details), 200));
    }
    return {200, "text/plain; charset=utf-8", "OK", {}};
}

// A widget is a command line from the API for the machine (doc/protocol.md, "v2", step 4). This API
// has none: no order of ours names one, and whoever asks is told so.
http::response service::widgets(http::request const& request) {
    return refuse(request, 403, "#widgets", "WIDGETS_NOT_OFFERED");
}

} // namespace trafikito::server::api
