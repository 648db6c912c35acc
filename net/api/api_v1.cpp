// doc/protocol.md, "v1".
#include "net/api/answer.hpp"
#include "net/api/api_versions.hpp"
#include "net/api/features.hpp"
#include "net/api/form.hpp"
#include "net/api/multipart.hpp"

namespace trafikito::net::api {

namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

constexpr std::string_view agent_version = "14";
constexpr std::size_t max_order = 1024UL * 1024;

class api_v1 : public client {
public:
    api_v1(client_settings settings, link::endpoint get_config, link::endpoint output,
           http::client& transport, link::now_function now)
        : settings_(std::move(settings)), get_config_(std::move(get_config)),
          output_(std::move(output)), client_(transport), now_(std::move(now)) {}

    asio::awaitable<link::result<order_answer>> fetch_order(std::string /*previous_token*/,
                                                            link::steady_time until) override {
        http::request ask = authorized(get_config_);
        ask.timeout = time_left(until, now_);
        ask.content_type = "application/x-www-form-urlencoded";
        ask.content = http::body(identity());
        ask.max_answer = max_order;
        ask.repeatable = true;
        machine_.add_headers(ask);
        auto const answer = co_await client_.send(std::move(ask));
        if (!answer) {
            co_return answer.error();
        }
        features_ = parse_features(answer->features);
        answered_by_ = answer->peer;
        auto error = find_api_error(*answer, redact_);
        machine_.heard(*answer, error);
        if (error) {
            co_return order_answer(std::move(*error));
        }
        if (auto why = find_refusal(*answer, redact_)) {
            co_return std::move(*why);
        }
        co_return parse_order_v1(answer->content);
    }

    asio::awaitable<link::result<void>> send_report(report_delivery delivery) override {
        auto const boundary = random_boundary();
        http::request put = authorized(output_.with_query("callToken", delivery.token));
        put.timeout = time_left(delivery.until, now_);
        put.content_type = multipart_content_type(boundary);
        add_headers(put, delivery, features_);
        machine_.add_headers(put);
        auto const extra = results_part(boundary, delivery, features_);
        put.content.append(open_file(boundary, "output", "tmp.txt", "text/plain"))
            .append(std::move(delivery.report))
            .append("\r\n" + extra + close_multipart(boundary));
        auto const answer = co_await client_.send(std::move(put));
        if (!answer) {
            co_return answer.error();
        }
        auto const redact = redact_.with(base::secret(delivery.token));
        if (auto why = find_refusal_or_page(*answer, redact)) {
            co_return std::move(*why);
        }
        co_return link::result<void>();
    }

    asio::awaitable<link::result<void>> send_feedback(feedback /*what*/,
                                                      link::steady_time /*until*/) override {
        co_return link::result<void>();
    }

    asio::awaitable<link::result<std::string>> fetch_widget(std::string /*id*/,
                                                            link::steady_time /*until*/) override {
        co_return no_widgets();
    }

    asio::awaitable<link::result<void>> confirm_widget(widget_result /*what*/) override {
        co_return no_widgets();
    }

    [[nodiscard]] std::string answered_by() const override { return answered_by_; }
    [[nodiscard]] bool wants_machine() const override { return machine_.wanted(); }
    [[nodiscard]] seconds least_interval() const override { return machine_.least_interval(); }

private:
    static link::failure no_widgets() {
        link::failure why;
        why.what = "v1 of the API has no widgets";
        return why;
    }

    [[nodiscard]] http::request authorized(link::endpoint to) const {
        http::request what;
        what.to = std::move(to);
        what.headers.emplace_back("Authorization", settings_.api_key.reveal());
        return what;
    }

    [[nodiscard]] std::string identity() const {
        form_fields const fields{{"serverId", settings_.server_id},
                                 {"agentVersion", std::string(agent_version)},
                                 {"os", settings_.os.os},
                                 {"osCodename", settings_.os.codename},
                                 {"osRelease", settings_.os.release},
                                 {"centosFlavor", settings_.os.centos_flavor}};
        return format_form(fields);
    }

    client_settings settings_;
    base::redactor redact_{settings_.api_key};
    link::endpoint get_config_;
    link::endpoint output_;
    http::client& client_;
    link::now_function now_;
    features features_; ///< of the API that gave the last order
    machine_word machine_{settings_.machine};
    std::string answered_by_;
};

} // namespace

std::unique_ptr<client> make_api_v1(client_settings settings, link::endpoint get_config,
                                    link::endpoint output, http::client& transport,
                                    link::now_function now) {
    return std::make_unique<api_v1>(std::move(settings), std::move(get_config), std::move(output),
                                    transport, std::move(now));
}

} // namespace trafikito::net::api
