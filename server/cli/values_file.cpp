#include "server/cli/values_file.hpp"

#include "base/file.hpp"
#include "base/units.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace trafikito::server::cli {

namespace {

constexpr std::size_t most_said = 5; ///< of what is wrong with it, in the log

} // namespace

std::filesystem::path values_file(std::filesystem::path const& data) {
    return data / "values.conf";
}

values::parsed_rules find_rules(std::filesystem::path const& file) {
    auto text = base::read_file(file, values::max_rules_file);
    if (text.content) {
        return values::parse_rules(*text.content, file.string());
    }
    values::parsed_rules none;
    if (!text.missing) {
        auto& one = none.diagnostics.emplace_back();
        one.file = file.string();
        one.what = "the file of rules " + text.problem;
        one.hint = "Make it a file that the server's user may read, or remove it.";
    }
    return none;
}

values_watch::state values_watch::state_now() const {
    struct stat found{};
    if (::stat(file_.c_str(), &found) != 0) {
        return {};
    }
    constexpr std::int64_t second = 1'000'000'000;
    return {.there = true,
            .device = static_cast<std::int64_t>(found.st_dev),
            .node = static_cast<std::int64_t>(found.st_ino),
            .size = found.st_size,
            .changed = found.st_mtim.tv_sec * second + found.st_mtim.tv_nsec};
}

// Looked at before it is read: what changes meanwhile is noticed the next time.
std::shared_ptr<values::rules const> values_watch::look(base::log& log) {
    auto const now = state_now();
    if (now == seen_) {
        return nullptr;
    }
    seen_ = now;
    auto found = find_rules(file_);
    if (!found.diagnostics.empty()) {
        for (std::size_t at = 0; at < std::min(found.diagnostics.size(), most_said); ++at) {
            log.error(found.diagnostics[at].in_one_line());
        }
        log.error("the rules of " + file_.string() +
                  " stay as they were: " + base::count_of(found.diagnostics.size(), "mistake"));
        return nullptr;
    }
    log.info(now.there ? "values are taken by " + base::count_of(found.list.size(), "rule") +
                             " of " + file_.string() + ", and by our own"
                       : file_.string() + " is gone: values are taken by our own rules");
    return std::make_shared<values::rules const>(std::move(found.list));
}

} // namespace trafikito::server::cli
