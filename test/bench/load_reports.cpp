#include "test/bench/load_reports.hpp"

#include "base/shell_quoting.hpp"
#include "net/api/default_commands.hpp"
#include "net/api/multipart.hpp"
#include "net/api/report.hpp"
#include "server/security/secrets.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace trafikito::test::bench {

namespace {

struct printed {
    std::string bytes;
    int milliseconds = 0;
};

printed output_of_command(std::string_view line) {
    auto const begun = std::chrono::steady_clock::now();
    auto const words = "LC_ALL=C.UTF-8 /bin/sh -c " + base::shell_quoted(line) + " 2>&1";
    std::unique_ptr<FILE, int (*)(FILE*)> const from(::popen(words.c_str(), "r"), ::pclose);
    if (!from) {
        throw std::runtime_error("cannot run a command");
    }
    printed result;
    std::array<char, 4096> bytes{};
    while (auto const size = std::fread(bytes.data(), 1, bytes.size(), from.get())) {
        result.bytes.append(bytes.data(), size);
    }
    auto const took = std::chrono::steady_clock::now() - begun;
    result.milliseconds =
        static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    return result;
}

/// doc/protocol.md, "Ours alone".
std::string result_of(std::string_view name, printed const& what, std::size_t variant) {
    auto const size = std::to_string(what.bytes.size());
    return R"({"command":")" + std::string(name) + R"(","exitCode":0,"durationMs":)" +
           std::to_string(what.milliseconds) + R"(,"cpuMs":)" +
           std::to_string(what.milliseconds / 2) + R"(,"peakMemoryAtMost":)" +
           std::to_string(9'400'320 + 4096 * (variant % 7)) + R"(,"bytesSeen":)" + size +
           R"(,"bytesKept":)" + size + R"(,"timedOut":false})";
}

std::string request(std::string_view path, std::string const& headers, std::string_view type,
                    std::string const& body) {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: trafikito-agent/1.0\r\nAccept: */*\r\n" +
           headers + "Content-Type: " + std::string(type) +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace

std::string load_id(std::size_t machine) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "load-%08zu", machine);
    return text.data();
}

std::string load_key(std::size_t machine) {
    std::array<char, 80> text{};
    std::snprintf(text.data(), text.size(), "%064zx", machine * 0x9E3779B97F4A7C15U + 1);
    return text.data();
}

std::string load_uuid(std::uint64_t number) {
    auto const mixed = number * 0x9E3779B97F4A7C15U;
    std::array<char, 48> text{};
    std::snprintf(
        text.data(), text.size(), "%08x-%04x-4%03x-8%03x-%012llx",
        static_cast<unsigned>(mixed >> 32U), static_cast<unsigned>((mixed >> 16U) & 0xFFFFU),
        static_cast<unsigned>((mixed >> 4U) & 0xFFFU), static_cast<unsigned>(mixed & 0xFU),
        static_cast<unsigned long long>(number & 0xFFFF'FFFF'FFFFU));
    return text.data();
}

report_texts::report_texts(std::size_t variants)
    : boundary_(net::api::random_boundary()), boot_(load_uuid(1)) {
    std::vector<std::string> lines;
    for (auto const& command : net::api::default_commands) {
        lines.push_back(std::string(command.name) + "=\"" + std::string(command.line) + '"');
        available_ += lines.back() + '\n';
    }
    for (std::size_t variant = 0; variant < variants; ++variant) {
        one made;
        net::api::report_writer writer([&](std::string_view bytes) { made.output += bytes; });
        for (auto const& command : net::api::default_commands) {
            auto const what = output_of_command(command.line);
            writer.open_section(command.name);
            writer.output(what.bytes);
            made.results +=
                (made.results.empty() ? "[" : ",") + result_of(command.name, what, variant);
        }
        writer.available_commands(lines);
        made.results += ']';
        reports_.push_back(std::move(made));
    }
}

std::string report_texts::order(std::size_t machine) const {
    auto const body = R"({"serverId":")" + load_id(machine) + R"(","serverApiKey":")" +
                      load_key(machine) + R"(","previous":"none"})";
    return request("/v2/agent/get_config",
                   "Trafikito-Boot: " + boot_ + "\r\nTrafikito-Interval: 60\r\n",
                   "application/json", body);
}

std::string report_texts::report(std::size_t machine, std::size_t variant,
                                 std::uint64_t number) const {
    using net::api::open_field;
    auto const& what = reports_[variant];
    std::string body;
    body.reserve(what.output.size() + what.results.size() + 1024);
    body += net::api::open_file(boundary_, "output", "trafikito.tmp", "application/octet-stream");
    body += what.output;
    body += "\r\n" + open_field(boundary_, "results");
    body += what.results;
    body += "\r\n" + open_field(boundary_, "timeTookLastTime") + "1\r\n" +
            open_field(boundary_, "serverId") + load_id(machine) + "\r\n" +
            open_field(boundary_, "serverApiKey") + load_key(machine) + "\r\n" +
            net::api::close_multipart(boundary_);
    return request("/v2/agent/save_output",
                   "Trafikito-Report-Id: " + load_uuid(number) + "\r\nTrafikito-Boot: " + boot_ +
                       "\r\nTrafikito-Interval: 60\r\n",
                   net::api::multipart_content_type(boundary_), body);
}

std::size_t report_texts::size_of(std::size_t variant) const {
    return reports_[variant].output.size() + reports_[variant].results.size();
}

std::string_view report_texts::output_of(std::size_t variant) const {
    return reports_[variant].output;
}

} // namespace trafikito::test::bench
