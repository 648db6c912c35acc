#pragma once
// Text that must not be printed: the API key, a proxy address that may carry a password. Whoever
// needs it says reveal(), which is easy to find; it has no stream operator and no conversion.

#include <string>
#include <utility>

namespace trafikito::base {

class secret {
public:
    secret() = default;
    explicit secret(std::string text) : text_(std::move(text)) {}

    [[nodiscard]] bool empty() const { return text_.empty(); }

    /// For the place that puts it on the wire, and no other.
    [[nodiscard]] std::string const& reveal() const { return text_; }

    friend bool operator==(secret const&, secret const&) = default;

private:
    std::string text_;
};

} // namespace trafikito::base
