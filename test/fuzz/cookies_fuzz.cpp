// The cookies of a browser, and machines' words as names and labels of metrics.
#include "server/people/cookies.hpp"
#include "server/people/metrics_text.hpp"
#include "test/fuzz/fuzz.hpp"

#include "base/utf8.hpp"
#include "server/security/secrets.hpp"

#include <algorithm>

using namespace trafikito;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::as_text(data, size);
    server::http::request from;
    from.headers.emplace_back("Cookie", std::string(input));
    for (auto const name : {server::people::session_cookie, server::people::device_cookie}) {
        auto const found = server::people::cookie_in(from, name);
        fuzz::must(found.empty() || server::security::is_secret(found), "a cookie has its form");
        fuzz::must(found.empty() ||
                       input.find(std::string(name) + "=" + std::string(found)) != input.npos,
                   "a cookie is one of those that came");
    }

    auto const name = server::people::metric_name(input);
    fuzz::must(!name.empty(), "a name is not empty");
    fuzz::must(std::ranges::all_of(name,
                                   [](char c) {
                                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                              (c >= '0' && c <= '9') || c == '_' || c == ':';
                                   }),
               "a name has letters that are allowed");
    auto const label = server::people::label_value(input);
    fuzz::must(base::is_utf8(label) && label.find('\n') == std::string::npos,
               "a label is one line of UTF-8");
    for (std::size_t at = 0; at < label.size(); ++at) {
        if (label[at] == '\\') {
            fuzz::must(++at < label.size(), "a backslash escapes something");
        } else {
            fuzz::must(label[at] != '"', "no quote ends a label");
        }
    }
    return 0;
}
