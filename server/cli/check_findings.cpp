#include "server/cli/check_findings.hpp"

#include "base/stable_sort.hpp"
#include "base/units.hpp"

#include <algorithm>

namespace trafikito::server::cli {

void check_findings::add(level how, std::string const& file, std::string const& what,
                         std::string const& hint) {
    config::diagnostic one;
    one.level = how;
    one.file = file;
    one.what = what;
    one.hint = hint;
    all_.push_back(std::move(one));
}

void check_findings::add(std::vector<security::fault> const& faults) {
    for (auto const& one : faults) {
        add(one.stops ? level::error : level::warning, one.file.string(), one.what, one.hint);
    }
}

void check_findings::add_text(std::string const& file, std::string const& text) {
    add(level::error, file, text, {});
}

void check_findings::worst_first() {
    base::stable_sort(all_,
                      [](config::diagnostic const& one) { return one.level != level::error; });
}

std::size_t check_findings::errors() const {
    return static_cast<std::size_t>(
        std::ranges::count(all_, level::error, &config::diagnostic::level));
}

std::string check_findings::summary() const {
    if (all_.empty()) {
        return "no problems";
    }
    auto text = errors() == 0 ? std::string() : base::count_of(errors(), "error");
    if (warnings() != 0) {
        text += (text.empty() ? "" : ", ") + base::count_of(warnings(), "warning");
    }
    return text;
}

} // namespace trafikito::server::cli
