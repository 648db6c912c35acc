#include "agent/diagnosis/driver.hpp"

#include "agent/diagnosis/processes.hpp"
#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/printable.hpp"
#include "config/load.hpp"

#include <algorithm>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_crontab = 256UL * 1024;
constexpr std::size_t max_unit = 64UL * 1024;
constexpr std::string_view program = "trafikito-agent";
constexpr std::string_view once = "--once";

void read_crontab(fs::path const& file, crontab_reader const& each) {
    auto const text = base::read_file(file, max_crontab).content.value_or("");
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        auto const trimmed = base::trim(line->text);
        if (!trimmed.empty() && !trimmed.starts_with('#')) {
            each(file, trimmed);
        }
    }
}

std::string find_crontab(known const& so_far) {
    std::string found;
    read_crontabs(so_far, [&](fs::path const& file, std::string_view line) {
        if (found.empty() && begins_cycles(line, so_far)) {
            found = file.string() + " (" + base::for_line(line, 100) + ")";
        }
    });
    return found;
}

/// NAME.timer beside, or above, a NAME.service that does them.
std::string find_timer(known const& so_far) {
    std::error_code ignored;
    for (auto const* const folder :
         {"etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system",
          "usr/lib/systemd/system", "lib/systemd/system"}) {
        std::error_code failed;
        for (fs::directory_iterator at(so_far.at_root(folder), failed);
             !failed && at != fs::directory_iterator(); at.increment(failed)) {
            auto timer = at->path();
            if (timer.extension() != ".timer") {
                continue;
            }
            auto const service = fs::path(timer).replace_extension(".service");
            auto const text = base::read_file(service, max_unit).content.value_or("");
            if (is_unit_of_cycles(text) && begins_cycles(text, so_far) &&
                fs::exists(timer, ignored)) {
                return "the timer " + timer.filename().string();
            }
        }
    }
    return {};
}

/// `while …; do trafikito-agent --once …; sleep 60; done`
std::string find_loop(known const& so_far) {
    for (auto const& one : other_processes()) {
        if (is_agents_program(one)) {
            continue;
        }
        std::string line;
        for (auto const& word : one.words) {
            line += word + ' ';
        }
        if (begins_cycles(line, so_far)) {
            return one.in_words();
        }
    }
    return {};
}

} // namespace

void read_crontabs(known const& so_far, crontab_reader const& each) {
    read_crontab(so_far.at_root("etc/crontab"), each);
    for (auto const* const folder : {"etc/cron.d", "var/spool/cron/crontabs", "var/spool/cron"}) {
        std::error_code failed;
        for (fs::directory_iterator at(so_far.at_root(folder), failed);
             !failed && at != fs::directory_iterator(); at.increment(failed)) {
            std::error_code ignored;
            if (at->is_regular_file(ignored)) {
                read_crontab(at->path(), each);
            }
        }
    }
}

bool begins_cycles(std::string_view line, known const& so_far) {
    if (line.find(program) == std::string_view::npos || line.find(once) == std::string_view::npos) {
        return false;
    }
    bool const named = line.find("--config") != std::string_view::npos ||
                       line.find(" -c ") != std::string_view::npos ||
                       line.find("TRAFIKITO_CONFIG") != std::string_view::npos;
    auto const& file = so_far.asked.config_file.native();
    return named ? line.find(file) != std::string_view::npos
                 : config::choose_config_file({}).file == so_far.asked.config_file;
}

std::string find_driver(known const& so_far) {
    auto found = find_crontab(so_far);
    if (found.empty()) {
        found = find_timer(so_far);
    }
    return found.empty() ? find_loop(so_far) : found;
}

bool is_unit_of_cycles(std::string_view unit) {
    base::line_reader lines(unit);
    while (auto const line = lines.next()) {
        if (base::trim(line->text).starts_with("ExecStart=") &&
            line->text.find(once) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

} // namespace trafikito::agent::diagnosis
