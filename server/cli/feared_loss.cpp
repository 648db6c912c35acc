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
    if (loss.by_size != 0) {
        text += loss.by_age + loss.by_quota != 0 ? " and " : "";
        text += base::in_bytes(limits.keep_size) + " of all only";
    }
    auto const gone = static_cast<std::size_t>(loss.by_age + loss.by_quota + loss.by_size);
    return text + " would delete most of what is stored: " + std::to_string(gone) + " of " +
           base::count_of(static_cast<std::size_t>(loss.stored), "report") + ", " +
           base::in_bytes(static_cast<std::uint64_t>(loss.bytes)) + " of " +
           base::count_of(static_cast<std::size_t>(loss.machines), "machine");
}

} // namespace

bool is_smaller(std::uint64_t bound, std::uint64_t before) {
    return bound != 0 && (before == 0 || bound < before);
}

std::optional<std::string> feared_loss(store::store& kept, effective_limits const& limits,
                                       std::uint64_t quota_before, std::uint64_t size_before) {
    auto planned = settings_of(limits);
    planned.machine_quota =
        is_smaller(limits.machine_quota, quota_before) ? limits.machine_quota : 0;
    planned.keep_size = is_smaller(limits.keep_size, size_before) ? limits.keep_size : 0;
    if (auto const loss = kept.would_forget_most(planned)) {
        return in_words(*loss, limits);
    }
    if (auto const loss = kept.would_forget_most_values(planned)) {
        return "to keep values for " + base::in_words(limits.keep_values) +
               " only would delete most of them: " + std::to_string(loss->values) + " of " +
               base::count_of(static_cast<std::size_t>(loss->blocks), "block");
    }
    return std::nullopt;
}

} // namespace trafikito::server::cli
