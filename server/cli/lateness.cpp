#include "server/cli/lateness.hpp"

#include "base/time_text.hpp"
#include "server/cli/screen.hpp"

namespace trafikito::server::cli {

std::string time_and_age(base::wall_time time, base::wall_time now) {
    auto const age = std::chrono::floor<std::chrono::seconds>(now - time);
    auto const text = time_in_table(time) + ", ";
    if (age.count() == 0) {
        return text + "just now";
    }
    return age.count() < 0 ? text + "in " + base::in_words(-age) + " by this clock"
                           : text + base::in_words(age) + " ago";
}

} // namespace trafikito::server::cli
