#include "base/redactor.hpp"

#include <string_view>

namespace trafikito::base {

namespace {

constexpr std::size_t shortest = 4;
constexpr std::string_view blank = "…";

} // namespace

redactor redactor::with(secret one) const {
    auto more = *this;
    more.secrets_.push_back(std::move(one));
    return more;
}

std::string redactor::operator()(std::string text) const {
    for (auto const& one : secrets_) {
        auto const& secret = one.reveal();
        if (secret.size() < shortest) {
            continue;
        }
        for (auto at = text.find(secret); at != std::string::npos;
             at = text.find(secret, at + blank.size())) {
            text.replace(at, secret.size(), blank);
        }
    }
    return text;
}

} // namespace trafikito::base
