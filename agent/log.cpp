#include "agent/log.hpp"

#include "agent/file.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <system_error>

namespace trafikito::agent {

namespace {

constexpr std::size_t max_message = 4096; ///< bytes; a log line is for people

std::string_view name_of(severity level) {
    switch (level) {
    case severity::debug:
        return "debug";
    case severity::info:
        return "info";
    case severity::warning:
        return "warning";
    case severity::error:
        return "error";
    }
    return {};
}

/// syslog(3)'s numbers.
char priority_of(severity level) {
    switch (level) {
    case severity::debug:
        return '7';
    case severity::info:
        return '6';
    case severity::warning:
        return '4';
    case severity::error:
        return '3';
    }
    return '6';
}

std::string format_time(std::int64_t unix_seconds, char const* pattern) {
    auto const time = static_cast<std::time_t>(unix_seconds);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 40> buffer{};
    return {buffer.data(), std::strftime(buffer.data(), buffer.size(), pattern, &parts)};
}

/// One line whatever it holds: control characters become `?`, so that nobody writes into a terminal
/// or forges a second line.
std::string one_line(std::string_view message) {
    std::string line(message.substr(0, max_message));
    for (char& byte : line) {
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) {
            byte = byte == '\n' || byte == '\t' ? ' ' : '?';
        }
    }
    return line;
}

// A line that cannot be written is lost: there is nowhere left to say so.
void write_line(int descriptor, std::string_view line) {
    (void)write_fully(descriptor, line);
}

} // namespace

std::string format_line(log::format as, severity level, std::string_view message,
                        std::int64_t unix_seconds) {
    auto const text = one_line(message);
    switch (as) {
    case log::format::journal:
        return std::string("<") + priority_of(level) + ">" + text + "\n";
    case log::format::json:
        return R"({"time":")" + format_time(unix_seconds, "%Y-%m-%dT%H:%M:%SZ") + R"(","level":")" +
               std::string(name_of(level)) + R"(","message":)" +
               boost::json::serialize(boost::json::string(text)) + "}\n";
    case log::format::text:
        break;
    }
    auto level_name = std::string(name_of(level));
    level_name.resize(8, ' ');
    return format_time(unix_seconds, "%Y-%m-%d %H:%M:%S ") + level_name + text + "\n";
}

void log::add(severity level, std::string_view message) {
    if (level >= threshold_) {
        write_(format_line(format_, level, message, std::time(nullptr)));
    }
}

void log::on_change(severity level, std::string const& topic, std::string_view message) {
    auto& last = last_[topic];
    if (last == message) {
        return;
    }
    last = message;
    if (!message.empty()) {
        add(level, message);
    }
}

log::sink open_log(std::string const& log_file) {
    auto const to_stderr = [](std::string_view line) { write_line(STDERR_FILENO, line); };
    if (log_file.empty()) {
        return to_stderr;
    }
    int const descriptor = ::open(
        log_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
        S_IRUSR | S_IWUSR | S_IRGRP);
    if (descriptor < 0) {
        write_line(STDERR_FILENO, "trafikito-agent: log_file " + log_file + " cannot be opened: " +
                                      std::generic_category().message(errno) +
                                      "; logging to stderr\n");
        return to_stderr;
    }
    std::shared_ptr<int const> const owner(new int(descriptor), [](int const* file) {
        ::close(*file);
        delete file;
    });
    return [owner](std::string_view line) { write_line(*owner, line); };
}

bool stderr_is_journal() {
    char const* const stream = std::getenv("JOURNAL_STREAM");
    struct stat status{};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) {
        return false;
    }
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

} // namespace trafikito::agent
