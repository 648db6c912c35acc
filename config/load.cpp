#include "config/load.hpp"

#include "config/written_values.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace trafikito::config {
namespace {

/// Closes a descriptor at the end of a scope.
class descriptor {
public:
    explicit descriptor(int number) : number_(number) {}
    ~descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    descriptor(descriptor const&) = delete;
    descriptor& operator=(descriptor const&) = delete;

    [[nodiscard]] int get() const { return number_; }

private:
    int number_;
};

file_content failed(int error) {
    // ENOTDIR: a part of the path is a file, so nothing can be there either.
    return {{},
            error == ENOENT || error == ENOTDIR,
            "cannot be read: " + std::generic_category().message(error)};
}

file_content refused(std::string problem) {
    return {{}, false, std::move(problem)};
}

std::string not_regular(mode_t mode) {
    if (S_ISDIR(mode)) {
        return "is a directory, not a file";
    }
    return S_ISFIFO(mode) ? "is a FIFO, not a regular file" : "is not a regular file";
}

file_content read_all(int file, std::size_t expected, std::size_t limit) {
    std::string content;
    // One byte more than expected shows the end of the file, or that it grew.
    content.resize(std::min(expected, limit) + 1);
    std::size_t filled = 0;
    for (;;) {
        auto const count = ::read(file, content.data() + filled, content.size() - filled);
        if (count < 0 && errno != EINTR) {
            return failed(errno);
        }
        if (count == 0) {
            content.resize(filled);
            return {std::move(content), false, {}};
        }
        filled += count > 0 ? static_cast<std::size_t>(count) : 0;
        if (filled > limit) {
            return refused("is larger than " + std::to_string(limit) + " bytes");
        }
        if (filled == content.size()) {
            content.resize(std::min(2 * filled, limit + 1));
        }
    }
}

diagnostic unreadable(std::filesystem::path const& path, file_content const& file,
                      std::string hint) {
    return {diagnostic::severity::error, path.string(),  0, 0,
            "the file " + file.problem,  std::move(hint)};
}

} // namespace

file_content read_file(std::filesystem::path const& path, std::size_t limit) {
    // O_NONBLOCK: opening a FIFO without a writer would wait for one.
    descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.get() < 0) {
        return failed(errno);
    }
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) {
        return failed(errno);
    }
    if (!S_ISREG(facts.st_mode)) {
        return refused(not_regular(facts.st_mode));
    }
    if (static_cast<std::uintmax_t>(facts.st_size) > limit) {
        return refused("is larger than " + std::to_string(limit) + " bytes");
    }
    return read_all(file.get(), static_cast<std::size_t>(facts.st_size), limit);
}

loaded_settings load_settings(std::filesystem::path const& config_file,
                              std::vector<std::string> const& environment) {
    loaded_settings loaded;
    settings_sources sources;
    sources.config_file = std::filesystem::absolute(config_file).lexically_normal();
    sources.environment = environment;

    auto const fixed = read_file(sources.config_file, max_file_size);
    if (!fixed.content) {
        loaded.diagnostics.push_back(unreadable(
            sources.config_file, fixed,
            fixed.missing ? "Give the path of trafikito.cfg with --config, or enroll this machine "
                            "with `trafikito-agent enroll`."
                          : "The agent's user must be able to read it."));
        return loaded;
    }
    sources.fixed = parse_assignments(*fixed.content, sources.config_file.string());

    auto const dynamic_file = dynamic_file_of(sources.config_file);
    auto const dynamic = read_file(dynamic_file, max_file_size);
    if (dynamic.content) {
        sources.dynamic = parse_assignments(*dynamic.content, dynamic_file.string());
    } else if (!dynamic.missing) {
        loaded.diagnostics.push_back(unreadable(
            dynamic_file, dynamic, "Mend or remove it; without it trafikito.cfg alone holds."));
    }

    if (auto const key_file = api_key_file_of(sources)) {
        auto key = read_file(*key_file, max_file_size);
        sources.api_key_file_content = std::move(key.content);
        sources.api_key_file_problem = std::move(key.problem);
    }
    auto built = build_settings(sources);
    loaded.diagnostics.insert(loaded.diagnostics.end(), built.diagnostics.begin(),
                              built.diagnostics.end());
    if (!has_errors(loaded.diagnostics)) {
        loaded.settings = std::move(built.settings);
    }
    return loaded;
}

loaded_command_list load_command_list(std::filesystem::path const& path) {
    loaded_command_list loaded;
    auto const file = read_file(path, max_file_size);
    if (file.content) {
        loaded.list = parse_command_list(*file.content, path.string());
    } else {
        loaded.diagnostics.push_back(
            unreadable(path, file, "Without this list no command can be run."));
    }
    return loaded;
}

os_facts load_os_facts() {
    utsname system{};
    std::string const sysname = ::uname(&system) == 0 ? system.sysname : "linux";
    for (auto const* const path : {"/etc/os-release", "/usr/lib/os-release"}) {
        if (auto const file = read_file(path, max_file_size); file.content) {
            return find_os_facts(*file.content, sysname);
        }
    }
    return find_os_facts(std::nullopt, sysname);
}

std::vector<std::string> process_environment() {
    std::vector<std::string> result;
    for (char const* const* one = environ; one != nullptr && *one != nullptr; ++one) {
        result.emplace_back(*one);
    }
    return result;
}

} // namespace trafikito::config
