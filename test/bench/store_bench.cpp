// What it costs to keep reports: a day of what the default commands print on this machine, as the
// server stores and packs it, against the same stored and left as it came; and with the numbers
// that are taken out of them (server/values). Prints bytes on the disk for each byte sent, an hour
// after the last came, bytes for each number, and processor time.
//
//     store_bench [DIRECTORY [SERVERS [TOGETHER [SAMPLES]]]]
//                         below /var/tmp, 4 servers, 1 report a commit, 130 samples
//
// A sample is a run of all commands; they are taken half a second apart and then made to differ as
// if they were a minute apart: the last digits of their larger numbers change.
#include "net/api/default_commands.hpp"
#include "net/api/report.hpp"
#include "server/store/packer.hpp"
#include "server/store/store.hpp"
#include "server/store/value_pack.hpp"
#include "server/values/take.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace trafikito;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace kept = trafikito::server::store;

namespace {

constexpr int cycles = 24 * 60;

struct sample {
    std::vector<std::string> outputs;
    std::string results;
};

std::string run(std::string_view line) {
    auto const command = "(" + std::string(line) + "\n) 2>&1";
    std::string text;
    if (auto* const pipe = ::popen(command.c_str(), "r")) {
        for (int byte = 0; (byte = std::fgetc(pipe)) != EOF;) {
            text += static_cast<char>(byte);
        }
        ::pclose(pipe);
    }
    return text;
}

sample take_sample() {
    sample one;
    one.results = "[";
    for (auto const& command : net::api::default_commands) {
        auto const begun = std::chrono::steady_clock::now();
        one.outputs.push_back(run(command.line));
        auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begun);
        one.results += std::string(one.results.size() > 1 ? "," : "") + "{\"command\":\"" +
                       std::string(command.name) +
                       "\",\"exit\":0,\"ms\":" + std::to_string(took.count()) +
                       ",\"cpuMs\":" + std::to_string(took.count() / 2) +
                       ",\"maxRssKib\":" + std::to_string(2000 + one.outputs.back().size() % 1900) +
                       ",\"bytes\":" + std::to_string(one.outputs.back().size()) + "}";
    }
    one.results += "]";
    return one;
}

bool is_digit(char one) {
    return one >= '0' && one <= '9';
}

/// The last three digits of every third number that has more than three.
std::string varied(std::string text, std::mt19937& random) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_digit(text[end])) {
            ++end;
        }
        if (end - at > 3 && random() % 3 == 0) {
            for (auto digit = end - 3; digit < end; ++digit) {
                text[digit] = static_cast<char>('0' + random() % 10);
            }
        }
        at = end + 1;
    }
    return text;
}

struct cycle {
    std::vector<std::string> outputs;
    std::string results;
    std::string id;
    net::api::parsed_report report;
};

void fill(cycle& one, sample const& from, std::mt19937& random) {
    one.outputs.clear();
    one.report.sections.clear();
    for (auto const& output : from.outputs) {
        one.outputs.push_back(varied(output, random));
    }
    for (std::size_t at = 0; at < one.outputs.size(); ++at) {
        one.report.sections.push_back(
            {std::string(net::api::default_commands[at].name), one.outputs[at]});
    }
    one.results = varied(from.results, random);
    char id[40];
    std::snprintf(
        id, sizeof id, "%08lx-%04lx-4%03lx-8%03lx-%012lx", static_cast<unsigned long>(random()),
        static_cast<unsigned long>(random() % 65536), static_cast<unsigned long>(random() % 4096),
        static_cast<unsigned long>(random() % 4096), static_cast<unsigned long>(random()));
    one.id = id;
}

std::size_t bytes_sent(cycle const& one) {
    auto bytes = one.results.size() + one.id.size();
    for (auto const& section : one.report.sections) {
        bytes += net::api::command_marker.size() + section.name.size() + 1 + section.output.size();
    }
    return bytes;
}

double processor_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    auto const seconds = [](timeval const& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

using step_clock = std::chrono::steady_clock;

/// How long the longest of some steps took.
struct longest {
    std::chrono::nanoseconds most{0};
    std::chrono::nanoseconds sum{0};
    long count = 0;
    template <typename Step>
    auto of(Step step) {
        auto const begun = step_clock::now();
        auto result = step();
        auto const took = step_clock::now() - begun;
        most = std::max<std::chrono::nanoseconds>(most, took);
        sum += took;
        ++count;
        return result;
    }
    [[nodiscard]] double milliseconds() const { return static_cast<double>(most.count()) / 1e6; }
    [[nodiscard]] double mean() const {
        return count == 0 ? 0 : static_cast<double>(sum.count()) / 1e6 / static_cast<double>(count);
    }
};

struct day {
    double sent = 0; ///< bytes
    double disk = 0;
    double storing = 0; ///< processor seconds
    double packing = 0; ///< all of it,
    double putting = 0; ///< of it: blocks put in place,
    double tidying = 0; ///< and room given back
    double taking = 0;  ///< of storing: numbers taken out of outputs
    double values = 0;  ///< how many there were
    longest commits;
    longest replacements;
    longest steps;
};

std::size_t size_of(fs::path const& file) {
    std::error_code none;
    auto const size = fs::file_size(file, none);
    return none ? 0 : size;
}

class bench {
public:
    bench(fs::path const& directory, std::vector<sample> const& samples, int servers, int together)
        : file_(directory / "trafikito.db"), samples_(samples), servers_(servers),
          together_(together) {}

    day run(bool packed, bool with_values) {
        with_values_ = with_values;
        kept::store to(file_, kept::access::read_write, [this] { return now_; });
        for (int server = 0; server < servers_; ++server) {
            auto const id = name(server);
            to.add_server(id, id, server::security::sha256(id));
        }
        kept::store from(file_, kept::access::read_only, [this] { return now_; });
        std::vector<cycle> reports(static_cast<std::size_t>(together_));
        for (cycle_ = 0; cycle_ < cycles; ++cycle_) {
            now_ += 1min;
            for (int server = 0; server < servers_; server += together_) {
                store_some(to, reports, server, std::min(server + together_, servers_));
            }
            if (packed && cycle_ % 10 == 9) {
                pack(to, from);
            }
        }
        now_ += 1h + 1min;
        if (packed) {
            pack(to, from);
        }
        result_.disk = static_cast<double>(close(to));
        return result_;
    }

private:
    static std::string name(int server) { return "server-" + std::to_string(server); }

    void store_some(kept::store& to, std::vector<cycle>& reports, int first, int end) {
        std::vector<kept::new_report> all;
        std::vector<std::string> names;
        names.reserve(reports.size());
        for (int server = first; server < end; ++server) {
            if (cycle_ < server * 60 / servers_) {
                continue; // they did not all begin at once
            }
            auto& one = reports[static_cast<std::size_t>(server - first)];
            fill(one, samples_[random_() % samples_.size()], random_);
            result_.sent += static_cast<double>(bytes_sent(one));
            names.push_back(name(server));
            kept::report_facts facts;
            facts.took = 1;
            facts.report_id = one.id;
            facts.results = one.results;
            all.push_back({names.back(), &one.report, facts});
        }
        auto const begun = processor_seconds();
        if (with_values_) {
            take_values(all);
            result_.taking += processor_seconds() - begun;
        }
        result_.commits.of([&] { return to.add_reports(all).size(); });
        result_.storing += processor_seconds() - begun;
    }

    void take_values(std::vector<kept::new_report>& all) {
        for (auto& one : all) {
            std::vector<server::values::command_output> outputs;
            for (auto const& section : one.report->sections) {
                outputs.push_back({section.name, section.output});
            }
            using std::chrono::milliseconds;
            auto const at = std::chrono::duration_cast<milliseconds>(now_.time_since_epoch());
            one.facts.values = server::values::take(
                rules_, outputs, counters_[std::string(one.server_id)], at.count());
            result_.values += static_cast<double>(one.facts.values.size());
        }
    }

    void pack_values(kept::store& to, kept::store& from) {
        for (auto const& id : from.servers_with_values_to_pack(now_)) {
            auto const one = from.pack_values(id, now_);
            auto const put = processor_seconds();
            result_.replacements.of([&] { return one && to.replace_by_block(*one); });
            result_.putting += processor_seconds() - put;
        }
    }

    void pack(kept::store& to, kept::store& from) {
        auto const begun = processor_seconds();
        kept::unreadable_reports unreadable;
        auto const young = from.first_young_report();
        for (auto const& id : from.servers_to_pack(young, unreadable)) {
            while (from.has_enough_to_pack(id, young, unreadable)) {
                auto const one = from.pack_oldest(id, unreadable);
                auto const put = processor_seconds();
                result_.replacements.of([&] { return one && to.replace_by_block(*one); });
                result_.putting += processor_seconds() - put;
            }
        }
        pack_values(to, from);
        auto const tidy = processor_seconds();
        while (result_.steps.of([&] { return to.tidy(); })) {
        }
        result_.packing += processor_seconds() - begun;
        result_.tidying += processor_seconds() - tidy;
    }

    std::size_t close(kept::store& /*still open*/) const {
        server::database::sqlite raw(file_, kept::access::read_write);
        raw.empty_log();
        return size_of(file_);
    }

    fs::path file_;
    std::vector<sample> const& samples_;
    int servers_;
    int together_; ///< reports of one commit
    int cycle_ = 0;
    base::wall_time now_{std::chrono::seconds(1'800'000'000)};
    std::mt19937 random_{1};
    bool with_values_ = false;
    server::values::rules rules_;
    std::map<std::string, server::values::counters> counters_;
    day result_;
};

void print(char const* what, day const& one) {
    std::printf("%-7s %7.1f MB sent, %7.1f MB on the disk: %5.2f %%; CPU %6.2f s storing, %5.2f s "
                "packing (%.2f s putting in place, %.2f s giving room back)\n",
                what, one.sent / 1e6, one.disk / 1e6, 100 * one.disk / one.sent, one.storing,
                one.packing, one.putting, one.tidying);
    std::printf("        ms, mean and longest: commit %.2f %.2f, block put in place %.2f %.2f, "
                "step of deleting %.2f %.2f\n",
                one.commits.mean(), one.commits.milliseconds(), one.replacements.mean(),
                one.replacements.milliseconds(), one.steps.mean(), one.steps.milliseconds());
}

} // namespace

int main(int argc, char** argv) {
    auto const argument = [&](int at, char const* or_else) {
        return argc > at ? argv[at] : or_else;
    };
    fs::path const place = argument(1, "/var/tmp");
    auto const servers = std::atoi(argument(2, "4"));
    auto const count = std::atoi(argument(4, "130"));
    auto const together = std::atoi(argument(3, "1"));
    std::vector<sample> samples;
    for (int number = 0; number < count; ++number) {
        samples.push_back(take_sample());
        std::this_thread::sleep_for(500ms);
    }
    auto const folder = place / ("store_bench." + std::to_string(::getpid()));
    struct kind {
        char const* name;
        bool packed;
        bool with_values;
    };
    constexpr kind kinds[]{{"raw", false, false}, {"packed", true, false}, {"values", true, true}};
    std::vector<day> days;
    for (auto const& one : kinds) {
        auto const directory = folder / one.name;
        fs::create_directories(directory);
        days.push_back(
            bench(directory, samples, servers, together).run(one.packed, one.with_values));
        print(one.name, days.back());
    }
    fs::remove_all(folder);
    auto const cost = [](day const& one) { return one.storing + one.packing; };
    std::printf("CPU of storing and packing: %.2f of storing alone\n",
                cost(days[1]) / days[0].storing);
    auto const reports = static_cast<double>(days[2].commits.count) * together;
    std::printf(
        "with values: %.2f of that without, %.1f us a report for taking them; %.1f values a "
        "report, %.2f bytes each\n",
        cost(days[2]) / cost(days[1]), 1e6 * days[2].taking / reports, days[2].values / reports,
        (days[2].disk - days[1].disk) / days[2].values);
    return 0;
}
