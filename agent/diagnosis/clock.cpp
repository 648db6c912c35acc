// Step 7: whether the wall clock can be right. Certificates are judged by it.
#include "agent/diagnosis/steps.hpp"

#include "agent/persistence/record_file.hpp"
#include "base/time_text.hpp"

#include <sys/stat.h>
#include <sys/timex.h>

#include <cstdlib>

namespace trafikito::agent::diagnosis {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr seconds slack{std::chrono::hours{1}};
/// This program is from later: a clock that says less is wrong.
constexpr sys_seconds oldest = std::chrono::sys_days{std::chrono::year{2025} / 1 / 1};
constexpr sys_seconds newest = std::chrono::sys_days{std::chrono::year{2060} / 1 / 1};

constexpr char const* set_it = "timedatectl set-ntp true || ntpd -gq || chronyc makestep";

/// The latest time of what the agent wrote: a clock was there once.
std::optional<sys_seconds> latest_in(known const& so_far) {
    std::optional<sys_seconds> latest;
    auto const& settings = so_far.settings();
    for (auto const& file :
         {settings.config_file, settings.available_commands, settings.var_dir / "trafikito.status",
          settings.var_dir / "trafikito.state", settings.var_dir / "audit.log"}) {
        struct stat facts{};
        if (::stat(file.c_str(), &facts) == 0) {
            sys_seconds const written{seconds(facts.st_mtim.tv_sec)};
            latest = latest ? std::max(*latest, written) : written;
        }
    }
    return latest;
}

/// By how much the wall clock was set since the agent wrote its times down: both clocks of then
/// stand beside each other. That alone does not tell which of the two times is right.
seconds jump_since(known const& so_far) {
    std::vector<base::timestamp> written;
    if (so_far.state && so_far.state->asked_at) {
        written.push_back(*so_far.state->asked_at);
    }
    if (so_far.status) {
        written.push_back(so_far.status->started);
    }
    auto const now = base::timestamp::now();
    for (auto const& then : written) {
        auto const set = (now.wall - then.wall) - (now.up - then.up);
        if (then.boot == now.boot && !now.boot.empty() && (set > slack || -set > slack)) {
            return std::chrono::duration_cast<seconds>(set);
        }
    }
    return seconds(0);
}

cause wrong_clock(std::string what) {
    return {.rank = rank::clock,
            .sentence = "this machine's clock is wrong (" + std::move(what) +
                        "): no certificate can be judged by it",
            .advice = "set it",
            .command = set_it};
}

} // namespace

cause clock_that_was_set(known const& so_far) {
    return wrong_clock(
        "it was set " + base::in_words(seconds(std::llabs(so_far.clock_jump.count()))) +
        (so_far.clock_jump > seconds(0) ? " forward" : " back") + " since the agent started");
}

std::string clock_command() {
    return set_it;
}

step look_at_clock(known& so_far) {
    step result;
    auto const now = std::chrono::time_point_cast<seconds>(std::chrono::system_clock::now());
    auto const shown = base::local_time(base::moment(now));
    result.text = "it says " + shown;
    if (now < oldest || now > newest) {
        result.add(wrong_clock("it says " + shown));
        return result;
    }
    if (auto const latest = latest_in(so_far); latest && *latest > now + slack) {
        auto const ahead = base::in_words(*latest - now);
        result.add(wrong_clock("it says " + shown + ", and files of the agent were written " +
                               ahead + " later"));
    }
    so_far.clock_jump = jump_since(so_far);
    if (so_far.clock_jump != seconds(0)) {
        result.at_least(verdict::note);
        result.details.push_back(
            "it was set " + base::in_words(seconds(std::llabs(so_far.clock_jump.count()))) +
            (so_far.clock_jump > seconds(0) ? " forward" : " back") + " since the agent started");
    }
    timex clock{};
    if (::adjtimex(&clock) >= 0 && (static_cast<unsigned>(clock.status) & STA_UNSYNC) != 0) {
        result.text += "; nothing keeps it right (not synchronised)";
        result.at_least(verdict::note);
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
