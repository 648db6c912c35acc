#include "base/log.hpp"

#include "base/ascii.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace trafikito::base {

namespace {

constexpr std::size_t max_line = 4096; ///< bytes, PIPE_BUF: what a pipe takes at once
constexpr std::size_t max_field = 256;
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

/// Cut so that the line still is one object: bytes of the message beyond `room` are left out.
std::string format_json(severity level, std::string_view message, moment time,
                        log_fields const& fields) {
    boost::json::object object{
        {"time", local_time(time)}, {"level", name_of(level)}, {"message", ""}};
    for (auto const& [name, value] : fields) {
        object[lower(name)] = one_line(value, max_field);
    }
    for (auto room = max_line;;) {
        object["message"] = one_line(message, room);
        auto line = boost::json::serialize(object) + "\n";
        if (line.size() <= max_line || room == 0) {
            return line;
        }
        room = std::min(room, message.size());
        room -= std::min(room, line.size() - max_line);
    }
}

} // namespace

std::string format_line(log::format as, severity level, std::string_view message, moment time,
                        log_fields const& fields) {
    std::string head;
    switch (as) {
    case log::format::json:
        return format_json(level, message, time, fields);
    case log::format::journal:
        head = std::string("<") + priority_of(level) + ">";
        break;
    case log::format::text:
        head = std::string(name_of(level));
        head.resize(8, ' ');
        head = local_time(time) + ' ' + head;
        break;
    }
    return head + one_line(message, max_line - head.size() - 1) + "\n";
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

void log::add(severity level, std::string_view said, log_fields const& said_fields) {
    if (level < threshold_) {
        return;
    }
    auto const clean = redacted(said);
    std::string_view message = clean;
    auto fields = said_fields;
    for (auto& [name, value] : fields) {
        value = redacted(value);
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
    write_(format_line(format_, level, message, wall_now(), fields));
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
            open.push_back(one_line(redacted(last.message)));
        }
    }
    return open;
}

} // namespace trafikito::base
