// trafikito-server clock: whether what is old is deleted by the wall clock, and the administrator's
// word that it is right.
#include "base/time_text.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"

#include <algorithm>

namespace trafikito::server::cli {

int run(clock_options const& options, base::console& to) {
    auto store = open_store(options.data,
                            options.believe ? store::access::read_write : store::access::read_only);
    auto const clock = store.clock();
    if (!clock.doubted) {
        to.out << "the clock is believed: " << base::local_time(store.now()) << '\n';
        return 0;
    }
    to.out << "the clock says " << base::local_time(store.now()) << " where "
           << base::local_time(clock.expected)
           << " was expected: it was set, or the server was off\n";
    if (options.believe) {
        store.say_clock_is_right();
        to.out << "a server that runs believes it within a minute, one that does not at its next "
                  "start: what is too old by it is deleted then\n";
        return 0;
    }
    auto const left = std::chrono::duration_cast<std::chrono::seconds>(
        std::max(std::chrono::milliseconds(0), store::retention_clock::trial - clock.stood));
    to.out << "no old report is deleted by it for another " << base::in_words(left)
           << " of running; then it is believed, and nothing is older for that. If it is right: "
              "`trafikito-server clock --believe`\n";
    return 1;
}

} // namespace trafikito::server::cli
