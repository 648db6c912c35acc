#include "net/link/exchange_error.hpp"

#include <string>

namespace trafikito::net::link {

namespace {

class category : public boost::system::error_category {
public:
    [[nodiscard]] char const* name() const noexcept override { return "trafikito.exchange"; }

    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<exchange_error>(value)) {
        case exchange_error::too_many_fields:
            return "the header of the answer has more than 128 fields";
        case exchange_error::too_many_interim_answers:
            return "the peer sends one interim answer (1xx) after the other";
        case exchange_error::bytes_after_tunnel:
            return "the proxy sent more than its answer";
        case exchange_error::content_got_shorter:
            return "the file with the report got shorter while it was sent";
        }
        return "unknown";
    }
};

} // namespace

boost::system::error_category const& exchange_category() {
    static category const only;
    return only;
}

} // namespace trafikito::net::link
