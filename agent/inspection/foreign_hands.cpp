#include "agent/inspection/foreign_hands.hpp"

#include "agent/persistence/strict_modes.hpp"
#include "base/path_walk.hpp"

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;

namespace {

bool is_on_the_way(fs::path const& step, fs::path const& to) {
    auto const relative = to.lexically_relative(step);
    return !relative.empty() && *relative.begin() != "..";
}

} // namespace

std::optional<script_fault> find_foreign_hand(fs::path const& file, uid_t runner,
                                              std::string const& name_of_runner,
                                              fs::path const& judged) {
    for (auto const& one : persistence::judge(base::path_walk().look(file), runner)) {
        if (!is_on_the_way(one.path, judged)) {
            return script_fault{one.path.string() + ": " + one.what +
                                    ": whoever does that runs what they like as " + name_of_runner,
                                one.advice()};
        }
    }
    return std::nullopt;
}

} // namespace trafikito::agent::inspection
