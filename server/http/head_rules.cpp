#include "server/http/head_rules.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace trafikito::server::http {

namespace http = boost::beast::http;

namespace {

using fault = std::optional<head_fault>;

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

std::size_t count(http::request_header<> const& head, http::field name) {
    auto const [first, end] = head.equal_range(name);
    return static_cast<std::size_t>(std::distance(first, end));
}

// RFC 9112, 6.3 lets equal lengths count as one, and who is in front of us may not.
fault fault_of_length(http::request_header<> const& head) {
    auto const lengths = count(head, http::field::content_length);
    auto const value = view(head[http::field::content_length]);
    if (lengths > 1 || !std::ranges::all_of(value, base::is_digit)) {
        return head_fault{400, "it has more than one Content-Length"};
    }
    return std::nullopt;
}

// RFC 9112, 6.1 and 6.3: no coding but `chunked`, which is the last and only one; never beside a
// length; unknown to HTTP/1.0.
fault fault_of_framing(http::request_header<> const& head) {
    auto const codings = count(head, http::field::transfer_encoding);
    if (codings == 0) {
        return std::nullopt;
    }
    if (count(head, http::field::content_length) != 0) {
        return head_fault{400, "it has both Transfer-Encoding and Content-Length"};
    }
    if (head.version() < 11) {
        return head_fault{400, "HTTP/1.0 has no Transfer-Encoding"};
    }
    auto const coding = view(head[http::field::transfer_encoding]);
    if (codings != 1 || !base::equals_ignoring_case(coding, "chunked")) {
        return head_fault{501, "its Transfer-Encoding is another than chunked"};
    }
    return std::nullopt;
}

bool is_host(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return base::is_word(c) ||
               std::string_view("-.~%!$&'()*+;=:[]").find(c) != std::string_view::npos;
    });
}

// RFC 9112, 3.2.
fault fault_of_host(http::request_header<> const& head) {
    auto const hosts = count(head, http::field::host);
    if (hosts == 0 && head.version() >= 11) {
        return head_fault{400, "it has no Host"};
    }
    if (hosts > 1) {
        return head_fault{400, "it has more than one Host"};
    }
    if (!is_host(view(head[http::field::host]))) {
        return head_fault{400, "its Host is no host"};
    }
    return std::nullopt;
}

bool is_absolute(std::string_view target) {
    return target.size() > 7 &&
           (base::equals_ignoring_case(target.substr(0, 7), "http://") ||
            (base::equals_ignoring_case(target.substr(0, 8), "https://") && target.size() > 8));
}

// RFC 9112, 3.2: of its forms, authority-form is for CONNECT, which nobody answers here.
fault fault_of_target(http::request_header<> const& head) {
    auto const target = view(head.target());
    bool const asterisk = target == "*" && head.method() == http::verb::options;
    if (target.starts_with('/') || is_absolute(target) || asterisk) {
        return std::nullopt;
    }
    return head_fault{400, "its target is neither a path nor an address"};
}

// RFC 9110, 10.1.1.
fault fault_of_expectation(http::request_header<> const& head) {
    auto const [first, end] = head.equal_range(http::field::expect);
    bool const known = std::all_of(first, end, [](auto const& one) {
        return base::equals_ignoring_case(view(one.value()), "100-continue");
    });
    if (!known) {
        return head_fault{417, "it expects another thing than 100-continue"};
    }
    return std::nullopt;
}

} // namespace

fault find_fault(http::request_header<> const& head) {
    for (auto* const rule : {fault_of_framing, fault_of_length, fault_of_host, fault_of_target,
                             fault_of_expectation}) {
        if (auto wrong = rule(head)) {
            return wrong;
        }
    }
    return std::nullopt;
}

} // namespace trafikito::server::http
