// Step 8: var/STOP, by which the API stopped this agent for good.
#include "agent/diagnosis/steps.hpp"

#include "agent/diagnosis/enrol_anew.hpp"
#include "agent/persistence/stop_file.hpp"
#include "base/shell_quoting.hpp"

namespace trafikito::agent::diagnosis {

step look_at_stop(known& so_far) {
    step result;
    auto const file = persistence::stop_file_in(so_far.settings().var_dir);
    auto const reason = persistence::stop_reason(so_far.settings().var_dir);
    std::error_code unknown;
    (void)std::filesystem::symlink_status(file, unknown);
    if (!reason && unknown && unknown != std::errc::no_such_file_or_directory &&
        unknown != std::errc::not_a_directory) {
        result.is = so_far.sees_as_daemon() ? verdict::note : verdict::unseen;
        result.text = file.string() + ": " + unknown.message();
        return result;
    }
    if (!reason) {
        result.text = "the API has not stopped it";
        return result;
    }
    result.text = file.string() + ": " + *reason;
    std::error_code ignored;
    bool const directory = std::filesystem::is_directory(file, ignored);
    auto const removal = (directory ? "rmdir " : "rm ") + base::shell_quoted(file.native());
    // What the API said last it says again, whenever that file is taken away.
    auto const& status = so_far.status;
    bool const said = status && status->answer && status->answer->kind == "stop";
    if (said) {
        result.add({.rank = rank::stopped,
                    .sentence = "the API has removed this server and told its agent to stop (" +
                                *reason + "): nothing runs and nothing is asked any more",
                    .advice = "enrol this machine anew" + std::string(placeholders_in_words) +
                              "; only where the server is there again, `" + removal + "` is enough",
                    .command = how_to_enrol_anew(so_far)});
        return result;
    }
    result.add({.rank = rank::stopped,
                .sentence = "the API stopped this agent (" + *reason +
                            "): nothing runs and nothing is asked as long as " + file.string() +
                            " is there",
                .advice = "where the API has removed this server it says so again: then enrol this "
                          "machine anew",
                .command = removal});
    return result;
}

} // namespace trafikito::agent::diagnosis
