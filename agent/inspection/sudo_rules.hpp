#pragma once
// Whether sudo would run a program for somebody without asking for a password, as far as the files
// of sudoers(5) say it: sudo itself is not asked, which would log and could write mail. Where they
// say more than is understood here, it would. Pure text, but for load_sudo_rules().

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::inspection {

struct sudo_rules {
    std::string text; ///< of all files, one behind the other

    enum class answer : std::uint8_t {
        runs,
        wants_password, ///< there is a rule, without NOPASSWD
        refused,        ///< there is none
        wants_terminal  ///< Defaults requiretty
    };
    /// `groups` by name; `program` is a whole path.
    [[nodiscard]] answer ask(std::string_view user, std::span<std::string const> groups,
                             std::string_view program) const;
};

/// /etc/sudoers and what it includes of /etc/sudoers.d; nothing when they cannot be read (root
/// alone can), or include something else.
std::optional<sudo_rules> load_sudo_rules(std::filesystem::path const& root = "/");

} // namespace trafikito::agent::inspection
