#pragma once
// For the suites of `why`.

#include "test/e2e/installation.hpp"

#include <string>

namespace trafikito::test {

inline std::string last_line(std::string text) {
    if (text.ends_with('\n')) {
        text.pop_back();
    }
    return text.substr(text.rfind('\n') + 1);
}

inline bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

/// An API that gives an order, and an agent on an interval of an hour.
struct asking_fixture : pair {
    explicit asking_fixture(int version = 2) : pair(version) {
        commands("trafikito_one=\"echo 1\"\n");
        order({{version == 1 ? "tok,trafikito_one" : "tok one 55 0"}});
        there.environment["TRAFIKITO_INTERVAL"] = "1h";
    }
};

} // namespace trafikito::test
