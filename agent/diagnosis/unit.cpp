#include "agent/diagnosis/unit.hpp"

#include "base/ascii.hpp"
#include "base/shell_quoting.hpp"

namespace trafikito::agent::diagnosis {

namespace {

std::string_view value_of(unit_facts const& facts, std::string_view name) {
    auto const found = facts.find(name);
    return found == facts.end() ? std::string_view() : std::string_view(found->second);
}

/// systemd.exec(5), "Process exit codes", and our own.
std::string meaning_of(std::string_view status) {
    if (status == "2") {
        return "it does not start with its configuration";
    }
    if (status == "75") {
        return "another agent is there";
    }
    if (status == "203") {
        return "the program of the unit cannot be run: is it there?";
    }
    if (status == "217") {
        return "there is no user as the unit names him in User=";
    }
    if (status == "216") {
        return "there is no group as the unit names it in Group=";
    }
    if (status == "226") {
        return "the unit's directories cannot be mounted (NAMESPACE)";
    }
    if (status == "243") {
        return "the file of a credential (LoadCredential=, the API key) cannot be read";
    }
    if (status == "238") {
        return "its StateDirectory= cannot be made";
    }
    return {};
}

std::string failed_in_words(unit_facts const& facts) {
    auto const result = value_of(facts, "Result");
    auto const status = value_of(facts, "ExecMainStatus");
    auto const meaning = meaning_of(status);
    if (result == "start-limit-hit") {
        return "it was started too often in short time (start-limit-hit)";
    }
    if (result == "resources" && meaning.empty()) {
        return "systemd could not give it what it needs (resources)";
    }
    auto text = std::string(result.empty() ? "it failed" : result);
    if (result == "exit-code" || result == "signal" || result == "core-dump") {
        text = (result == "exit-code" ? "exit status " : "signal ") + std::string(status);
    }
    return meaning.empty() ? text : text + ": " + meaning;
}

cause of_unit(std::string sentence, std::string advice, std::string command) {
    return {.rank = rank::unit,
            .sentence = std::move(sentence),
            .advice = std::move(advice),
            .command = std::move(command)};
}

cause of_failed(std::string const& name, unit_facts const& facts, std::string const& config_file) {
    auto const status = value_of(facts, "ExecMainStatus");
    auto const why = failed_in_words(facts);
    auto const start = "systemctl reset-failed " + name + " && systemctl start " + name;
    if (status == "217") {
        auto const user = std::string(value_of(facts, "User"));
        return of_unit("the unit " + name + " failed: " + why + " (" + user + ")", {},
                       "useradd --system --no-create-home --shell /usr/sbin/nologin " +
                           base::shell_quoted(user) + " && " + start);
    }
    return of_unit("the unit " + name + " failed: " + why,
                   "`journalctl -u " + name + " -n 20` says more" +
                       (status == "2" ? ", `trafikito-agent check --config " + config_file +
                                            "` what is wrong now"
                                      : ""),
                   start);
}

} // namespace

unit_facts parse_unit_facts(std::string_view text) {
    unit_facts facts;
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        auto const at = line->text.find('=');
        if (at != std::string_view::npos) {
            facts.insert_or_assign(std::string(line->text.substr(0, at)),
                                   std::string(base::trim(line->text.substr(at + 1))));
        }
    }
    return facts;
}

std::string in_words(unit_facts const& of) {
    auto const load = value_of(of, "LoadState");
    if (load != "loaded") {
        return std::string(load.empty() ? "unknown" : load);
    }
    auto text = std::string(value_of(of, "ActiveState")) + " (" +
                std::string(value_of(of, "SubState")) + ")";
    auto const enabled = value_of(of, "UnitFileState");
    text += enabled.empty() ? "" : ", " + std::string(enabled);
    auto const restarts = value_of(of, "NRestarts");
    text += restarts.empty() || restarts == "0" ? "" : ", restarted " + std::string(restarts) + "x";
    return text;
}

std::optional<cause> find_unit_cause(std::string const& unit, unit_facts const& facts,
                                     std::string const& config_file) {
    auto const name = base::shell_quoted(unit);
    auto const load = value_of(facts, "LoadState");
    auto const active = value_of(facts, "ActiveState");
    auto const enabled = value_of(facts, "UnitFileState");
    auto const now = "systemctl enable --now " + name;
    if (load == "masked") {
        return of_unit("the unit " + name + " is masked, so nothing starts the agent", {},
                       "systemctl unmask " + name + " && " + now);
    }
    if (load == "not-found") {
        return of_unit("systemd does not know the unit " + name + " yet", {},
                       "systemctl daemon-reload && " + now);
    }
    if (load != "loaded") {
        return of_unit("systemd cannot read the unit " + name + " (" + std::string(load) + ": " +
                           std::string(value_of(facts, "LoadError")) + ")",
                       "`systemd-analyze verify " + name + "` says what is wrong with it",
                       "systemctl daemon-reload && " + now);
    }
    if (active == "failed") {
        return of_failed(name, facts, config_file);
    }
    if (active == "activating" && value_of(facts, "SubState") == "auto-restart") {
        return of_unit("the unit " + name + " starts the agent again and again, and it ends: " +
                           failed_in_words(facts),
                       "mend that first: `journalctl -u " + name + " -n 20` says more",
                       "systemctl restart " + name);
    }
    if (active != "inactive") {
        return std::nullopt;
    }
    bool const condition = value_of(facts, "ConditionResult") == "no" &&
                           value_of(facts, "ConditionTimestampMonotonic") != "0";
    if (condition) {
        return of_unit("the unit " + name +
                           " was not started, since a condition of it did not hold (its "
                           "ConditionPathExists= names the configuration)",
                       "`systemctl status " + name + "` names the condition", now);
    }
    if (enabled == "disabled") {
        return of_unit("the unit " + name + " is not enabled, and not started: no agent runs", {},
                       now);
    }
    return of_unit("the unit " + name + " is stopped: no agent runs", {}, now);
}

} // namespace trafikito::agent::diagnosis
