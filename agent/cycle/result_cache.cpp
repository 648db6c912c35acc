#include "agent/cycle/result_cache.hpp"

namespace trafikito::agent::cycle {

std::optional<result_cache::earlier> result_cache::find(std::string const& name,
                                                        std::chrono::milliseconds every,
                                                        base::clock::steady_time now) const {
    auto const found = entries_.find(name);
    // Half a second of grace: cycles are due at multiples of the interval, but begin a little
    // later.
    if (found == entries_.end() ||
        now - found->second.began + std::chrono::milliseconds(500) >= every) {
        return std::nullopt;
    }
    auto const age = std::chrono::duration_cast<std::chrono::seconds>(now - found->second.began);
    return earlier{found->second.result, age};
}

void result_cache::keep(exec::result const& ended, base::clock::steady_time began,
                        std::filesystem::path const& directory) {
    entries_.erase(ended.name);
    if (ended.end == exec::result::ending::not_started || ended.cut_short) {
        return;
    }
    auto copy = ended;
    copy.output = ended.output.copied_to(std::make_shared<exec::scratch_file>(directory));
    entries_.emplace(ended.name, entry{std::move(copy), began});
}

} // namespace trafikito::agent::cycle
