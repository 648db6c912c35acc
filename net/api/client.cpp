#include "net/api/client.hpp"

#include "net/api/api_versions.hpp"

#include <algorithm>

namespace trafikito::net::api {

namespace {

/// v2's code for the same as asked_too_often_code.
constexpr std::string_view asked_too_often_code_v2 = "#6d5jyjytjh";

link::failure unusable(std::string what, std::string hint) {
    link::failure why;
    why.at = link::step::address;
    why.what = std::move(what);
    why.hint = std::move(hint);
    return why;
}

link::failure of_key(std::string_view key, link::failure why) {
    why.what = std::string(key) + ": " + why.what;
    return why;
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

link::result<std::unique_ptr<client>> make_v1(client_settings settings, http::client& client,
                                              link::now_function now) {
    auto get_config = link::parse_endpoint(settings.url_get_config);
    if (!get_config) {
        return of_key("url_get_config", get_config.error());
    }
    auto output = link::parse_endpoint(settings.url_output);
    if (!output) {
        return of_key("url_output", output.error());
    }
    return make_api_v1(std::move(settings), std::move(*get_config), std::move(*output), client,
                       std::move(now));
}

link::result<std::unique_ptr<client>> make_v2(client_settings settings, http::client& client,
                                              std::mt19937 engine, http::trace log,
                                              link::now_function now) {
    std::vector<link::endpoint> bases;
    for (auto const& url : settings.api_urls) {
        auto base = link::parse_endpoint(url);
        if (!base) {
            return of_key("api_url", base.error());
        }
        bases.push_back(std::move(*base));
    }
    if (bases.empty()) {
        return unusable("api_url names no address", "write api_url = https://…");
    }
    return make_api_v2(std::move(settings), std::move(bases), client, engine, std::move(log),
                       std::move(now));
}

} // namespace

feedback invalid_commands(std::string details) {
    return {100, "AGENT_INVALID_COMMANDS", std::move(details)};
}

feedback report_not_accepted(std::string details) {
    return {101, "AGENT_SAVE_RESULT_FAILED", std::move(details)};
}

feedback widget_not_valid(std::string details) {
    return {102, "AGENT_INSTALL_WIDGET_FAILED_INVALID_COMMAND", std::move(details)};
}

feedback api_error_received(api_error const& error) {
    return {104, error.message, error.code};
}

feedback invalid_cycle_data(std::string details) {
    return {105, "AGENT_INVALID_CYCLE_DATA", std::move(details)};
}

bool asked_too_often(api_error const& error) {
    return error.code == asked_too_often_code || error.code == asked_too_often_code_v2;
}

link::result<std::unique_ptr<client>> make_client(client_settings settings, http::client& client,
                                                  std::mt19937 engine, http::trace log,
                                                  link::now_function now) {
    if (!is_printable(settings.api_key.reveal())) {
        return unusable("api_key has characters that no key has",
                        "copy it again, without quotes and spaces");
    }
    switch (settings.version) {
    case 1:
        return make_v1(std::move(settings), client, std::move(now));
    case 2:
        return make_v2(std::move(settings), client, engine, std::move(log), std::move(now));
    default:
        return unusable("there is no version " + std::to_string(settings.version) + " of the API",
                        "api_version is 1 or 2");
    }
}

} // namespace trafikito::net::api
