#include "test/e2e/request_check.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

namespace trafikito::test {

namespace {

namespace http = boost::beast::http;
using fields = std::vector<std::pair<std::string, std::string>>;

/// Ends the judgement of one request.
struct objection : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void must(bool condition, std::string const& otherwise) {
    if (!condition) {
        throw objection(otherwise);
    }
}

enum class shape { form, json, multipart, nothing };

struct route {
    std::string_view path;
    std::string_view query; ///< `callToken=*` takes any value
    shape body;
    std::vector<std::string_view> names; ///< of the fields, in their order
    std::string_view file_name;          ///< of the part `output`, which comes first; empty: none
    std::string_view file_type;
};

std::vector<route> const& routes() {
    static std::vector<route> const all{
        {"/v1/agent/get",
         "",
         shape::form,
         {"serverId", "agentVersion", "os", "osCodename", "osRelease", "centosFlavor"},
         "",
         ""},
        {"/v1/agent/output", "callToken=*", shape::multipart, {}, "tmp.txt", "text/plain"},
        {"/v2/ping", "", shape::nothing, {}, "", ""},
        {"/v2/agent/get_config", "", shape::json, {"serverId", "serverApiKey", "previous"}, "", ""},
        {"/v2/agent/save_output",
         "",
         shape::multipart,
         {"timeTookLastTime", "serverId", "serverApiKey"},
         "trafikito.tmp",
         "application/octet-stream"},
        {"/v2/agent/error_feedback",
         "",
         shape::multipart,
         {"code", "message", "details", "serverApiKey"},
         "",
         ""},
        {"/v2/agent/get_agent_file",
         "file=trafikito.conf",
         shape::json,
         {"workspaceId", "userApiKey", "serverName", "tmpFilePath"},
         "",
         ""},
        {"/v2/agent/get_agent_file",
         "file=available_commands.sh",
         shape::multipart,
         {"userApiKey", "workspaceId", "serverId", "os", "osCodename", "osRelease", "centosFlavor"},
         "trafikito.tmp",
         "application/octet-stream"},
    };
    return all;
}

bool query_fits(std::string_view wanted, std::string_view query) {
    if (!wanted.ends_with('*')) {
        return query == wanted;
    }
    auto const name = wanted.substr(0, wanted.size() - 1);
    // A query that the configured address has already stands before it.
    auto const at = query.rfind(name);
    return at != query.npos && (at == 0 || query[at - 1] == '&') && at + name.size() < query.size();
}

route const& find_route(seen_request const& seen) {
    for (auto const& one : routes()) {
        if (one.path == seen.path && query_fits(one.query, seen.query)) {
            return one;
        }
    }
    throw objection("no such address: " + seen.path + "?" + seen.query);
}

std::string take_header(http_request const& request, std::string_view name) {
    auto const range = request.equal_range({name.data(), name.size()});
    must(std::distance(range.first, range.second) == 1,
         "the header " + std::string(name) + " must be there once");
    auto const value = range.first->value();
    return {value.data(), value.size()};
}

void check_headers(http_request const& request, route const& to, known_agent const& who) {
    bool const v1 = to.path.starts_with("/v1/");
    static constexpr std::array<std::string_view, 7> known{
        "Host",           "User-Agent", "Accept",       "Content-Type",
        "Content-Length", "Connection", "Cache-Control"};
    for (auto const& header : request) {
        auto const name = header.name_string();
        bool const allowed = std::ranges::any_of(known, [&](std::string_view one) {
            return boost::beast::iequals(name, {one.data(), one.size()});
        });
        must(allowed || (v1 && header.name() == http::field::authorization) ||
                 name == "Trafikito-Enroll-Nonce", // check_nonce()
             "unknown header " + std::string(name));
    }
    auto const port = ":" + std::to_string(who.port);
    auto const host = take_header(request, "Host");
    must(host == "127.0.0.1" + port || host == "localhost" + port, "Host is " + host);
    must(!take_header(request, "User-Agent").empty(), "User-Agent is empty");
    must(take_header(request, "Accept") == "*/*", "Accept is not */*");
    if (to.body != shape::nothing) {
        must(take_header(request, "Content-Length") == std::to_string(request.body().size()),
             "Content-Length is not that of the body");
    }
    if (v1) {
        must(take_header(request, "Authorization") == who.api_key,
             "Authorization is not the bare key");
    }
}

/// With an enrolment token, 32 hexadecimal digits; no other request has any.
void check_nonce(http_request const& request, known_agent const& who, seen_request& seen) {
    std::string const name = "Trafikito-Enroll-Nonce";
    bool const wanted =
        seen.query == "file=trafikito.conf" && who.user_api_key.starts_with("enroll-");
    must(request.count(name) == (wanted ? 1 : 0), name + (wanted ? " is missing" : " is there"));
    if (wanted) {
        seen.nonce = take_header(request, name);
        must(seen.nonce.size() == 32 &&
                 seen.nonce.find_first_not_of("0123456789abcdef") == std::string::npos,
             name + " is " + seen.nonce);
    }
}

int hex(char digit) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    auto const at = digits.find(static_cast<char>(std::toupper(static_cast<unsigned char>(digit))));
    must(at != digits.npos, "a % without two hexadecimal digits");
    return static_cast<int>(at);
}

/// RFC 3986: what is not unreserved must be encoded.
std::string decode(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const byte = static_cast<unsigned char>(text[at]);
        if (text[at] == '%') {
            must(at + 2 < text.size(), "a % at the end");
            decoded += static_cast<char>(hex(text[at + 1]) * 16 + hex(text[at + 2]));
            at += 2;
        } else {
            must((std::isalnum(byte) != 0 && byte < 0x80) ||
                     std::string_view("-._~").find(text[at]) != std::string_view::npos,
                 "a character that must be percent-encoded: " + std::string(1, text[at]));
            decoded += text[at];
        }
    }
    return decoded;
}

fields read_form(std::string_view body) {
    fields read;
    while (!body.empty()) {
        auto const pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        auto const equals = pair.find('=');
        must(equals != pair.npos, "a form field without =");
        read.emplace_back(decode(pair.substr(0, equals)), decode(pair.substr(equals + 1)));
    }
    return read;
}

fields read_json(std::string const& body) {
    boost::system::error_code failed;
    auto const document = boost::json::parse(body, failed);
    must(!failed && document.is_object(), "the body is no JSON object");
    fields read;
    for (auto const& member : document.get_object()) {
        must(member.value().is_string(), "a member that is no string");
        auto const key = member.key();
        auto const& value = member.value().get_string();
        read.emplace_back(std::string(key.data(), key.size()),
                          std::string(value.data(), value.size()));
    }
    return read;
}

/// Reads a multipart body whose parts are known beforehand, byte by byte.
class multipart_reader {
public:
    multipart_reader(std::string_view body, std::string boundary)
        : rest_(body), delimiter_("--" + std::move(boundary)) {
        expect(delimiter_);
    }

    std::string part(std::string_view name, std::string_view file_name, std::string_view type) {
        auto head = "\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"";
        if (!file_name.empty()) {
            head += "; filename=\"" + std::string(file_name) +
                    "\"\r\nContent-Type: " + std::string(type);
        }
        expect(head + "\r\n\r\n");
        auto const end = rest_.find("\r\n" + delimiter_);
        must(end != rest_.npos, "a part without end");
        std::string bytes(rest_.substr(0, end));
        rest_.remove_prefix(end + 2);
        expect(delimiter_);
        return bytes;
    }

    void end() {
        expect("--\r\n");
        must(rest_.empty(), "bytes after the last part");
    }

private:
    void expect(std::string_view text) {
        must(rest_.starts_with(text), "multipart: expected " + std::string(text) + " and not " +
                                          std::string(rest_.substr(0, text.size())));
        rest_.remove_prefix(text.size());
    }

    std::string_view rest_;
    std::string delimiter_;
};

void read_multipart(http_request const& request, route const& to, seen_request& seen) {
    auto const type = take_header(request, "Content-Type");
    std::string const begin = "multipart/form-data; boundary=";
    must(type.starts_with(begin) && type.size() > begin.size() && type.size() <= begin.size() + 70,
         "Content-Type is " + type);
    multipart_reader reader(request.body(), type.substr(begin.size()));
    if (!to.file_name.empty()) {
        seen.report = reader.part("output", to.file_name, to.file_type);
    }
    for (auto const name : to.names) {
        seen.fields.emplace_back(name, reader.part(name, "", ""));
    }
    reader.end();
}

void read_body(http_request const& request, route const& to, seen_request& seen) {
    switch (to.body) {
    case shape::form:
        must(take_header(request, "Content-Type") == "application/x-www-form-urlencoded",
             "Content-Type of the form");
        seen.fields = read_form(request.body());
        break;
    case shape::json:
        must(take_header(request, "Content-Type") == "application/json",
             "Content-Type of the JSON");
        seen.fields = read_json(request.body());
        break;
    case shape::multipart:
        read_multipart(request, to, seen);
        break;
    case shape::nothing:
        must(request.body().empty(), "the body is not empty");
        break;
    }
    must(std::ranges::equal(seen.fields, to.names, {},
                            [](auto const& field) -> std::string_view { return field.first; }),
         "the fields are not those of doc/protocol.md, in its order");
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() < 10 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool feedback_is_known(std::string const& code, std::string const& message) {
    return (code == "100" && message == "AGENT_INVALID_COMMANDS") ||
           (code == "101" && message == "AGENT_SAVE_RESULT_FAILED") ||
           (code == "105" && message == "AGENT_INVALID_CYCLE_DATA") || code == "104";
}

void check_values(seen_request const& seen, known_agent const& who) {
    bool const enrolment = seen.path.ends_with("get_agent_file");
    for (auto const& [name, value] : seen.fields) {
        auto const is = [&](std::string_view field, std::string const& wanted) {
            must(name != field || value == wanted, name + " is " + value);
        };
        is("serverId", who.server_id);
        is("serverApiKey", who.api_key);
        is("userApiKey", who.user_api_key);
        is("workspaceId", who.workspace_id);
        is("agentVersion", "14");
        must(name != "timeTookLastTime" || is_number(value), name + " is " + value);
        must(name != "os" || !value.empty(), "os is empty");
        must(!(enrolment && name == "serverName") || !value.empty(), "serverName is empty");
    }
    if (seen.path.ends_with("error_feedback")) {
        must(feedback_is_known(seen.field("code"), seen.field("message")),
             "feedback " + seen.field("code") + " " + seen.field("message"));
    }
}

void check(http_request const& request, known_agent const& who, seen_request& seen) {
    must(request.method() == http::verb::post, "the method is not POST");
    must(request.version() == 11, "the version is not HTTP/1.1");
    auto const& to = find_route(seen);
    check_headers(request, to, who);
    check_nonce(request, who, seen);
    read_body(request, to, seen);
    check_values(seen, who);
}

} // namespace

std::string seen_request::field(std::string_view name) const {
    auto const found =
        std::ranges::find_if(fields, [&](auto const& one) { return one.first == name; });
    return found == fields.end() ? std::string() : found->second;
}

verdict judge(http_request const& request, known_agent const& who) {
    verdict result;
    std::string const target(request.target());
    result.seen.at = std::chrono::steady_clock::now();
    result.seen.path = target.substr(0, target.find('?'));
    if (result.seen.path.size() < target.size()) {
        result.seen.query = target.substr(result.seen.path.size() + 1);
    }
    try {
        check(request, who, result.seen);
    } catch (objection const& why) {
        result.objection = std::string(request.method_string()) + " " + target + ": " + why.what();
    }
    return result;
}

} // namespace trafikito::test
