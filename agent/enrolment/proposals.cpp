#include "agent/enrolment/proposals.hpp"

#include "base/ascii.hpp"
#include "base/printable.hpp"
#include "net/api/default_commands.hpp"

#include <algorithm>
#include <set>

namespace trafikito::agent::enrolment {

namespace {

constexpr std::size_t max_shown = 200;   ///< bytes of a line that is kept as a comment
constexpr std::size_t max_strange = 64;  ///< lines that were not proposed
constexpr std::size_t max_comments = 64; ///< and blank ones

/// The name, if this is a default command as this machine would write it.
std::string_view proposed_name(std::string_view line) {
    using net::api::default_commands;
    auto const found = std::ranges::find_if(default_commands, [&](auto const& one) {
        auto const name = line.substr(0, one.name.size());
        auto rest = line.substr(name.size());
        if (name != one.name || !rest.starts_with("=\"") || !rest.ends_with('"')) {
            return false;
        }
        rest.remove_prefix(2);
        return !rest.empty() && one.is(rest.substr(0, rest.size() - 1));
    });
    return found == default_commands.end() ? std::string_view() : found->name;
}

class judge {
public:
    void look_at(std::string_view line) {
        while (!line.empty() && base::is_space(line.back())) {
            line.remove_suffix(1);
        }
        auto const name = proposed_name(line);
        if (!name.empty()) {
            if (seen_.insert(name).second) {
                list_.text += std::string(line) + '\n';
                ++list_.commands;
            }
        } else if (line.empty() || (line.starts_with('#') && !line.starts_with("#:"))) {
            if (++comments_ <= max_comments) {
                list_.text += base::one_line(line, max_shown) + '\n';
            }
        } else {
            add_strange(line);
        }
    }

    judged_list take() {
        if (list_.more_strange != 0) {
            list_.text += "# not proposed by this machine: " + std::to_string(list_.more_strange) +
                          " more lines, left out\n";
        }
        return std::move(list_);
    }

private:
    void add_strange(std::string_view line) {
        if (list_.strange.size() == max_strange) {
            ++list_.more_strange;
            return;
        }
        list_.strange.push_back(base::one_line(line, max_shown));
        list_.text += "# not proposed by this machine: " + list_.strange.back() + '\n';
    }

    judged_list list_;
    std::set<std::string_view> seen_;
    std::size_t comments_ = 0;
};

} // namespace

judged_list judge_list(std::string_view answer) {
    judge all;
    while (!answer.empty()) {
        auto const line = answer.substr(0, answer.find('\n'));
        answer.remove_prefix(std::min(line.size() + 1, answer.size()));
        all.look_at(line);
    }
    return all.take();
}

} // namespace trafikito::agent::enrolment
