// What a cycle costs the server, and where: instructions by callgrind, by object and by function.
// What waits, and what the kernel does, is not in it: that, the threads' own times say.
#include "test/bench/server_load.hpp"

#include "test/bench/profile.hpp"
#include "test/bench/waiting.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <functional>
#include <stdexcept>

namespace trafikito::test::bench {

namespace {

namespace fs = std::filesystem;

constexpr double slowly = 20; ///< cycles a second, which it can do forty times as slow

fs::path make_wrapper(fs::path const& directory, fs::path const& program, fs::path const& out) {
    auto const valgrind = installed_program("valgrind");
    if (valgrind.empty()) {
        throw std::runtime_error("there is no valgrind here: apt-get install valgrind");
    }
    auto const wrapper = directory / "profiled";
    std::ofstream(wrapper) << "#!/bin/sh\nexec " << valgrind
                           << " --tool=callgrind --quiet --callgrind-out-file=" << out.string()
                           << " " << program.string() << " \"$@\"\n";
    fs::permissions(wrapper, fs::perms(0755));
    return wrapper;
}

double instructions_of(load_options const& options, fs::path const& directory, fs::path const& out,
                       std::chrono::seconds time, objects& by_object, std::size_t& cycles) {
    auto profiled = options;
    fs::create_directories(directory);
    profiled.program = make_wrapper(directory, options.program, out);
    load_stage stage(profiled, directory, static_cast<std::size_t>(slowly) * 60);
    cycles = stage.fleet->run({.rate = slowly, .time = time, .orders = true, .keep = options.keep})
                 .accepted;
    stage.target->stop();
    by_object = read_objects(content_of(out));
    double all = 0;
    for (auto const& [name, count] : by_object) {
        all += count;
    }
    return all;
}

} // namespace

// As the difference of a short life and a long one: the start is in both.
bool load_and_profile(load_options const& options, fs::path const& directory,
                      load_findings& found) {
    objects of_short;
    objects of_long;
    std::size_t short_cycles = 0;
    std::size_t long_cycles = 0;
    instructions_of(options, directory / "short", directory / "short.out", std::chrono::seconds(2),
                    of_short, short_cycles);
    instructions_of(options, directory / "long", directory / "long.out", std::chrono::seconds(17),
                    of_long, long_cycles);
    auto const cycles = static_cast<double>(long_cycles - short_cycles);
    std::vector<std::pair<double, std::string>> sorted;
    double all = 0;
    for (auto const& [name, count] : of_long) {
        auto const each = (count - of_short[name]) / cycles;
        sorted.emplace_back(each, fs::path(name).filename().string());
        all += each;
    }
    std::ranges::sort(sorted, std::greater<>());
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(),
                  "A cycle takes %.2f million instructions of the server (%.0f cycles):", all / 1e6,
                  cycles);
    found.say(text.data());
    for (auto const& [count, name] : sorted) {
        if (count >= all / 200) {
            std::snprintf(text.data(), text.size(), "* %4.1f %% %s", 100 * count / all,
                          name.c_str());
            found.say(text.data());
        }
    }
    return all > 0;
}

} // namespace trafikito::test::bench
