#include "server/cli/feared_loss.hpp"

#include "base/time_text.hpp"
#include "base/units.hpp"

namespace trafikito::server::cli {

namespace {

std::string in_words(store::loss const& loss, effective_limits const& limits) {
    std::string text = "to keep ";
    if (loss.by_age != 0) {
        text += "reports for " + base::in_words(limits.keep) + " only";
    }
    if (loss.by_quota != 0) {
        text += loss.by_age != 0 ? " and " : "";
        text += base::in_bytes(limits.machine_quota) + " of one machine only";
    }
    auto const gone = static_cast<std::size_t>(loss.by_age + loss.by_quota);
    return text + " would delete most of what is stored: " + std::to_string(gone) + " of " +
           base::count_of(static_cast<std::size_t>(loss.stored), "report") + ", " +
           base::in_bytes(static_cast<std::uint64_t>(loss.bytes)) + " of " +
           base::count_of(static_cast<std::size_t>(loss.machines), "machine");
}

} // namespace

std::optional<std::string> feared_loss(store::store& kept, effective_limits const& limits,
                                       std::uint64_t quota_before) {
    auto const quota = limits.machine_quota;
    bool const smaller = quota != 0 && (quota_before == 0 || quota < quota_before);
    auto const loss =
        kept.would_forget_most({.keep = limits.keep, .machine_quota = smaller ? quota : 0});
    return loss ? std::optional(in_words(*loss, limits)) : std::nullopt;
}

} // namespace trafikito::server::cli
