#include "base/log.hpp"

#include "base/ascii.hpp"
#include "base/time_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <ctime>

namespace trafikito::base {

namespace {

constexpr std::size_t max_message = 4096; ///< bytes; a log line is for people
constexpr auto repeat_after = std::chrono::hours{1};
constexpr std::size_t max_repeats = 128; ///< different messages whose repetitions are counted

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

std::string format_json(severity level, std::string_view text, std::int64_t unix_seconds,
                        log_fields const& fields) {
    boost::json::object object{
        {"time", utc_text(std::chrono::seconds(unix_seconds), "%Y-%m-%dT%H:%M:%SZ")},
        {"level", name_of(level)},
        {"message", text}};
    for (auto const& [name, value] : fields) {
        object[lower(name)] = one_line(value);
    }
    return boost::json::serialize(object) + "\n";
}

} // namespace

std::string format_line(log::format as, severity level, std::string_view message,
                        std::int64_t unix_seconds, log_fields const& fields) {
    auto const text = one_line(message);
    switch (as) {
    case log::format::journal:
        return std::string("<") + priority_of(level) + ">" + text + "\n";
    case log::format::json:
        return format_json(level, text, unix_seconds, fields);
    case log::format::text:
        break;
    }
    auto level_name = std::string(name_of(level));
    level_name.resize(8, ' ');
    return utc_text(std::chrono::seconds(unix_seconds), "%Y-%m-%d %H:%M:%S ") + level_name + text +
           "\n";
}

std::string format_journal_fields(severity level, std::string_view message,
                                  log_fields const& fields) {
    std::string text = "PRIORITY=";
    text += priority_of(level);
    text += "\nSYSLOG_IDENTIFIER=trafikito-agent\nMESSAGE=";
    text += one_line(message);
    text += '\n';
    for (auto const& [name, value] : fields) {
        text += "TRAFIKITO_" + name + "=" + one_line(value) + "\n";
    }
    return text;
}

void log::add(severity level, std::string_view message, log_fields const& fields) {
    if (level < threshold_) {
        return;
    }
    std::string with_count;
    if (now_ && level >= severity::warning) {
        if (repeated(message, with_count)) {
            return;
        }
        message = with_count;
    }
    if (format_ == format::journal && journal_ &&
        journal_(format_journal_fields(level, message, fields))) {
        return;
    }
    write_(format_line(format_, level, message, std::time(nullptr), fields));
}

// True: it is not to be said now. Else `with_count` is what to say.
bool log::repeated(std::string_view message, std::string& with_count) {
    auto const now = now_();
    with_count = message;
    auto const known = repeats_.find(message);
    if (known != repeats_.end()) {
        auto& [said, unsaid] = known->second;
        if (now - said < repeat_after) {
            ++unsaid;
            return true;
        }
        if (unsaid != 0) {
            with_count += " (and " + std::to_string(unsaid) +
                          (unsaid == 1 ? " time more" : " times more") + " in the last hour)";
        }
        known->second = {now, 0};
        return false;
    }
    if (repeats_.size() >= max_repeats) {
        std::erase_if(repeats_,
                      [&](auto const& one) { return now - one.second.said >= repeat_after; });
    }
    if (repeats_.size() < max_repeats) {
        repeats_.emplace(message, repeat{now, 0});
    }
    return false;
}

void log::forget_repeats(std::string_view beginning) {
    std::erase_if(repeats_, [&](auto const& one) { return one.first.starts_with(beginning); });
}

void log::on_change(severity level, std::string const& topic, std::string_view message,
                    std::string_view over) {
    auto& last = topics_[topic];
    if (last.message == message) {
        return;
    }
    last = {level, std::string(message)};
    if (!message.empty()) {
        add(level, message, {});
    } else if (!over.empty()) {
        add(severity::info, over, {});
    }
}

std::vector<std::string> log::problems() const {
    std::vector<std::string> open;
    for (auto const& [topic, last] : topics_) {
        if (last.level >= severity::warning && !last.message.empty()) {
            open.push_back(one_line(last.message));
        }
    }
    return open;
}

} // namespace trafikito::base
