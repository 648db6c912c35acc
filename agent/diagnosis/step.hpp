#pragma once
// What one step of `why` came to. Plain data: the steps make it, agent/cli prints it, and
// root_cause() picks the one sentence at the end. Holds no secret; a text may hold what a stranger
// wrote, which whoever prints it makes harmless.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::diagnosis {

enum class verdict : std::uint8_t {
    ok,
    note,   ///< nothing is wrong, yet it is worth to be known
    wrong,  ///< it keeps data from coming, now or soon
    unseen, ///< who runs `why` may not look
    skipped ///< what came before left nothing to look at
};

/// `ok`, `note`, `wrong`, `unseen`, `skipped`
std::string_view name_of(verdict value);

/// What is nearer to the root stands first: of several causes that one is told, and what follows
/// from it is not.
enum class rank : std::uint8_t {
    no_configuration,
    configuration, ///< with which no agent starts
    user,          ///< run_as
    stopped,       ///< var/STOP
    clock,
    open_to_others, ///< StrictModes
    access,         ///< the agent's user may not read or write it
    list,
    checked,       ///< what else `check` calls an error
    another_agent, ///< that has the lock, or is the same server
    unit,          ///< masked, failed, disabled or stopped
    shell_agent,
    frozen, ///< the daemon is there and does nothing
    trust,  ///< files of ours that TLS needs
    names,
    proxy,
    connection,
    handshake,
    answer, ///< of somebody else, or none
    refused_key,
    pace, ///< "too early"
    order,
    disk,
    no_agent,    ///< none runs, and nothing is wrong with what would start it
    earlier_one, ///< the agent runs with an earlier configuration
    last_cycles, ///< what they said
    spool,
    later ///< the next start of the agent will fail
};

struct cause {
    diagnosis::rank rank = diagnosis::rank::last_cycles;
    std::string sentence; ///< what is wrong and what that means; no full stop
    std::string advice;   ///< what to do, in words; may be empty
    std::string command;  ///< what to type; may be empty
};

struct step {
    std::string id; ///< `configuration`: for programs
    verdict is = verdict::ok;
    std::chrono::milliseconds took{0};
    std::string text;                 ///< one line
    std::vector<std::string> details; ///< a line each
    std::vector<cause> causes;        ///< of what is wrong

    void add(cause one) {
        is = verdict::wrong;
        causes.push_back(std::move(one));
    }
    /// The verdict, unless one that is worse was there before.
    void at_least(verdict other);
};

/// Nothing where no step found anything wrong.
std::optional<cause> root_cause(std::vector<step> const& steps);

/// `SENTENCE; ADVICE; mend it: COMMAND`; behind a question a sentence of its own.
std::string in_one_sentence(cause const& of);

} // namespace trafikito::agent::diagnosis
