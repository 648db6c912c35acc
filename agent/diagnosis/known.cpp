#include "agent/diagnosis/known.hpp"

#include "agent/diagnosis/bounded_child.hpp"
#include "agent/enrolment/how_to_start.hpp"
#include "base/shell_quoting.hpp"
#include "base/time_text.hpp"
#include "exec/user.hpp"

#include <algorithm>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trafikito::agent::diagnosis {

std::string known::daemons_user() const {
    if (running_as) {
        return user_name(*running_as);
    }
    if (has_settings() && !settings().run_as.empty()) {
        return settings().run_as;
    }
    return service.user;
}

uid_t known::daemons_uid() const {
    if (running_as) {
        return *running_as;
    }
    auto const name = daemons_user();
    if (auto const user = name.empty() ? std::nullopt : exec::find_user(name)) {
        return user->uid;
    }
    return ::geteuid();
}

bool known::sees_as_daemon() const {
    if (::geteuid() == 0) {
        return true;
    }
    if (running_as) {
        return *running_as == ::geteuid();
    }
    auto const wanted = daemons_user();
    if (!wanted.empty()) {
        auto const user = exec::find_user(wanted);
        return user && user->uid == ::geteuid();
    }
    // Else whoever made the installation runs it; what starts a service starts it as root.
    struct stat facts{};
    return service.name.empty() &&
           (::stat(asked.config_file.c_str(), &facts) != 0 || facts.st_uid == ::geteuid());
}

std::string known::typed(std::string_view subcommand) const {
    auto const& file = asked.config_file;
    return program() + ' ' + std::string(subcommand) + " --config " +
           base::shell_quoted(file.native());
}

std::string known::program() const {
    auto const base = has_settings() ? settings().base_dir : std::filesystem::path();
    auto named = enrolment::program_of(base, asked.root);
    if (named.find('/') != std::string::npos || !find_program(named, asked.environment).empty()) {
        return named;
    }
    std::error_code failed;
    auto const self = std::filesystem::read_symlink("/proc/self/exe", failed);
    return failed ? named : base::shell_quoted(self.native());
}

std::string known::how_to_start() const {
    using kind = diagnosis::service::kind;
    if (service.by == kind::systemd && !service.name.empty()) {
        return "systemctl enable --now " + base::shell_quoted(service.name);
    }
    if (service.by == kind::openrc && !service.name.empty()) {
        return "rc-service " + base::shell_quoted(service.name) + " start";
    }
    if (service.by == kind::sysv && !service.name.empty()) {
        return "/etc/init.d/" + base::shell_quoted(service.name) + " start";
    }
    auto start = enrolment::how_to_start(asked.config_file, settings().base_dir, asked.root);
    constexpr std::string_view bare = "trafikito-agent ";
    return start.starts_with(bare) ? program() + start.substr(bare.size() - 1) : start;
}

std::string known::variable_of(std::string_view key) const {
    auto const& all = loaded.of_environment;
    auto const found = std::ranges::find_if(all, [&](auto const& one) { return one.key == key; });
    return found == all.end() ? std::string() : found->variable;
}

std::string known::where_written(std::string_view key) const {
    auto const variable = variable_of(key);
    return variable.empty() ? std::string(key) + " in " + settings().config_file.string()
                            : variable + " in " + environment.in_words();
}

std::string ago(std::optional<base::timestamp> const& when) {
    using std::chrono::seconds;
    return when ? base::in_words(
                      std::chrono::duration_cast<seconds>(when->age(base::timestamp::now()))) +
                      " ago"
                : "never";
}

std::string user_name(uid_t user) {
    auto const* const found = ::getpwuid(user);
    return found != nullptr ? std::string(found->pw_name) : std::to_string(user);
}

} // namespace trafikito::agent::diagnosis
