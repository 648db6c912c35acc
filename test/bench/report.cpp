#include "test/bench/report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <sstream>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace trafikito::test::bench {

namespace {

namespace json = boost::json;

/// The rest of the first line that begins so, without what stands around the value.
std::string line_value(std::string const& text, std::string const& name) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name)) {
            auto value = line.substr(name.size());
            value.erase(0, value.find_first_not_of(" \t:=\""));
            value.erase(value.find_last_not_of(" \t\"") + 1);
            return value;
        }
    }
    return {};
}

std::string today() {
    std::array<char, 32> text{};
    std::time_t const now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    auto const size = std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
    return {text.data(), size};
}

std::string program_version(workbench const& bench) {
    auto text = run_well(start_options({bench.with.agent, "--version"}));
    return text.substr(0, text.find('\n'));
}

std::array<std::string, 5> row_of(figure const& one) {
    return {one.name, one.value_text(), one.ratio_text(), one.goal_text(), text_of(one.judge())};
}

/// As people count letters: `≤` is one.
std::size_t width_of(std::string const& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

json::array array_of(samples const& several) {
    json::array result;
    for (double const value : several.values) {
        result.emplace_back(value);
    }
    return result;
}

json::object object_of(figure const& one) {
    json::object result;
    result["id"] = one.id;
    result["name"] = one.name;
    result["unit"] = one.unit;
    result["values"] = array_of(one.values);
    result["median"] = one.values.values.empty() ? json::value() : json::value(one.values.median());
    if (!one.ratios.values.empty()) {
        result["against"] = one.against;
        result["ratios"] = array_of(one.ratios);
        result["ratio"] = one.ratios.median();
    }
    if (one.wanted) {
        result["goal"] = json::object{
            {one.wanted->is == goal::bound::at_most ? "atMost" : "atLeast", one.wanted->limit},
            {"of", one.wanted->of_ratio ? "ratio" : "median"}};
    }
    result["verdict"] = text_of(one.judge());
    if (!one.note.empty()) {
        result["note"] = one.note;
    }
    return result;
}

/// Those that the project's README shows.
constexpr std::array headlines{"cycle_cpu_root",
                               "cycle_cpu_user",
                               "cycle_cpu_own_root",
                               "cycle_cpu_own_user",
                               "best_peer",
                               "system_calls_root",
                               "synchronous_writes_root",
                               "wall_10_root",
                               "wall_each_1000_root",
                               "rss_root",
                               "private_dirty_root",
                               "memory_printing_root",
                               "throughput",
                               "wake_ups",
                               "start_to_request",
                               "program_bytes",
                               "bytes_up",
                               "bytes_down"};

std::string provenance_of(workbench const& bench) {
    return "Measured on one machine, others differ: " + describe_machine() + "; " + today() + ", " +
           program_version(bench) + ".\n\n";
}

constexpr auto table_head =
    "| figure | median (least to most) | ratio | goal | |\n|---|---|---|---|---|\n";

std::string markdown_row(figure const& one) {
    std::string row = "|";
    for (auto const& cell : row_of(one)) {
        row += ' ' + cell + (cell.empty() ? "|" : " |");
    }
    return row + '\n';
}

std::string summary_of(workbench const& bench) {
    auto text = provenance_of(bench) + table_head;
    for (auto const& one : bench.figures) {
        if (std::ranges::find(headlines, one.id) != headlines.end() &&
            one.judge() != verdict::not_taken) {
            text += markdown_row(one);
        }
    }
    return text;
}

std::string markdown_of(workbench const& bench) {
    std::ostringstream out;
    out << provenance_of(bench) << table_head;
    for (auto const& one : bench.figures) {
        out << markdown_row(one);
    }
    out << '\n';
    for (auto const& one : bench.figures) {
        if (!one.note.empty()) {
            out << "* " << one.name << ": " << one.note << ".\n";
        }
    }
    for (auto const& remark : bench.remarks) {
        out << "* " << remark << ".\n";
    }
    for (auto const& picture : bench.plots) {
        out << "\n![" << picture.title << "](" << picture.file << ")\n";
    }
    return out.str();
}

json::object json_of(workbench const& bench) {
    json::array figures;
    for (auto const& one : bench.figures) {
        figures.push_back(object_of(one));
    }
    json::array remarks;
    for (auto const& remark : bench.remarks) {
        remarks.emplace_back(remark);
    }
    return {{"machine", describe_machine()},
            {"date", today()},
            {"program", program_version(bench)},
            {"figures", figures},
            {"remarks", remarks}};
}

void write(std::filesystem::path const& file, std::string const& text) {
    std::ofstream stream(file, std::ios::binary);
    if (!(stream << text << std::flush)) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

} // namespace

std::string describe_machine() {
    auto const cpu = content_of("/proc/cpuinfo");
    auto model = line_value(cpu, "model name");
    utsname kernel{};
    ::uname(&kernel);
    if (model.empty()) {
        model = kernel.machine;
    }
    auto const memory = std::atol(line_value(content_of("/proc/meminfo"), "MemTotal").c_str());
    return std::to_string(std::thread::hardware_concurrency()) + " × " + model + ", " +
           number_text(static_cast<double>(memory) / 1048576, 0) + " GiB, " +
           line_value(content_of("/etc/os-release"), "PRETTY_NAME") + ", Linux " + kernel.release;
}

std::string table_of(workbench const& bench) {
    std::vector<std::array<std::string, 5>> rows{
        {"figure", "median (least to most)", "ratio", "goal", ""}};
    for (auto const& one : bench.figures) {
        rows.push_back(row_of(one));
    }
    std::array<std::size_t, 5> widths{};
    for (auto const& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths.at(i) = std::max(widths.at(i), width_of(row.at(i)));
        }
    }
    std::string text;
    for (auto const& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row.at(i) + std::string(widths.at(i) + 2 - width_of(row.at(i)), ' ');
        }
        text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    for (auto const& one : bench.figures) {
        if (one.judge() == verdict::not_taken) {
            text += "not taken: " + one.name + ": " + one.note + "\n";
        }
    }
    return text;
}

void write_report(workbench const& bench, std::filesystem::path const& folder) {
    std::filesystem::create_directories(folder);
    write(folder / "report.md", markdown_of(bench));
    write(folder / "summary.md", summary_of(bench));
    write(folder / "report.json", json::serialize(json_of(bench)) + "\n");
    for (auto const& picture : bench.plots) {
        write(folder / picture.file, svg_of(picture));
    }
}

std::size_t missed_goals(workbench const& bench) {
    return static_cast<std::size_t>(std::ranges::count_if(
        bench.figures, [](figure const& one) { return one.judge() == verdict::missed; }));
}

} // namespace trafikito::test::bench
