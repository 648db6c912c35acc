#pragma once
// All rules that hold: an administrator's own (values.conf) and ours, found by the name of the
// command. Made once, then read by whoever takes values (take.hpp); never changed.

#include "server/values/rule.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace trafikito::server::values {

class rules {
public:
    /// With ours behind them, but for those whose command and name they have.
    explicit rules(std::vector<rule> own = {});

    struct entry {
        rule what;
        /// Rules of the same value have the same number: ours by their name, for any command; an
        /// administrator's by command and name. Of several that of the first one counts.
        std::size_t value = 0;
        std::vector<std::size_t> names; ///< the values that a formula names, in their order
    };
    struct of_command {
        std::string command;
        std::size_t rank = 0;              ///< the lower one is applied first
        bool only_own = false;             ///< nothing is recognised by itself
        std::vector<std::string> unwanted; ///< of what is, these names are not taken
        std::vector<entry> list;
    };
    /// Null when there is none.
    [[nodiscard]] of_command const* find(std::string_view command) const;
    [[nodiscard]] std::size_t values() const { return values_; } ///< one more than the highest

private:
    struct hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    class maker;

    std::unordered_map<std::string, of_command, hash, std::equal_to<>> commands_;
    std::size_t values_ = 0;
};

} // namespace trafikito::server::values
