#include "agent/cli/enroll.hpp"

#include "agent/enrolment/config_text.hpp"
#include "agent/enrolment/enrolment.hpp"
#include "agent/enrolment/how_to_start.hpp"
#include "agent/enrolment/interruptible.hpp"
#include "base/file.hpp"
#include "base/printable.hpp"
#include "base/units.hpp"
#include "base/version.hpp"
#include "config/layout.hpp"
#include "config/load.hpp"
#include "config/value.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace trafikito::agent::cli {

namespace asio = boost::asio;
using enrolment::plan;
using enrolment::refusal;

namespace {

bool strict_modes_of(std::vector<std::string> const& environment) {
    constexpr std::string_view name = "TRAFIKITO_STRICT_MODES=";
    for (std::string_view const one : environment) {
        if (one.starts_with(name)) {
            return config::parse_yes_no(one.substr(name.size())).value.value_or(true);
        }
    }
    return true;
}

void place_files(enroll_request const& what, plan& into) {
    namespace fs = std::filesystem;
    auto file = what.config;
    if (!what.base_dir.empty()) {
        file = what.base_dir / "etc" / "trafikito.cfg";
    } else if (file.empty()) {
        file = config::default_config_to_enrol();
    }
    into.config_file = fs::absolute(file).lexically_normal();
    auto const places = config::layout_of(into.config_file);
    into.base_dir = places.base_dir;
    into.available_commands = places.available_commands;
    into.var_dir = places.var_dir;
    bool const packaged = places != config::layout_below(places.base_dir);
    if (what.api_key_apart || packaged) {
        into.api_key_file = into.config_file.parent_path() / "api_key";
    }
}

/// What is to be trusted is copied beside the configuration: the file that was given may be tidied
/// away, or lie where the agent's user cannot read.
void copy_certificates(plan& into) {
    namespace fs = std::filesystem;
    auto const& file = into.connection.ca_file;
    auto const folder = into.config_file.parent_path();
    if (file.empty() || fs::path(file).parent_path() == folder) {
        return;
    }
    constexpr std::size_t limit = 4UL * 1024 * 1024;
    auto read = base::read_file(file, limit);
    if (!read.content) {
        throw refusal{"--ca-file " + file + ' ' + read.problem};
    }
    into.certificates = std::move(*read.content);
    into.ca_copy = folder / "ca.pem";
}

/// As root, and where nothing else is said, the user to whom a package has given var_dir.
void choose_user(enroll_request const& what, plan& into) {
    into.run_as = what.run_as;
    if (what.run_as.empty()) {
        struct stat facts{};
        if (::geteuid() == 0 && ::lstat(into.var_dir.c_str(), &facts) == 0 && facts.st_uid != 0) {
            into.user = exec::find_user(std::to_string(facts.st_uid));
        }
        return;
    }
    into.user = exec::find_user(what.run_as);
    if (!into.user) {
        throw refusal{"--run-as: there is no user " + what.run_as};
    }
    if (::geteuid() != 0 && into.user->uid != ::geteuid()) {
        throw refusal{"--run-as: only root can become " + what.run_as};
    }
}

plan plan_of(enroll_request const& what, std::vector<std::string> const& environment) {
    plan made;
    made.api_url = what.api_url;
    made.workspace_id = what.workspace_id;
    made.server_name = what.server_name.empty() ? enrolment::host_name() : what.server_name;
    made.connection.version = base::version;
    made.connection.pin = what.pin;
    made.anew = what.anew;
    if (!what.ca_file.empty()) {
        made.connection.ca_file = std::filesystem::absolute(what.ca_file).lexically_normal();
    }
    made.strict_modes = strict_modes_of(environment);
    made.called = enrolment::as_options;
    place_files(what, made);
    copy_certificates(made);
    choose_user(what, made);
    return made;
}

void print_list(plan const& how, enrolment::made_installation const& made, std::ostream& out) {
    auto const& list = how.available_commands.string();
    if (made.list_was_there) {
        out << "kept " << list << ", which was there already\n";
        return;
    }
    out << "wrote " << list << ": " << base::count_of(made.list.commands, "command") << '\n';
    if (made.list.strange.empty()) {
        return;
    }
    out << "warning: the API answered "
        << base::count_of(made.list.strange.size() + made.list.more_strange, "line")
        << " that this machine did not propose; in the list they are comments:\n";
    for (auto const& line : made.list.strange) {
        out << "  " << line << '\n';
    }
}

void print_end(plan const& how, enrolment::made_installation const& made, std::ostream& out) {
    print_list(how, made, out);
    auto const config = how.config_file.string();
    out << "wrote " << config
        << (how.api_key_file.empty() ? "" : " and " + how.api_key_file.string())
        << (how.ca_copy.empty() ? "" : ", trusting " + how.ca_copy.string())
        << "\nlook it over:  " << enrolment::program_of(how.base_dir) << " check --config "
        << config << "\nstart it with: " << enrolment::how_to_start(how.config_file, how.base_dir)
        << '\n';
}

enrolment::audience audience_of(base::console& to) {
    return {.say = [&to](std::string const& line) { to.out << line << '\n'
                                                           << std::flush; },
            .hide = [&to](base::secret const& one) { to.hidden.add(one); },
            .ended =
                [&to](std::string_view name, std::string const& ending) {
                    to.out << "  " << name << ": " << ending << '\n' << std::flush;
                }};
}

int run(plan const& how, base::console& to) {
    enrolment::files files(how);
    files.prepare();
    std::optional<enrolment::made_installation> made;
    auto work = [&](enrolment::surroundings around) -> asio::awaitable<void> {
        auto audience = audience_of(to);
        made =
            co_await enrolment::enrol(how, files, around.warden, around.names, std::move(audience));
    };
    (void)enrolment::run_until_signal(work);
    if (!made) {
        to.err << "trafikito-agent: error: interrupted; nothing is half-done, and the same command "
                  "begins anew\n";
        return 1;
    }
    print_end(how, *made, to.out);
    return 0;
}

} // namespace

int enroll(enroll_request const& what, std::vector<std::string> const& environment,
           base::console& to) {
    try {
        auto how = plan_of(what, environment);
        how.key = enrolment::read_key(what.user_api_key_file);
        to.hidden.add(how.key);
        enrolment::check_values(how);
        return run(how, to);
    } catch (refusal const& why) {
        to.err << "trafikito-agent: error: " << base::one_line(why.what) << '\n';
        return why.why == refusal::reason::request ? 2 : 1;
    }
}

} // namespace trafikito::agent::cli
