#include "net/api/enrolment.hpp"

#include "base/ascii.hpp"
#include "base/hexadecimal.hpp"
#include "base/plain_text.hpp"
#include "net/api/answer.hpp"
#include "net/api/json_text.hpp"
#include "net/api/multipart.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace trafikito::net::api {

namespace {

namespace asio = boost::asio;

constexpr std::size_t max_list = 1024UL * 1024;
constexpr std::size_t max_identity = 256; ///< of a server_id or an api_key
constexpr std::size_t max_shown = 300;

link::endpoint agent_file(link::endpoint const& base, std::string_view name) {
    return base.below("v2/agent/get_agent_file").with_query("file", name);
}

template <class Each>
void for_each_line(std::string_view text, Each each) {
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        each(line);
    }
}

/// Of what identities are made everywhere, and nothing that a shell or our own files would take for
/// something else.
constexpr bool of_identity(char c) {
    return base::is_letter(c) || base::is_digit(c) ||
           std::string_view("-._~+/=:").find(c) != std::string_view::npos;
}

/// The value of the line `KEY = VALUE`, when it is one word of an identity.
std::string value_of(std::string_view text, std::string_view key) {
    std::string found;
    for_each_line(text, [&](std::string_view line) {
        auto const equals = line.find('=');
        if (equals == std::string_view::npos ||
            base::trim_white_space(line.substr(0, equals)) != key) {
            return;
        }
        auto const value = base::trim_white_space(line.substr(equals + 1));
        if (value.size() <= max_identity && std::ranges::all_of(value, of_identity)) {
            found = value;
        }
    });
    return found;
}

/// The first comment: the answer is a configuration file, and this is for whoever reads it.
std::string notice_in(std::string_view text) {
    std::string found;
    for_each_line(text, [&](std::string_view line) {
        if (found.empty() && line.starts_with("# ")) {
            found = base::plain_text(line.substr(2), max_shown);
        }
    });
    return found;
}

link::failure unusable_answer(http::response const& answer, std::string what, bool show,
                              base::redactor const& redact) {
    link::failure why;
    why.at = link::step::answer;
    why.peer = answer.peer;
    why.status = answer.status;
    why.what = std::move(what);
    auto const text = base::plain_text(redact(answer.content), max_shown);
    if (show && !text.empty()) {
        why.what += ": " + text;
    }
    why.hint = "check the address, the workspace and the user's key";
    return why;
}

/// A refusal by the API, with what the user can do about it here.
std::optional<link::failure> find_refusal_of_key(http::response const& answer,
                                                 base::secret const& key,
                                                 base::redactor const& redact) {
    constexpr unsigned unauthorized = 401;
    constexpr unsigned forbidden = 403;
    auto why = find_refusal_or_page(answer, redact);
    if (why && !why->foreign && (why->status == unauthorized || why->status == forbidden)) {
        // A server that gives tokens says itself how to get another one.
        why->hint = is_enrolment_token(key) ? "" : "check the user's key and the workspace";
    }
    return why;
}

} // namespace

bool is_enrolment_token(base::secret const& user_api_key) {
    constexpr std::string_view begin = "enroll-";
    constexpr std::size_t digits = 64;
    std::string_view const key = user_api_key.reveal();
    return key.starts_with(begin) && key.size() == begin.size() + digits &&
           std::ranges::all_of(key.substr(begin.size()), base::is_hexadecimal);
}

asio::awaitable<link::result<server_identity>> create_server(http::client& client,
                                                             link::endpoint base, new_server what) {
    http::request ask;
    ask.to = agent_file(base, "trafikito.conf");
    ask.content_type = "application/json";
    ask.content = http::body(json_object_text({{"workspaceId", what.workspace_id},
                                               {"userApiKey", what.user_api_key.reveal()},
                                               {"serverName", what.server_name},
                                               {"tmpFilePath", what.tmp_file_path}}));
    if (!what.nonce.empty()) {
        ask.headers.emplace_back("Trafikito-Enroll-Nonce", what.nonce.reveal());
    }
    auto const answer = co_await client.send(std::move(ask));
    if (!answer) {
        co_return answer.error();
    }
    base::redactor const redact{what.user_api_key, what.nonce};
    if (auto why = find_refusal_of_key(*answer, what.user_api_key, redact)) {
        co_return std::move(*why);
    }
    server_identity identity{value_of(answer->content, "server_id"),
                             base::secret(value_of(answer->content, "api_key")),
                             redact(notice_in(answer->content))};
    if (identity.server_id.empty() || identity.api_key.empty()) {
        // An answer with half an identity may hold the other half: that key is not for the screen.
        bool const harmless = answer->content.find("api_key") == std::string::npos;
        co_return unusable_answer(
            *answer, "the API did not create a server: no server_id and api_key in its answer",
            harmless, redact);
    }
    co_return identity;
}

asio::awaitable<link::result<std::string>>
fetch_available_commands(http::client& client, link::endpoint base, first_outputs what) {
    auto const boundary = random_boundary();
    std::vector<std::pair<std::string_view, std::string>> const fields{
        {"userApiKey", what.user_api_key.reveal()},
        {"workspaceId", what.workspace_id},
        {"serverId", what.server_id},
        {"os", what.os.os},
        {"osCodename", what.os.codename},
        {"osRelease", what.os.release},
        {"centosFlavor", what.os.centos_flavor}};
    http::request ask;
    ask.to = agent_file(base, "available_commands.sh");
    ask.content_type = multipart_content_type(boundary);
    ask.max_answer = max_list;
    ask.content.append(open_file(boundary, "output", "trafikito.tmp", "application/octet-stream"))
        .append(std::move(what.outputs))
        .append("\r\n");
    for (auto const& [name, value] : fields) {
        ask.content.append(open_field(boundary, name) + value + "\r\n");
    }
    ask.content.append(close_multipart(boundary));
    auto answer = co_await client.send(std::move(ask));
    if (!answer) {
        co_return answer.error();
    }
    base::redactor const redact{what.user_api_key};
    if (auto why = find_refusal_of_key(*answer, what.user_api_key, redact)) {
        co_return std::move(*why);
    }
    bool has_command = false;
    for_each_line(answer->content, [&](std::string_view line) {
        has_command = has_command || line.starts_with("trafikito_");
    });
    if (!has_command) {
        co_return unusable_answer(*answer, "the API sent no list of commands", true, redact);
    }
    co_return std::move(answer->content);
}

} // namespace trafikito::net::api
