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
constexpr std::size_t max_others = 10;   ///< beyond them, of each severity in each of these:
constexpr auto others_span = std::chrono::minutes{1};

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

std::string format_journal_fields(std::string_view program, severity level,
                                  std::string_view message, log_fields const& fields) {
    std::string text = "PRIORITY=";
    text += priority_of(level);
    text += "\nSYSLOG_IDENTIFIER=";
    text += program;
    text += "\nMESSAGE=";
    text += one_line(message);
    text += '\n';
    for (auto const& [name, value] : fields) {
        text += "TRAFIKITO_" + name + "=" + one_line(value) + "\n";
    }
    return text;
}

bool log::add(severity level, std::string_view said, log_fields const& said_fields) {
    if (level < threshold_) {
        return true;
    }
    auto message = redacted(said);
    auto fields = said_fields;
    for (auto& [name, value] : fields) {
        value = redacted(value);
    }
    if (now_) {
        say_unsaid();
        std::string with_count;
        if (level >= severity::warning && repeated(level, message, with_count)) {
            return false;
        }
        message += with_count;
    }
    put(level, message, fields);
    return true;
}

void log::counted(severity level, std::string_view message) {
    if (level >= threshold_) {
        put(level, redacted(message), {});
    }
}

void log::put(severity level, std::string_view clean, log_fields const& fields) {
    if (format_ == format::journal && journal_ &&
        journal_(format_journal_fields(program_, level, clean, fields))) {
        return;
    }
    write_(format_line(format_, level, clean, wall_now(), fields));
}

// True: it is not to be said now. Else `with_count` is what to say behind it.
bool log::repeated(severity level, std::string_view message, std::string& with_count) {
    auto const known = repeats_.find(message);
    if (known == repeats_.end()) {
        return !remember(message) && !spend(level);
    }
    auto const now = now_();
    auto& [said, unsaid] = known->second;
    if (now - said < repeat_after) {
        ++unsaid;
        return true;
    }
    if (unsaid != 0) {
        with_count = " (and " + std::to_string(unsaid) +
                     (unsaid == 1 ? " time more" : " times more") + " in the last hour)";
    }
    known->second = {now, 0};
    return false;
}

// False: too many are known.
bool log::remember(std::string_view message) {
    auto const now = now_();
    if (repeats_.size() >= max_repeats) {
        std::erase_if(repeats_,
                      [&](auto const& one) { return now - one.second.said >= repeat_after; });
    }
    if (repeats_.size() >= max_repeats) {
        return false;
    }
    repeats_.emplace(message, repeat{now, 0});
    return true;
}

// Each severity has its own, so that no flood of warnings hides an error.
bool log::spend(severity level) {
    auto const now = now_();
    auto& others = others_[level];
    if (now - others.since >= others_span) {
        others = {now, 0, 0}; // say_unsaid() went before
    }
    if (others.said >= max_others) {
        ++others.unsaid;
        return false;
    }
    ++others.said;
    return true;
}

void log::say_unsaid() {
    for (auto& [level, others] : others_) {
        if (others.unsaid != 0 && now_() - others.since >= others_span) {
            auto const count = std::exchange(others.unsaid, 0);
            auto const* const what = level == severity::error ? " error" : " warning";
            put(level,
                std::to_string(count) + what + (count == 1 ? " was" : "s were") +
                    " not said: too many different ones came at once",
                {});
        }
    }
}

void log::forget_repeats(std::string_view beginning) {
    std::erase_if(repeats_, [&](auto const& one) { return one.first.starts_with(beginning); });
}

void log::on_change(severity level, std::string const& topic, std::string_view message,
                    std::string_view over) {
    auto& last = topics_[topic];
    bool const lasts = !last.message.empty() && !message.empty();
    last.count = lasts ? last.count + 1 : 1;
    if (last.message == message) {
        return;
    }
    if (!lasts) {
        last.since = timestamp::now();
    }
    last.level = level;
    last.message = message;
    if (!message.empty()) {
        last.said = add(level, message, {}) || last.said;
    } else if (std::exchange(last.said, false) && !over.empty()) {
        add(severity::info, over, {});
    }
}

std::vector<lasting_problem> log::problems() const {
    std::vector<lasting_problem> open;
    for (auto const& [topic, last] : topics_) {
        if (last.level >= severity::warning && !last.message.empty()) {
            open.push_back({one_line(redacted(last.message)), last.since, last.count});
        }
    }
    return open;
}

} // namespace trafikito::base
