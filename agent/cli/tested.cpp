#include "agent/cli/tested.hpp"

#include "agent/cli/progress_line.hpp"
#include "agent/cli/trial.hpp"
#include "agent/daemon/session.hpp"
#include "base/printable.hpp"
#include "base/terminal.hpp"
#include "base/units.hpp"
#include "config/nearest.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>

namespace trafikito::agent::cli {

namespace {

constexpr std::string_view prefix = "trafikito_";
constexpr std::size_t quickly_read = 3; ///< runs of commands that need no line of progress

std::string whole_name(std::string const& name) {
    return name.starts_with(prefix) ? name : std::string(prefix) + name;
}

bool is_in(config::command_list const& list, std::string const& name) {
    return list.find(name) != nullptr || list.find_refused(name) != nullptr;
}

/// Without their prefix, as most people type them.
std::vector<std::string_view> names_in(config::command_list const& list) {
    std::vector<std::string_view> names;
    auto const add = [&](std::string_view name) {
        name.remove_prefix(std::min(prefix.size(), name.size()));
        names.push_back(name);
    };
    for (auto const& one : list.commands) {
        add(one.name);
    }
    for (auto const& one : list.refused) {
        add(one.name);
    }
    return names;
}

/// Enough to find in it why a command failed.
std::string beginning_of(exec::result const& ended) {
    constexpr std::size_t enough = 64UL * 1024;
    std::string text;
    ended.output.head([&](std::string_view piece) {
        text += piece.substr(0, enough - std::min(enough, text.size()));
    });
    return text;
}

} // namespace

net::api::order order_of(std::vector<std::string> const& names, config::command_list const& list) {
    net::api::order order;
    for (auto const& name : names) {
        auto const whole = whole_name(name);
        auto const known = net::api::valid_name(whole) ? whole : net::api::refused_name(whole);
        if (std::ranges::find(order.names, known) == order.names.end()) {
            order.names.push_back(known);
        }
    }
    if (names.empty()) {
        std::ranges::transform(list.commands, std::back_inserter(order.names),
                               [](auto const& command) { return command.name; });
        std::ranges::transform(list.refused, std::back_inserter(order.names),
                               [](auto const& command) { return command.name; });
    }
    return order;
}

std::vector<std::string> unknown_names(std::vector<std::string> const& names,
                                       config::command_list const& list,
                                       config::settings const& settings) {
    auto const known = names_in(list);
    std::vector<std::string> lines;
    for (auto const& name : names) {
        auto const whole = whole_name(name);
        if (is_in(list, whole)) {
            continue;
        }
        auto const near = config::nearest(whole.substr(prefix.size()), known);
        auto line = base::for_line(name) + " is no command of " +
                    base::for_line(settings.available_commands.string(), 200);
        if (near) {
            line += "; did you mean " + std::string(*near) + "?";
        } else if (!known.empty()) {
            constexpr std::size_t most = 20;
            line += ", which has";
            for (std::size_t at = 0; at < std::min(most, known.size()); ++at) {
                line += (at == 0 ? " " : ", ") + std::string(known[at]);
            }
            line +=
                known.size() > most ? " and " + std::to_string(known.size() - most) + " more" : "";
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

tested::tested(config::settings const& settings, test_request const& what, cycle::local_list list,
               caller who, base::log& log)
    : settings_(settings), what_(what), list_(std::move(list)), who_(std::move(who)),
      order_(order_of(what.names, *list_.commands)), sections_(cycle::section_titles(order_)),
      wanted_(cycle::look_up(order_, list_, {}, {}, sections_, log)),
      around_(daemon::environment_of(settings)), entries_(order_.names.size()) {
    auto titles = cycle::section_titles(order_);
    std::vector<bool> runs(titles.size(), false);
    for (auto const& one : wanted_.to_run) {
        runs[one.section] = true;
    }
    auto refused = wanted_.refused.begin();
    for (std::size_t at = 0; at < titles.size(); ++at) {
        runs_.push_back({.name = std::move(titles[at]), .runs = {}});
        entries_[at].definition = list_.commands->find(order_.names[at]);
        if (!runs[at] && refused != wanted_.refused.end()) { // both in the order asked
            entries_[at].refusal = (refused++)->reason;
            runs_[at].runs.push_back(not_run(entries_[at].refusal));
        }
    }
}

void tested::run() {
    progress_line progress(STDERR_FILENO);
    if (wanted_.to_run.size() * what_.repeat <= quickly_read) {
        progress.keep_silent();
    }
    auto const ended = [this](std::size_t index, exec::result&& result, bool interrupted) {
        note(wanted_.to_run[index].section, std::move(result), interrupted);
    };
    trial_order order{
        .commands = cycle::commands_of(wanted_.to_run), .around = around_, .rounds = what_.repeat};
    interrupted_ = !run_trial(std::move(order), settings_, progress, ended);
}

void tested::note(std::size_t section, exec::result&& ended, bool interrupted) {
    auto& of = entries_[section];
    auto& runs = runs_[section].runs;
    auto const own = of.definition != nullptr ? of.definition->options.timeout : std::nullopt;
    runs.push_back(measure(ended, own.value_or(settings_.command_timeout), interrupted));
    if (what_.as_sent) {
        sections_.finish(section, std::move(ended));
        return;
    }
    bool const has_failed =
        of.shown && runs.size() > 1 && runs[of.shown_run - 1].end != outcome::well;
    if (!has_failed) {
        of.shown = std::move(ended);
        of.shown_run = runs.size();
    }
}

bool tested::well() const {
    return !interrupted_ && all_well(runs_);
}

void tested::print(base::console& to) const {
    page on(to, base::terminal_of(STDOUT_FILENO).colour);
    for (std::size_t at = 0; at < entries_.size(); ++at) {
        print_one(on, at);
    }
    if (what_.repeat == 1) {
        for (auto const& line : table_of(runs_)) {
            line.failed ? on.add_failure(line.text) : on.add(line.text);
            on.add("\n");
        }
    }
    on.add(last_line() + "\n");
}

void tested::print_one(page& on, std::size_t at) const {
    auto const& of = entries_[at];
    auto const& runs = runs_[at].runs;
    if (runs.empty()) { // interrupted before
        return;
    }
    bool const failed = std::ranges::any_of(
        runs, [](auto const& run) { return run.end != outcome::well || run.unkillable != 0; });
    bool const ran = of.shown && of.shown->end != exec::result::ending::not_started;
    bool const many = what_.repeat != 1 && ran;
    auto const title = runs_[at].name + ": " + (many ? endings_of(runs) : runs.front().ended);
    failed ? on.add_failure(title) : on.add(title);
    on.add("\n");
    if (many) {
        for (auto const& line : spread_of(runs)) {
            on.add("  " + line + "\n");
        }
        on.add("  output of run " + std::to_string(of.shown_run) + ":\n");
    }
    if (ran) {
        print_output(on, *of.shown);
        for (auto const& reason : reasons(of)) {
            on.add("  why: " + base::one_line(reason) + "\n");
        }
    }
    on.add("\n");
}

void tested::print_output(page& on, exec::result const& of) {
    auto const put = [&](std::string_view piece) { on.add_output(piece); };
    of.output.head(put);
    if (of.output.cut()) {
        on.end_output();
        on.add("  (" + base::in_bytes(of.output.bytes_kept()) + " of " +
               base::in_bytes(of.output.bytes_seen()) +
               " are kept: max_output; what stood here is left out)\n");
        of.output.tail(put);
    }
    on.end_output();
}

std::vector<std::string> tested::reasons(entry const& of) const {
    auto const& ended = *of.shown;
    std::vector<std::string> all;
    if (ended.end != exec::result::ending::exited || ended.code == 0) {
        return all;
    }
    if (!ended.reason.empty()) {
        all.push_back(ended.reason);
    }
    if (of.definition != nullptr) {
        auto const output = beginning_of(ended);
        failed_command const failed{.text = of.definition->text,
                                    .code = ended.code,
                                    .output = output,
                                    .explained = !ended.reason.empty(),
                                    .other_user = of.definition->options.user.has_value()};
        std::ranges::move(why_it_fails_here(failed, who_, around_), std::back_inserter(all));
    }
    return all;
}

std::string tested::last_line() const {
    auto line = summary_of(runs_);
    if (what_.repeat != 1 && !interrupted_) {
        line += ", of " + std::to_string(what_.repeat) + " runs each";
    }
    return line;
}

void tested::print_as_sent(base::console& to) {
    to.out.pass_on_bytes();
    std::uint64_t list_size = 0;
    for (auto const& line : list_.commands->valid_lines) {
        list_size += line.size() + 1;
    }
    sections_.fit(settings_.max_report, list_size);
    net::api::report_writer writer([&](std::string_view bytes) { to.out << bytes; });
    sections_.write(writer);
    writer.available_commands(list_.commands->valid_lines);
    if (to.out.finish() != 0) { // which main() says, and nothing else
        return;
    }
    for (auto const& line : table_of(runs_)) {
        to.err << line.text << '\n';
    }
    to.err << last_line() << '\n';
}

} // namespace trafikito::agent::cli
