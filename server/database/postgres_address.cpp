#include "server/database/postgres_address.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace trafikito::server::database {

namespace {

struct free_options {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using options = std::unique_ptr<PQconninfoOption, free_options>;

/// What libpq says of an address that it cannot read repeats parts of it: nobody hears that.
options options_of(std::string const& address) {
    char* words = nullptr;
    options all(PQconninfoParse(address.c_str(), &words));
    PQfreemem(words);
    return all;
}

template <std::size_t size>
bool is_one_of(std::string_view word, std::array<std::string_view, size> const& all) {
    return std::ranges::find(all, word) != all.end();
}

} // namespace

bool is_postgres_address(std::string_view text) {
    return text.starts_with("postgresql:") || text.starts_with("postgres:");
}

std::string problem_of_address(std::string const& address, address_source from) {
    static constexpr std::array<std::string_view, 2> secrets{"password", "sslpassword"};
    auto const all = options_of(address);
    // With a NUL libpq would read the first half.
    if (!all || address.find('\0') != std::string::npos) {
        return "is no address of a PostgreSQL database: postgresql://USER@HOST:PORT/NAME "
               "(a character that means something in a URL is written %XX)";
    }
    for (auto const* one = all.get(); one->keyword != nullptr; ++one) {
        bool const is_set = one->val != nullptr && one->val[0] != '\0';
        if (is_set && from == address_source::command_line && is_one_of(one->keyword, secrets)) {
            return "holds a password, which every user of this machine reads in the command line "
                   "(`ps`): put the address into the environment, as TRAFIKITO_DATABASE, or leave "
                   "its password out and put that into PGPASSWORD or the file ~/.pgpass";
        }
    }
    return {};
}

std::string shown_address(std::string const& address) {
    static constexpr std::array<std::string_view, 5> harmless{"service", "host", "hostaddr", "port",
                                                              "dbname"};
    auto const all = options_of(address);
    std::string shown;
    for (auto const* one = all.get(); one != nullptr && one->keyword != nullptr; ++one) {
        if (!is_one_of(one->keyword, harmless)) {
            continue;
        }
        auto const* value = one->val;
        if (value == nullptr && one->envvar != nullptr) {
            value = std::getenv(one->envvar); // where libpq looks next
        }
        if (value != nullptr && value[0] != '\0') {
            shown += (shown.empty() ? "" : " ") + std::string(one->keyword) + "=" + value;
        }
    }
    return shown.empty() ? "of this machine" : shown;
}

} // namespace trafikito::server::database
