#pragma once
// The time zone of this process for the length of a scope: text of times must not depend on where a
// test runs.

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace trafikito::test {

class in_time_zone {
public:
    /// A name of the zone data base, or POSIX's form: `CET-1CEST,M3.5.0,M10.5.0/3`.
    explicit in_time_zone(char const* zone) {
        if (char const* const before = std::getenv("TZ")) {
            before_ = before;
        }
        ::setenv("TZ", zone, 1);
        ::tzset();
    }
    ~in_time_zone() {
        before_ ? ::setenv("TZ", before_->c_str(), 1) : ::unsetenv("TZ");
        ::tzset();
    }
    in_time_zone(in_time_zone const&) = delete;
    in_time_zone& operator=(in_time_zone const&) = delete;

private:
    std::optional<std::string> before_;
};

} // namespace trafikito::test
