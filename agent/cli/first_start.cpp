#include "agent/cli/first_start.hpp"

#include "agent/daemon/session.hpp"
#include "agent/enrolment/config_text.hpp"
#include "agent/enrolment/patience.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/log_output.hpp"
#include "base/printable.hpp"
#include "base/units.hpp"
#include "base/version.hpp"
#include "config/load.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <string_view>
#include <utility>

namespace trafikito::agent::cli {

namespace asio = boost::asio;
using enrolment::plan;
using enrolment::refusal;
using variables = std::vector<std::string>;

namespace {

constexpr std::string_view token_variable = "TRAFIKITO_ENROLL_TOKEN_FILE";

std::string value_of(variables const& environment, std::string_view name) {
    for (std::string_view const one : environment) {
        if (one.starts_with(name) && one.substr(name.size()).starts_with('=')) {
            return std::string(one.substr(name.size() + 1));
        }
    }
    return {};
}

/// All that the environment says, with an identity in the place of the one that there is not yet.
config::loaded_settings settings_so_far(std::filesystem::path const& config_file,
                                        variables environment) {
    std::erase_if(environment, [](std::string_view one) {
        return one.starts_with("TRAFIKITO_API_KEY") || one.starts_with("TRAFIKITO_SERVER_ID=") ||
               one.starts_with(config::credentials_variable);
    });
    environment.emplace_back("TRAFIKITO_SERVER_ID=not-enrolled");
    environment.emplace_back("TRAFIKITO_API_KEY=not-enrolled");
    return config::load_settings(config_file, environment);
}

plan plan_of(config::settings const& from, variables const& environment) {
    auto const or_else = [&](std::string_view name, std::string otherwise) {
        auto said = value_of(environment, name);
        return said.empty() ? std::move(otherwise) : said;
    };
    plan made;
    made.called = enrolment::as_variables;
    made.workspace_id = or_else("TRAFIKITO_WORKSPACE_ID", "default");
    made.server_name = or_else("TRAFIKITO_SERVER_NAME", enrolment::host_name());
    made.connection = daemon::http_settings_of(from);
    made.config_file = from.config_file;
    made.base_dir = from.base_dir;
    made.available_commands = from.available_commands;
    made.var_dir = from.var_dir;
    made.run_as = from.run_as;
    made.strict_modes = from.strict_modes;
    if (!from.run_as.empty()) {
        made.user = exec::find_user(from.run_as);
        if (!made.user) {
            throw refusal{"run_as: there is no user " + from.run_as};
        }
    }
    // Nobody but who gave the token is to be shown it: the default addresses are not theirs.
    if (value_of(environment, "TRAFIKITO_API_URL").empty()) {
        throw refusal{"TRAFIKITO_API_URL is missing: it names the server that gave the token"};
    }
    made.key = enrolment::read_key(value_of(environment, token_variable));
    made.api_url = from.api_url.front();
    enrolment::check_values(made);
    return made;
}

std::filesystem::path problem_file_in(std::filesystem::path const& var_dir) {
    return var_dir / "enroll.problem";
}

/// For healthcheck and status. Where it cannot be written they say less.
void keep_problem(std::filesystem::path const& var_dir, std::string const& text) {
    [[maybe_unused]] auto const failed =
        base::replace_file(problem_file_in(var_dir), text + '\n', base::durability::none);
}

class first_start {
public:
    first_start(plan how, base::log& log) : plan_(std::move(how)), files_(plan_), log_(log) {}

    std::optional<int> run();

private:
    asio::awaitable<void> enrol(enrolment::surroundings around);
    void note(std::string const& problem);

    plan plan_;
    enrolment::files files_;
    base::log& log_;
    std::optional<enrolment::made_installation> made_;
};

/// For those who look on, and once, until it changes, for the log.
void first_start::note(std::string const& problem) {
    auto const shown = log_.redacted(base::one_line(problem));
    keep_problem(plan_.var_dir, shown);
    log_.on_change(base::severity::warning, "enrolment",
                   "not enrolled yet, and tried again until it is: " + shown);
}

asio::awaitable<void> first_start::enrol(enrolment::surroundings around) {
    enrolment::audience to{.say = [this](std::string const& line) { log_.info(line); },
                           .hide = [this](base::secret const& one) { log_.hide({one}); },
                           .ended = {}};
    enrolment::tell failed = [this](std::string const& problem) { note(problem); };
    made_ = co_await enrolment::enrol_patiently(plan_, files_, around, std::move(to),
                                                std::move(failed));
}

std::optional<int> first_start::run() {
    files_.keep_folders(); // keep_problem() writes there
    files_.prepare();
    log_.info("not enrolled yet: asking " + plan_.api_url + " for a server, by the token of " +
              std::string(token_variable));
    int const signal = enrolment::run_until_signal(
        [this](enrolment::surroundings around) { return enrol(around); });
    if (!made_) {
        log_.info(std::string("SIG") + ::sigabbrev_np(signal) + ": stopped, and not enrolled yet");
        return 0;
    }
    std::error_code ignored;
    std::filesystem::remove(problem_file_in(plan_.var_dir), ignored);
    log_.on_change(base::severity::warning, "enrolment", "", "the API answers");
    auto const& list = made_->list;
    log_.info("enrolled as server " + made_->server_id + "; " +
              (made_->list_was_there
                   ? "the list of commands stays as it was"
                   : "wrote a list of " + base::count_of(list.commands, "command")));
    if (!made_->list_was_there && !list.strange.empty()) {
        log_.warning("the API answered " +
                     base::count_of(list.strange.size() + list.more_strange, "line") +
                     " that this machine did not propose; in " + plan_.available_commands.string() +
                     " they are comments");
    }
    return std::nullopt;
}

std::string advice_on(refusal::reason why) {
    return why == refusal::reason::api ? "; it is not asked again until the agent is started anew, "
                                         "with another token in TRAFIKITO_ENROLL_TOKEN_FILE"
                                       : "";
}

} // namespace

bool is_to_be_enrolled(std::filesystem::path const& config_file, variables const& environment) {
    std::error_code ignored;
    return !value_of(environment, token_variable).empty() &&
           value_of(environment, "TRAFIKITO_SERVER_ID").empty() &&
           !std::filesystem::exists(config_file, ignored);
}

std::optional<int> enrol_first(std::filesystem::path const& config_file,
                               variables const& environment, base::console& to) {
    auto loaded = settings_so_far(config_file, environment);
    to.hidden.add(loaded.secrets);
    for (auto const& one : loaded.diagnostics) {
        to.err << one.format() << '\n';
    }
    if (!loaded.settings) {
        return 2;
    }
    base::log log(base::open_log(loaded.settings->log_file, "trafikito-agent"),
                  base::severity::info, base::log::format::text);
    log.hide(loaded.secrets);
    daemon::apply_log_settings(*loaded.settings, log);
    try {
        auto how = plan_of(*loaded.settings, environment);
        log.hide({how.key});
        return first_start(std::move(how), log).run();
    } catch (refusal const& why) {
        log.error("not enrolled: " + why.what + advice_on(why.why));
        if (why.why != refusal::reason::disk) {
            keep_problem(loaded.settings->var_dir, log.redacted(base::one_line(why.what)));
        }
        return why.why == refusal::reason::disk || why.why == refusal::reason::away ? 1 : 2;
    }
}

std::string why_not_enrolled(std::filesystem::path const& config_file,
                             variables const& environment) {
    constexpr std::size_t limit = 8192;
    auto const loaded = settings_so_far(config_file, environment);
    if (!loaded.settings) {
        return "not enrolled yet: " + loaded.diagnostics.back().in_one_line();
    }
    auto const file = base::read_file(problem_file_in(loaded.settings->var_dir), limit);
    auto const text = base::one_line(file.content.value_or(""));
    auto const end = text.find_last_not_of(" \n");
    return "not enrolled yet: " +
           (end == std::string::npos ? "no answer of the API has come" : text.substr(0, end + 1));
}

} // namespace trafikito::agent::cli
