#pragma once
// What `trafikito-server check` found, as it prints it: one diagnostic for each, then a line that
// counts them.

#include "config/diagnostic.hpp"
#include "server/security/fault.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::server::cli {

class check_findings {
public:
    using level = config::diagnostic::severity;

    void add(config::diagnostic one) { all_.push_back(std::move(one)); }
    void add(level how, std::string const& file, std::string const& what, std::string const& hint);
    void add(std::vector<security::fault> const& faults);
    /// A text of ours for an administrator, `what is wrong: what to do`, as an error.
    void add_text(std::string const& file, std::string const& text);

    /// What keeps it from serving first, each kind in the order in which it was found.
    void worst_first();

    [[nodiscard]] std::vector<config::diagnostic> const& all() const { return all_; }
    [[nodiscard]] std::size_t errors() const;
    [[nodiscard]] std::size_t warnings() const { return all_.size() - errors(); }
    /// `no problems`, `1 error, 2 warnings`.
    [[nodiscard]] std::string summary() const;

private:
    std::vector<config::diagnostic> all_;
};

} // namespace trafikito::server::cli
