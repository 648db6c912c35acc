#include "server/api/server_url.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "server/security/certificates.hpp"

#include <algorithm>

namespace trafikito::server::api {

namespace {

constexpr std::string_view scheme = "https://";

} // namespace

bool is_server_url(std::string_view text) {
    if (!text.starts_with(scheme)) {
        return false;
    }
    auto const authority = text.substr(scheme.size());
    auto const bracket = authority.rfind(']');
    auto const colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    auto host = authority.substr(0, colon);
    if (colon != std::string_view::npos) {
        auto const port = base::number_in<unsigned short>(authority.substr(colon + 1));
        if (!port || *port == 0) {
            return false;
        }
    }
    bool const v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (v6) {
        host = host.substr(1, host.size() - 2);
    }
    bool const has_colon = host.find(':') != std::string_view::npos;
    return v6 == has_colon && !host.starts_with('-') &&
           security::valid_certificate_name(std::string(host));
}

std::string host_of(std::string_view url) {
    auto host = url.substr(std::min(scheme.size(), url.size()));
    if (host.starts_with('[')) {
        return std::string(host.substr(1, host.find(']') - 1));
    }
    return std::string(host.substr(0, host.find(':')));
}

bool covers(std::vector<std::string> const& names, std::string_view host) {
    auto const wanted = base::lower(host);
    auto const dot = wanted.find('.');
    return std::ranges::any_of(names, [&](std::string const& each) {
        auto const name = base::lower(each);
        return name == wanted || (name.starts_with("*.") && dot != std::string::npos && dot != 0 &&
                                  name.substr(1) == wanted.substr(dot));
    });
}

} // namespace trafikito::server::api
