#include "agent/persistence/audit.hpp"

#include "base/printable.hpp"
#include "base/units.hpp"

#include <cstdint>
#include <system_error>

namespace trafikito::agent::persistence {

namespace {

constexpr base::file_limits limits{4ULL * 1024 * 1024, SIZE_MAX};
constexpr std::size_t max_line = 4096;

} // namespace

audit::audit(std::filesystem::path const& var_dir, base::clock& time, base::log& log)
    : file_(var_dir / "audit.log", limits), time_(time), log_(log) {}

void audit::ordered(std::vector<std::string> const& names, std::string_view how) {
    std::string list(how);
    list += ": " + base::count_of(names.size(), "name");
    for (auto const& name : names) {
        list += (&name == &names.front() ? ": " : ", ") + name;
    }
    add("ordered", list);
}

void audit::ran(std::string_view what) {
    add("ran", what);
}

void audit::refused(std::string_view name, std::string_view reason) {
    add("refused", std::string(name) + ": " + std::string(reason));
}

void audit::sent(std::string_view what) {
    add("sent", what);
}

void audit::widget(std::string_view what) {
    add("widget", what);
}

void audit::stopped(std::string_view reason) {
    add("stopped", reason);
}

void audit::add(std::string_view event, std::string_view what) {
    constexpr std::size_t width = 9;
    std::string word(event);
    word.resize(std::max(width, word.size()), ' ');
    auto const line = base::local_time(time_.stamp()) + "  " + word +
                      base::one_line(log_.redacted(what), max_line) + '\n';
    int const error = look_ ? file_.append(line) : file_.append_further(line);
    look_ = error != 0;
    log_.on_change(base::severity::warning, "audit",
                   error == 0 ? ""
                              : file_.path().string() + " cannot be written: " +
                                    std::generic_category().message(error) +
                                    "; what the API asks of this machine is not on record",
                   "audit.log is written again");
}

} // namespace trafikito::agent::persistence
