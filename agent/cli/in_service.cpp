#include "agent/cli/in_service.hpp"

#include "agent/cli/service_unit.hpp"
#include "agent/cli/system_tool.hpp"
#include "base/ascii.hpp"
#include "base/file.hpp"
#include "config/load.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <system_error>

namespace trafikito::agent::cli {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds patience{2000}; ///< with systemd, for one answer

bool is_same(fs::path const& one, fs::path const& other) {
    std::error_code failed;
    return one.lexically_normal() == other.lexically_normal() || fs::equivalent(one, other, failed);
}

/// What is of no unit's name is no instance of one: systemd would escape it.
bool can_be_instance(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return base::is_word(c) || c == '.' || c == ':' || c == '-';
    });
}

std::vector<std::string> names_for(fs::path const& config) {
    std::vector<std::string> names{"trafikito-agent.service"};
    auto const folder = config.parent_path().filename().string();
    if (can_be_instance(folder)) {
        names.push_back("trafikito-agent@" + folder + ".service");
    }
    return names;
}

std::string slice_of(std::string const& unit) {
    auto const answer =
        ask_tool({"systemctl", "show", "--property=Slice", "--value", "--", unit}, patience);
    auto const slice = base::trim_white_space(answer.out);
    return answer.code == 0 && slice.ends_with(".slice") ? std::string(slice) : std::string();
}

/// A file that root alone can read, for as long as this lives.
class private_file {
public:
    explicit private_file(std::string const& text) {
        std::string const path = "/run/trafikito-agent-test." + std::to_string(::getpid());
        ::unlink(path.c_str()); // of one that was killed and had this number
        if (!base::create_file(path, text, S_IRUSR | S_IWUSR)) {
            path_ = path;
        }
    }
    ~private_file() {
        if (!path_.empty()) {
            ::unlink(path_.c_str());
        }
    }
    private_file(private_file const&) = delete;
    private_file& operator=(private_file const&) = delete;

    [[nodiscard]] std::string const& path() const { return path_; } ///< empty: there is none

private:
    std::string path_;
};

/// What the program looks at that prints on this terminal.
std::string about_terminal() {
    std::string lines;
    for (std::string const name : {"TERM", "NO_COLOR"}) {
        if (char const* const value = std::getenv(name.c_str()); value != nullptr) {
            lines += environment_line(name, value);
        }
    }
    return lines;
}

/// How systemd-run is called, up to the program.
std::vector<std::string> call(std::string const& slice, std::string const& environment,
                              std::vector<std::string> const& properties) {
    std::vector<std::string> words{"systemd-run",
                                   "--quiet",
                                   "--pipe",
                                   "--wait",
                                   "--collect",
                                   "--service-type=exec",
                                   "--description=Commands of the Trafikito agent, on trial"};
    if (!slice.empty()) {
        words.push_back("--slice=" + slice);
    }
    // First: what the unit's own files say of the same variable holds.
    words.push_back("--property=EnvironmentFile=" + environment);
    std::ranges::transform(properties, std::back_inserter(words),
                           [](auto const& one) { return "--property=" + one; });
    words.emplace_back("--property=KillMode=mixed");
    return words;
}

void add_program(std::vector<std::string>& words, std::string const& program,
                 std::vector<std::string> const& arguments) {
    words.emplace_back("--");
    words.push_back(program);
    words.insert(words.end(), arguments.begin(), arguments.end());
}

/// Whether such a service starts at all, and if not, which property systemd-run does not know.
struct start_trial {
    bool starts = false;
    std::string unknown; ///< its name; empty when that is not the reason
};

start_trial try_start(std::vector<std::string> words, std::string const& program) {
    constexpr milliseconds for_a_start{10'000};
    constexpr std::string_view reason = "Unknown assignment: ";
    add_program(words, program, {"--version"});
    auto const answer = ask_tool(std::move(words), for_a_start, heard::errors);
    start_trial found{answer.code == 0, {}};
    if (auto const at = answer.out.find(reason); !found.starts && at != std::string::npos) {
        auto const rest = answer.out.substr(at + reason.size());
        found.unknown = rest.substr(0, rest.find_first_of("=\n"));
    }
    return found;
}

} // namespace

std::optional<agents_unit> find_agents_unit(fs::path const& config) {
    std::error_code ignored;
    if (!fs::is_directory("/run/systemd/system", ignored)) { // sd_booted(3)
        return std::nullopt;
    }
    for (auto const& name : names_for(config)) {
        auto answer = ask_tool({"systemctl", "cat", "--no-pager", "--", name}, patience);
        if (answer.code != 0) {
            continue;
        }
        auto const reads = config_of(service_settings(answer.out, name));
        if (reads &&
            is_same(reads->empty() ? config::choose_config_file({}).file : *reads, config)) {
            return agents_unit{name, std::move(answer.out)};
        }
    }
    return std::nullopt;
}

std::string trial_service() {
    return "trafikito-agent-test-" + std::to_string(::getpid()) + ".service";
}

std::optional<int> run_as_unit(agents_unit const& unit, std::vector<std::string> const& arguments,
                               caller const& who) {
    std::error_code failed;
    auto const program = fs::read_symlink("/proc/self/exe", failed);
    auto like = as_transient(service_settings(unit.text, unit.name));
    private_file const environment(like.environment + about_terminal() +
                                   environment_line(caller_variable, to_text(who)));
    if (failed || environment.path().empty()) {
        return std::nullopt;
    }
    auto const service = trial_service();
    auto const slice = slice_of(unit.name);
    for (std::size_t tries = like.properties.size() + 1; tries > 0; --tries) {
        auto words = call(slice, environment.path(), like.properties);
        words.push_back("--property=JoinsNamespaceOf=" + unit.name); // its /tmp
        auto whole = words;
        whole.push_back("--unit=" + service);
        add_program(whole, program.string(), arguments);
        running_tool const tool(std::move(whole));
        int const code = tool.wait([&](int) {
            (void)ask_tool({"systemctl", "stop", "--no-block", "--", service}, patience);
        });
        if (code == 0 || code == ran_as_unit + 1 || code == ran_as_unit + 2) {
            return code == 0 ? code : code - ran_as_unit;
        }
        auto const trial = try_start(words, program.string());
        if (trial.starts) { // so it ran, and could not say how it ended
            return 1;
        }
        // A line that the manager ignores, and its tool does not.
        auto const unknown = trial.unknown + "=";
        if (trial.unknown.empty() || std::erase_if(like.properties, [&](auto const& one) {
                                         return one.starts_with(unknown);
                                     }) == 0) {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

} // namespace trafikito::agent::cli
