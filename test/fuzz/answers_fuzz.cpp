// Whatever an API answers, with whatever status, to whichever request: the agent says what is the
// matter in one line, without key and call token. The input: a letter for the request, one for the
// status, then the content of the answer, in which ^ stands for the key and ~ for the token.
#include "net/api/client.hpp"
#include "net/api/enrolment.hpp"
#include "test/fuzz/fuzz.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <optional>

using namespace trafikito;
using namespace trafikito::fuzz;
namespace asio = boost::asio;

namespace {

constexpr std::string_view key = "q7Zx-api-key-q7Zx";
constexpr std::string_view token = "q7Zx-call-token-q7Zx";
constexpr std::array<unsigned, 12> statuses{200, 201, 204, 400, 401, 403,
                                            404, 408, 413, 429, 500, 503};

/// Answers everything alike; asks for nothing that no request can carry.
class one_answer : public net::http::client {
public:
    explicit one_answer(net::http::response what) : what_(std::move(what)) {}

    asio::awaitable<net::link::result<net::http::response>>
    send(net::http::request asked) override {
        must(asked.to.target.starts_with('/') && is_one_line(asked.to.target), "a target is one");
        for (auto const& [name, value] : asked.headers) {
            must(is_one_line(name) && is_one_line(value), "a header is one line");
        }
        co_return what_;
    }

    void drop_connections() override {}

private:
    net::http::response what_;
};

/// An API that says back what it was sent.
std::string careless(std::string_view text, bool knows_token) {
    std::string content;
    for (char const c : text) {
        if (c == '^' || (c == '~' && knows_token)) {
            content += c == '^' ? key : token;
        } else {
            content += c;
        }
    }
    return content;
}

template <class T>
net::link::result<T> wait_for(asio::awaitable<net::link::result<T>> call) {
    asio::io_context context(1);
    std::optional<net::link::result<T>> got;
    asio::co_spawn(context, std::move(call),
                   [&](std::exception_ptr const& thrown, net::link::result<T> value) {
                       must(!thrown, "what an API answers is no exception");
                       got.emplace(std::move(value));
                   });
    context.run();
    must(got.has_value(), "a call ends");
    return std::move(*got);
}

void check(net::link::failure const& why) {
    auto const text = why.message();
    must(is_one_line(text) && text.size() < 2048, "a failure is one line");
    must(text.find(key) == std::string::npos, "a failure does not show the key");
    must(text.find(token) == std::string::npos, "a failure does not show the call token");
    must(why.at == net::link::step::answer, "it is the answer's fault");
}

template <class T>
void check(net::link::result<T> const& got) {
    if (got.has_error()) {
        check(got.error());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Nobody but the API itself says the secrets here.
    if (size < 2 || as_text(data, size).find("q7Zx") != std::string_view::npos) {
        return 0;
    }
    net::http::response answer;
    answer.peer = "api.example:443";
    auto const letter = [&](std::size_t at) {
        return static_cast<std::size_t>(data[at] + 256 - 'a');
    };
    answer.status = statuses[letter(1) % statuses.size()];
    // The first version never says its last token, and enrolment has none.
    auto const kind = letter(0) / 2 % 6;
    bool const knows_token = kind == 1 || (kind == 0 && letter(0) % 2 == 1);
    answer.content = careless(as_text(data + 2, size - 2), knows_token);
    one_answer client(answer);
    net::api::client_settings settings;
    settings.version = letter(0) % 2 == 0 ? 1 : 2;
    settings.server_id = "server";
    settings.api_key = base::secret(std::string(key));
    settings.url_get_config = "https://api.example/get";
    settings.url_output = "https://api.example/output";
    settings.api_urls = {"https://api.example"};
    auto const api = net::api::make_client(settings, client, std::mt19937(1)).value();
    switch (kind) {
    case 0: {
        auto const got = wait_for(api->fetch_order(std::string(token), net::link::no_limit));
        check(got);
        if (auto const* const error = got ? std::get_if<net::api::api_error>(&*got) : nullptr) {
            must(error->message.find(key) == std::string::npos &&
                     error->code.find(key) == std::string::npos,
                 "an error does not show the key");
        }
        if (auto const* const stop = got ? std::get_if<net::api::stop>(&*got) : nullptr) {
            must(stop->reason.find(key) == std::string::npos, "a reason does not show the key");
        }
        break;
    }
    case 1: {
        net::api::report_delivery delivery;
        delivery.token = token;
        delivery.report = net::http::body("report");
        check(wait_for(api->send_report(std::move(delivery))));
        break;
    }
    case 2:
        check(wait_for(api->send_feedback(net::api::invalid_cycle_data("x"), net::link::no_limit)));
        break;
    case 3: {
        auto const got = wait_for(api->fetch_widget("widget", net::link::no_limit));
        check(got);
        must(!got || got->size() <= 4096 || answer.content.size() > 4096, "a widget is small");
        break;
    }
    case 4: {
        net::api::new_server wanted{"workspace", base::secret(std::string(key)), "name", "/tmp/x"};
        auto const made = wait_for(net::api::create_server(
            client, net::link::parse_endpoint("https://api.example").value(), std::move(wanted)));
        check(made);
        must(!made || (!made->api_key.empty() && is_one_line(made->api_key.reveal()) &&
                       !made->server_id.empty() && is_one_line(made->server_id)),
             "an identity fits into a configuration");
        break;
    }
    default: {
        net::api::first_outputs outputs;
        outputs.user_api_key = base::secret(std::string(key));
        check(wait_for(net::api::fetch_available_commands(
            client, net::link::parse_endpoint("https://api.example").value(), std::move(outputs))));
    }
    }
    return 0;
}
