#pragma once
// Takes secrets out of texts of which they may be part: a careless peer may echo what it was sent.
// Whoever shows a text from outside gives it to the redactor that knows what was sent there.

#include "base/secret.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace trafikito::base {

class redactor {
public:
    redactor() = default;
    redactor(std::initializer_list<secret> secrets) : secrets_(secrets) {}

    /// One that knows this one, too.
    [[nodiscard]] redactor with(secret one) const;

    /// `text` with `…` in place of each secret. One of less than four characters stays: it would
    /// blank out half of every text. To be asked before a text is cut, or half a secret could stay
    /// at its end.
    [[nodiscard]] std::string operator()(std::string text) const;

private:
    std::vector<secret> secrets_;
};

} // namespace trafikito::base
