#pragma once
// Why there is no data of a machine, as far as the server knows: what `trafikito-server why` reads,
// and what it makes of it. The judgement is pure: facts in, lines and one sentence out.

#include "server/cli/house.hpp"
#include "server/store/store.hpp"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::cli {

/// What is known of a machine, or of what somebody called one.
struct machine_facts {
    std::string asked; ///< for: an id or a name, as it was written
    base::wall_time now;
    house server_itself;

    std::optional<store::server_row> server; ///< nothing: there is none
    std::vector<store::refusal> refused;     ///< of its id; the one that came last is the first
    std::vector<store::refusal> strangers;   ///< from where it asked last, without a right id; of
                                             ///< one that never asked: from anywhere
    std::int64_t reports = 0;                ///< that are kept
    std::optional<store::feedback_row> complaint; ///< the last

    // Of one that there is not.
    std::vector<std::string> of_that_name; ///< ids, when several are called so
    std::optional<store::removed_row> removed;
    std::vector<store::enrolment_token> tokens; ///< made for that name; the last one is the last
    std::string nearest;                        ///< the name of one that is there
};

/// Throws std::runtime_error and store_error.
machine_facts facts_of(store::store& kept, std::filesystem::path const& data,
                       std::string const& id_or_name);

struct silence {
    struct line {
        std::string topic;
        std::string text;
        bool wrong = false; ///< worth a look; not always the cause
    };
    std::string title;
    std::vector<line> lines;
    std::string cause;    ///< a word for programs; `none` when nothing is wrong
    std::string sentence; ///< what is wrong and what to do
};

silence judge(machine_facts const& facts);

/// The lines in columns, what is wrong behind a `!`, and the sentence as the last one.
void print_silence(std::ostream& out, silence const& all, std::optional<std::size_t> width);

} // namespace trafikito::server::cli
