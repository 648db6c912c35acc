// doc/protocol.md, "v2".
#include "base/ascii.hpp"
#include "net/api/answer.hpp"
#include "net/api/api_versions.hpp"
#include "net/api/edges.hpp"
#include "net/api/features.hpp"
#include "net/api/json_text.hpp"
#include "net/api/multipart.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::net::api {

namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

constexpr std::size_t max_order = 1024UL * 1024;
constexpr std::size_t max_widget = 4UL * 1024;
constexpr std::size_t max_details = 16UL * 1024;

using text_fields = std::vector<std::pair<std::string_view, std::string>>;

std::string format_fields(std::string const& boundary, text_fields const& fields) {
    std::string text;
    for (auto const& [name, value] : fields) {
        text += open_field(boundary, name) + value + "\r\n";
    }
    return text + close_multipart(boundary);
}

/// White space may follow, as curl's user would not see it.
bool says_ok(std::string_view content) {
    return content.starts_with("OK") && base::trim_white_space(content.substr(2)).empty();
}

class api_v2 : public client {
public:
    api_v2(client_settings settings, std::vector<link::endpoint> bases, http::client& transport,
           std::mt19937 engine, http::trace log, link::now_function now)
        : settings_(std::move(settings)), edges_(std::move(bases), transport, engine,
                                                 std::move(log), std::move(now), settings_.edge) {}

    asio::awaitable<link::result<order_answer>> fetch_order(std::string previous_token,
                                                            link::steady_time until) override {
        http::request ask;
        ask.content_type = "application/json";
        ask.content = http::body(json_object_text({{"serverId", settings_.server_id},
                                                   {"serverApiKey", settings_.api_key.reveal()},
                                                   {"previous", previous_token}}));
        ask.max_answer = max_order;
        ask.repeatable = true;
        machine_.add_headers(ask);
        auto const answer = co_await edges_.send("v2/agent/get_config", std::move(ask), until);
        if (!answer) {
            co_return answer.error();
        }
        features_ = parse_features(answer->features);
        answered_by_ = answer->peer;
        auto const redact = redact_.with(base::secret(previous_token));
        auto error = find_api_error(*answer, redact);
        machine_.heard(*answer, error);
        if (error) {
            co_return order_answer(std::move(*error));
        }
        if (auto why = find_refusal(*answer, redact)) {
            co_return std::move(*why);
        }
        auto parsed = parse_order_v2(answer->content);
        if (auto* const stopped = std::get_if<stop>(&parsed)) {
            stopped->reason = redact(std::move(stopped->reason));
        }
        co_return parsed;
    }

    asio::awaitable<link::result<void>> send_report(report_delivery delivery) override {
        auto const boundary = random_boundary();
        text_fields const fields{{"timeTookLastTime", std::to_string(delivery.last_cycle.count())},
                                 {"serverId", settings_.server_id},
                                 {"serverApiKey", settings_.api_key.reveal()}};
        http::request put;
        put.content_type = multipart_content_type(boundary);
        add_headers(put, delivery, features_);
        machine_.add_headers(put);
        auto const extra = results_part(boundary, delivery, features_);
        put.content
            .append(open_file(boundary, "output", "trafikito.tmp", "application/octet-stream"))
            .append(std::move(delivery.report))
            .append("\r\n" + extra + format_fields(boundary, fields));
        auto const answer =
            co_await edges_.send("v2/agent/save_output", std::move(put), delivery.until);
        if (!answer) {
            co_return answer.error();
        }
        auto const redact = redact_.with(base::secret(delivery.token));
        if (auto why = find_refusal_or_page(*answer, redact)) {
            co_return std::move(*why);
        }
        if (!says_ok(answer->content)) {
            co_return refused(*answer, "the API did not answer OK to the report", redact);
        }
        co_return link::result<void>();
    }

    asio::awaitable<link::result<void>> send_feedback(feedback what,
                                                      link::steady_time until) override {
        auto const boundary = random_boundary();
        what.details.resize(std::min(what.details.size(), max_details));
        text_fields const fields{{"code", std::to_string(what.code)},
                                 {"message", std::move(what.message)},
                                 {"details", std::move(what.details)},
                                 {"serverApiKey", settings_.api_key.reveal()}};
        http::request put;
        put.headers.emplace_back("Cache-Control", "no-cache");
        put.content_type = multipart_content_type(boundary);
        put.content.append(format_fields(boundary, fields));
        auto const answer = co_await edges_.send("v2/agent/error_feedback", std::move(put), until);
        if (!answer) {
            co_return answer.error();
        }
        if (auto why = find_refusal_or_page(*answer, redact_)) {
            co_return std::move(*why);
        }
        co_return link::result<void>();
    }

    // As the shell agent asks: without a key. What comes back is a command line for this machine,
    // so whoever calls this judges it first.
    asio::awaitable<link::result<std::string>> fetch_widget(std::string id,
                                                            link::steady_time until) override {
        http::request ask;
        ask.content_type = "application/json";
        ask.content = http::body(json_object_text({{"widgetId", id}}));
        ask.max_answer = max_widget;
        auto answer = co_await edges_.send("v2/widget/get-command", std::move(ask), until);
        if (!answer) {
            co_return answer.error();
        }
        if (auto why = find_refusal_or_page(*answer, redact_)) {
            co_return std::move(*why);
        }
        co_return std::move(answer->content);
    }

    asio::awaitable<link::result<void>> confirm_widget(widget_result what) override {
        auto const boundary = random_boundary();
        text_fields const fields{{"serverId", settings_.server_id},
                                 {"widgetId", what.id},
                                 {"cmd", what.name},
                                 {"serverApiKey", settings_.api_key.reveal()}};
        http::request put;
        put.content_type = multipart_content_type(boundary);
        put.content
            .append(open_file(boundary, "output", "widget_output_" + what.id + ".tmp",
                              "application/octet-stream"))
            .append(std::move(what.section))
            .append("\r\n" + format_fields(boundary, fields));
        auto const answer = co_await edges_.send("v2/widget/install", std::move(put), what.until);
        if (!answer) {
            co_return answer.error();
        }
        if (auto why = find_refusal_or_page(*answer, redact_)) {
            co_return std::move(*why);
        }
        co_return link::result<void>();
    }

    [[nodiscard]] std::string answered_by() const override { return answered_by_; }
    [[nodiscard]] bool wants_machine() const override { return machine_.wanted(); }
    [[nodiscard]] seconds least_interval() const override { return machine_.least_interval(); }
    [[nodiscard]] std::string edge() const override { return edges_.proven(); }

private:
    client_settings settings_;
    base::redactor redact_{settings_.api_key};
    edges edges_;
    features features_; ///< of the API that gave the last order
    machine_word machine_{settings_.machine};
    std::string answered_by_;
};

} // namespace

std::unique_ptr<client> make_api_v2(client_settings settings, std::vector<link::endpoint> bases,
                                    http::client& transport, std::mt19937 engine, http::trace log,
                                    link::now_function now) {
    return std::make_unique<api_v2>(std::move(settings), std::move(bases), transport, engine,
                                    std::move(log), std::move(now));
}

} // namespace trafikito::net::api
