// The API's second version (doc/protocol.md, "v2"): JSON asks, words answer, multipart reports.
#include "base/number.hpp"
#include "server/api/service.hpp"

#include "base/printable.hpp"
#include "base/redactor.hpp"
#include "net/api/multipart.hpp"
#include "net/api/order.hpp"
#include "server/api/contact.hpp"
#include "server/api/fields.hpp"
#include "server/api/next_order.hpp"

namespace trafikito::server::api {

namespace {

namespace asio = boost::asio;

constexpr std::string_view too_early_v2 = "#6d5jyjytjh";
constexpr std::string_view too_early_v2_words = "SEND_DATA_ONCE_PER_MINUTE_OR_YOU_WILL_BE_BLOCKED";
constexpr std::size_t max_code = 64;
constexpr std::size_t max_message = 1024;
constexpr std::size_t max_details = 64UL * 1024;

std::optional<std::int64_t> whole_number(std::string_view text) {
    auto const value = base::number_in<std::int64_t>(text);
    return value >= 0 ? value : std::nullopt;
}

} // namespace

// NOLINTBEGIN(readability-convert-member-functions-to-static): endpoints like the others
asio::awaitable<http::response> service::v2_ping(request_ptr /*from*/) {
    http::response answer;
    answer.body = "OK";
    co_return answer;
}

asio::awaitable<bool> service::knows_servers() {
    bool known = true;
    try {
        co_await roster_.freshen();
    } catch (store::store_error const&) {
        known = false;
    }
    co_return known;
}

asio::awaitable<http::response> service::healthz(request_ptr /*from*/) {
    http::response answer;
    answer.body = "ok\n";
    co_return answer;
}
// NOLINTEND(readability-convert-member-functions-to-static)

asio::awaitable<http::response> service::v2_get_config(request_ptr from) {
    auto const fields = parse_json_fields(from->body);
    if (!fields) {
        co_return malformed(*from, "THE_BODY_IS_NO_JSON_OBJECT");
    }
    auto const key = field(*fields, "serverApiKey");
    auto const id = field(*fields, "serverId");
    auto const server = co_await authenticate(id, key);
    if (!server && roster_.was_removed(security::sha256(key))) {
        strangers_.note(base::severity::info, "told the agent of a removed server to stop",
                        from->address, std::chrono::steady_clock::now());
        note_refusal({.about = store::refusal::whose::stranger,
                      .name = std::string(id),
                      .kind = store::refused::told_to_stop,
                      .first = now_(),
                      .last = now_(),
                      .address = from->address,
                      .words = "STOP"});
        http::response stop;
        stop.body = "STOP the server was removed";
        co_return stop;
    }
    if (!server) {
        co_return wrong_key(*from, id);
    }
    note_machine(*from, *server);
    if (asks_too_early(*server)) {
        co_return refuse_too_early(*from, *server, too_early_v2, too_early_v2_words);
    }
    auto const order = next_order(*server);
    auto note = note_order(server, {"", contact_of(*from, ""), std::nullopt});
    bool const noted = co_await std::move(note);
    if (!noted) {
        co_return refuse_too_early(*from, *server, too_early_v2, too_early_v2_words);
    }
    auto const known = field(*fields, "previous") == order.token;
    co_return order_answer(known ? "=" : net::api::format_order_v2(order), *server);
}

asio::awaitable<http::response> service::v2_save_output(request_ptr from) {
    auto const parts =
        net::api::parse_multipart(http::find_header(*from, "Content-Type"), from->body);
    if (!parts) {
        co_return malformed(*from, "THE_BODY_IS_NO_MULTIPART_FORM");
    }
    auto const id = field(*parts, "serverId");
    auto const server = co_await authenticate(id, field(*parts, "serverApiKey"));
    if (!server) {
        co_return wrong_key(*from, id);
    }
    note_machine(*from, *server);
    auto const output = net::api::find_part(*parts, "output");
    if (!output) {
        co_return malformed(*from, "THE_PART_OUTPUT_IS_MISSING");
    }
    submission sent{"", whole_number(field(*parts, "timeTookLastTime")), *output,
                    field(*parts, "results")};
    auto answered = co_await keep_report(from, server, std::move(sent));
    co_return answered;
}

asio::awaitable<http::response> service::v2_error_feedback(request_ptr from) {
    auto const parts =
        net::api::parse_multipart(http::find_header(*from, "Content-Type"), from->body);
    if (!parts) {
        co_return malformed(*from, "THE_BODY_IS_NO_MULTIPART_FORM");
    }
    auto const server = co_await authenticate(field(*parts, "serverApiKey"));
    if (!server) {
        co_return wrong_key(*from);
    }
    auto const code = base::checked_plain_text(field(*parts, "code"), max_code);
    if (!code || code->empty()) {
        co_return malformed(*from, "THE_CODE_IS_MISSING");
    }
    if (auto refusal = too_much_feedback(*from, *server)) {
        co_return std::move(*refusal);
    }
    auto const message = field(*parts, "message").substr(0, max_message);
    auto const details = field(*parts, "details").substr(0, max_details);
    auto work = [from, server, code = *code, message, details](store::store& kept) {
        return kept.add_feedback(server->id, code, message, details);
    };
    bool const news = co_await store_.run(from->body.size(), std::move(work));
    if (news) {
        // What went wrong there may hold the key that was sent along.
        base::redactor const redact{base::secret(std::string(field(*parts, "serverApiKey")))};
        complaints_.note(base::severity::info,
                         "feedback of " + name_of(*server) + ": " + *code + " " +
                             base::for_line(redact(message)) + ": " +
                             base::for_line(redact(details), 200),
                         "", std::chrono::steady_clock::now());
    }
    co_return ok(*server);
}

// It is work for the store as a report is, and each piece of news a line of the log.
std::optional<http::response> service::too_much_feedback(http::request const& from,
                                                         store::server_row const& server) {
    auto const now = now_();
    auto const verdict = feedback_rate_.admit(server.id, 0, report_rate::any_bytes, now);
    if (!verdict.admitted) {
        auto answer =
            refuse(from, 429, "#too_much_feedback", "TOO_MUCH_FEEDBACK_SEND_IT_LATER", &server);
        answer.headers.emplace_back("Retry-After", std::to_string(verdict.wait.count()));
        answer.sender = server.id;
        return answer;
    }
    auto const sent = rate_.admit(server.id, from.body.size(), settings_.machine_rate, now);
    return sent.admitted ? std::nullopt : std::optional(too_many_reports(from, server, sent));
}

// A widget is a command line from the API for the machine (doc/protocol.md, "v2", step 4). This API
// has none: no order of ours names one, and whoever asks is told so.
asio::awaitable<http::response> service::widgets(request_ptr from) {
    co_return refuse(*from, 403, "#widgets", "WIDGETS_NOT_OFFERED");
}

} // namespace trafikito::server::api
