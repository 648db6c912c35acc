// What trafikito-server takes, and what of it where: `./dev bench --server` builds it and calls it.
#include "test/bench/server_load.hpp"

#include "test/bench/report.hpp"
#include "test/bench/waiting.hpp"
#include "test/support/temporary_directory.hpp"

#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

using namespace trafikito::test;
using namespace trafikito::test::bench;

namespace {

namespace fs = std::filesystem;

constexpr auto usage =
    "usage: server_load [--engine=sqlite|postgres] [--processes=N] [--seconds=N] [--begin=N]\n"
    "                   [--step=N] [--most=N] [--kept] [--connections | --overload[=N] | "
    "--kill[=N] |\n"
    "                   --profile | --serve] [--output=FOLDER] [--program=FILE] [-- OPTION...]\n"
    "Rates are cycles a second; what follows -- is for `trafikito-server serve`.\n";

using part = bool (*)(load_options const&, fs::path const&, load_findings&);

struct wanted {
    load_options options;
    part what = load_until_it_is_too_much;
    std::string name = "steps";
};

bool number(std::string_view word, std::string_view name, auto& into) {
    if (!word.starts_with(name) || word.size() <= name.size() || word[name.size()] != '=') {
        return false;
    }
    auto const value = std::atof(std::string(word.substr(name.size() + 1)).c_str());
    if (value < 1) {
        return false;
    }
    into = std::remove_reference_t<decltype(into)>(
        static_cast<
            std::conditional_t<std::is_same_v<decltype(into), double&>, double, std::size_t>>(
            value));
    return true;
}

bool parse_part(std::string_view word, wanted& into) {
    struct named {
        std::string_view word;
        part what;
    };
    static constexpr named parts[] = {{"--connections", load_with_idle_connections},
                                      {"--overload", load_twice_as_much},
                                      {"--kill", load_and_kill},
                                      {"--profile", load_and_profile},
                                      {"--serve", serve_for_others}};
    for (auto const& one : parts) {
        if (word == one.word) {
            into.what = one.what;
            into.name = word.substr(2);
            return true;
        }
    }
    return false;
}

bool parse(std::vector<std::string> const& words, wanted& into) {
    auto& options = into.options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto const& word = words[i];
        if (word == "--") {
            options.more.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
            return true;
        }
        if (word == "--kept") {
            options.keep = true;
        } else if (word == "--engine=postgres" || word == "--engine=sqlite") {
            options.postgres = word.ends_with("postgres");
        } else if (word.starts_with("--output=")) {
            options.output = word.substr(9);
        } else if (word.starts_with("--program=")) {
            options.program = fs::absolute(word.substr(10));
        } else if (number(word, "--kill", options.kills)) {
            parse_part("--kill", into);
        } else if (number(word, "--overload", options.capacity)) {
            parse_part("--overload", into);
        } else if (!number(word, "--processes", options.processes) &&
                   !number(word, "--seconds", options.time) &&
                   !number(word, "--begin", options.begin) &&
                   !number(word, "--step", options.step) && !number(word, "--most", options.most) &&
                   !parse_part(word, into)) {
            return false;
        }
    }
    return true;
}

void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void write(load_findings const& found, wanted const& what) {
    auto const folder = what.options.output;
    fs::create_directories(folder);
    std::ofstream text(folder / ("server-" + what.name + ".md"));
    text << "# What trafikito-server takes: " << what.name << "\n\n"
         << describe_machine() << "\n\n";
    for (auto const& line : found.lines) {
        text << line << '\n';
    }
    for (auto const& one : found.plots) {
        std::ofstream(folder / one.file) << svg_of(one);
        text << "\n![" << one.title << "](" << one.file << ")\n";
    }
}

} // namespace

int main(int argc, char** argv) {
    wanted what;
    what.options.program = TRAFIKITO_SERVER;
    what.options.output = "build/bench/server";
    if (!parse({argv + 1, argv + argc}, what)) {
        std::cerr << usage;
        return 2;
    }
    what.options.output = fs::absolute(what.options.output);
    stop_on_signals();
    raise_descriptor_limit();
    try {
        temporary_directory const here;
        fs::permissions(here.path(), fs::perms(0755));
        load_findings found;
        found.say(describe_machine() + "\n");
        bool const well = what.what(what.options, here.path(), found);
        found.lines.erase(found.lines.begin());
        write(found, what);
        return well ? 0 : 1;
    } catch (interrupted const&) {
        return 130;
    } catch (std::exception const& error) {
        std::cerr << "server_load: " << error.what() << '\n';
        return 1;
    }
}
