// Step 11: reports that wait for the API. It looks at their files, and opens none.
#include "agent/diagnosis/steps.hpp"

#include "base/time_text.hpp"
#include "base/units.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

namespace {

using std::chrono::seconds;

struct waiting {
    std::size_t reports = 0;
    std::size_t damaged = 0;
    std::uint64_t size = 0;
    std::optional<std::time_t> oldest;
};

waiting look_into(fs::path const& spool, std::error_code& failed) {
    waiting found;
    for (fs::directory_iterator at(spool, failed); !failed && at != fs::directory_iterator();
         at.increment(failed)) {
        struct stat facts{};
        if (::lstat(at->path().c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
            continue;
        }
        if (at->path().native().ends_with(".damaged")) {
            ++found.damaged;
            continue;
        }
        ++found.reports;
        found.size += static_cast<std::uint64_t>(facts.st_size);
        found.oldest =
            found.oldest ? std::min(*found.oldest, facts.st_mtim.tv_sec) : facts.st_mtim.tv_sec;
    }
    return found;
}

} // namespace

step look_at_spool(known& so_far) {
    step result;
    auto const& settings = so_far.settings();
    auto const spool = settings.var_dir / "spool";
    std::error_code failed;
    auto const found = look_into(spool, failed);
    if (failed && failed != std::errc::no_such_file_or_directory) {
        result.is = so_far.sees_as_daemon() ? verdict::note : verdict::unseen;
        result.text = spool.string() + ": " + failed.message();
        return result;
    }
    if (found.damaged != 0) {
        result.at_least(verdict::note);
        result.details.push_back(base::count_of(found.damaged, "damaged report") +
                                 " set aside in " + spool.string());
    }
    if (found.reports == 0) {
        result.text = "no report waits";
        return result;
    }
    auto const age = seconds(std::max<std::time_t>(std::time(nullptr) - *found.oldest, 0));
    result.at_least(verdict::note);
    result.text = base::count_of(found.reports, "report") + " of " + base::in_bytes(found.size) +
                  " wait, the oldest since " + base::in_words(age);
    if (found.size > settings.spool_max_size / 10 * 9) {
        result.add({.rank = rank::spool,
                    .sentence = "the spool is full (" + base::in_bytes(found.size) + " of " +
                                base::in_bytes(settings.spool_max_size) +
                                "): the oldest reports are given up",
                    .advice = "they are sent as soon as the API takes reports; for longer outages "
                              "raise spool_max_size in " +
                              settings.config_file.string(),
                    .command = {}});
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
