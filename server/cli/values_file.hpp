#pragma once
// The file values.conf in the data directory (values/rules_text.hpp has its form): read by serve
// when it changes, by check, and by values. That there is none is right.

#include "base/log.hpp"
#include "server/values/rules.hpp"
#include "server/values/rules_text.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace trafikito::server::cli {

std::filesystem::path values_file(std::filesystem::path const& data);

/// That it cannot be read is a diagnostic, too.
values::parsed_rules find_rules(std::filesystem::path const& file);

/// Notices when the file changes. One thread uses it.
class values_watch {
public:
    explicit values_watch(std::filesystem::path const& data) : file_(values_file(data)) {}

    /// The rules that hold from now on; null when they are the same as before, or the file is
    /// broken: that is said, once, and the last good ones stay.
    std::shared_ptr<values::rules const> look(base::log& log);

private:
    /// What of the file tells that it is another one.
    struct state {
        bool there = false;
        std::int64_t device = 0;
        std::int64_t node = 0;
        std::int64_t size = 0;
        std::int64_t changed = 0; ///< nanoseconds

        friend bool operator==(state const&, state const&) = default;
    };
    [[nodiscard]] state state_now() const;

    std::filesystem::path file_;
    state seen_;
};

} // namespace trafikito::server::cli
