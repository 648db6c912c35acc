#include "net/link/failure.hpp"

#include <boost/throw_exception.hpp>

namespace trafikito::net::link {

namespace {

std::string_view phrase(step value) {
    switch (value) {
    case step::address:
        return "address";
    case step::resolve:
        return "look-up of";
    case step::connect:
        return "connection to";
    case step::proxy:
        return "proxy on the way to";
    case step::handshake:
        return "handshake with";
    case step::send:
        return "request to";
    case step::wait:
        return "waiting for";
    case step::receive:
        return "receiving from";
    case step::answer:
        return "answer of";
    }
    return "request to";
}

} // namespace

std::string_view name_of(step value) {
    switch (value) {
    case step::address:
        return "address";
    case step::resolve:
        return "resolve";
    case step::connect:
        return "connect";
    case step::proxy:
        return "proxy";
    case step::handshake:
        return "handshake";
    case step::send:
        return "send";
    case step::wait:
        return "wait";
    case step::receive:
        return "receive";
    case step::answer:
        return "answer";
    }
    return "unknown";
}

std::string failure::message() const {
    std::string text(peer.empty() ? name_of(at) : phrase(at));
    if (!peer.empty()) {
        text += ' ' + peer;
    }
    text += ": " + what;
    if (!hint.empty()) {
        text += "; " + hint;
    }
    return text;
}

request_failed::request_failed(failure why)
    : std::runtime_error(why.message()), why_(std::move(why)) {}

void throw_exception_from_error(failure const& why, boost::source_location const& where) {
    boost::throw_exception(request_failed(why), where);
}

bool is_retryable_status(unsigned status) {
    return status == 408 || status == 429 || status / 100 == 5;
}

} // namespace trafikito::net::link
