#include "agent/cycle/widget.hpp"

#include "base/file.hpp"
#include "base/time_text.hpp"
#include "config/command_definition.hpp"
#include "config/load.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <variant>

namespace trafikito::agent::cycle {

namespace {

using verdict = widget_verdict::kind;

constexpr std::size_t max_line = 1024;
constexpr std::string_view white_space = " \t\r\n";

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

std::string_view without_ends(std::string_view text) {
    auto const first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

/// Whether a shell would run something of it as it reads the double-quoted string.
bool runs_when_read(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '`' || text.substr(at).starts_with("$(")) {
            return true;
        }
    }
    return false;
}

bool has_name(config::command_list const& list, std::string_view name) {
    auto const start = std::string(name) + '=';
    return list.find(name) != nullptr || list.find_refused(name) != nullptr ||
           std::ranges::any_of(list.valid_lines,
                               [&](auto const& line) { return line.starts_with(start); });
}

std::string error_words() {
    return std::generic_category().message(errno);
}

/// Why this file is not one to add to; empty when it is.
std::string problem_of(struct stat const& facts) {
    if (!S_ISREG(facts.st_mode) || facts.st_nlink != 1) {
        return "is a link or no regular file";
    }
    if (facts.st_uid != 0 && facts.st_uid != ::geteuid()) {
        return "belongs to another user";
    }
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return "can be written by others: chmod go-w";
    }
    return {};
}

bool same_file(struct stat const& one, struct stat const& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino &&
           one.st_size == other.st_size && one.st_mtim.tv_sec == other.st_mtim.tv_sec &&
           one.st_mtim.tv_nsec == other.st_mtim.tv_nsec && one.st_mode == other.st_mode &&
           one.st_uid == other.st_uid && one.st_gid == other.st_gid;
}

/// Content, owner and mode of a new file; the errno of what failed, or 0.
int write_like(int file, std::string_view content, struct stat const& like) {
    if (int const error = base::write_fully(file, content)) {
        return error;
    }
    struct stat made{};
    if (::fstat(file, &made) != 0) {
        return errno;
    }
    bool const ours = made.st_uid == like.st_uid && made.st_gid == like.st_gid;
    if (!ours && ::fchown(file, like.st_uid, like.st_gid) != 0) {
        return errno;
    }
    return ::fchmod(file, like.st_mode & 07777) == 0 ? 0 : errno;
}

std::string replace_as_it_was(std::filesystem::path const& path, std::string_view content,
                              struct stat const& before) {
    bool changed = false;
    auto const failed = base::replace_file(path, [&](int file) {
        int error = write_like(file, content, before);
        if (error == 0 && ::fsync(file) != 0) { // before the last look, for it may take its time
            error = errno;
        }
        struct stat now{};
        changed = error == 0 && (::lstat(path.c_str(), &now) != 0 || !same_file(before, now));
        return changed ? ECANCELED : error;
    });
    if (changed) {
        return "was changed meanwhile";
    }
    return failed ? "cannot be replaced as it was: " + failed.message() : std::string();
}

} // namespace

bool is_widget_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

widget_verdict judge_widget(std::string_view answer, config::command_list const& list) {
    auto const line = without_ends(answer);
    if (line.empty() || line.size() > max_line || !std::ranges::all_of(line, is_printable)) {
        return {
            verdict::invalid, {}, {}, {}, "not one line of 1 to 1024 printable ASCII characters"};
    }
    auto const parsed = config::parse_command_definition(line);
    if (auto const* const problem = std::get_if<config::line_problem>(&parsed)) {
        return {verdict::invalid, {}, {}, {}, problem->what};
    }
    auto const& valid = *std::get_if<config::valid_line>(&parsed);
    widget_verdict judged{verdict::add,
                          std::string(valid.name),
                          std::string(valid.text),
                          std::string(valid.assignment),
                          {}};
    auto const refuse = [&judged](verdict as, std::string why) {
        judged.is = as;
        judged.why = std::move(why);
        return judged;
    };
    if (valid.escapes_its_quote) {
        return refuse(verdict::invalid, "a backslash before the closing quote");
    }
    auto const* const present = list.find(valid.name);
    if (present != nullptr && present->line == valid.assignment) {
        return refuse(verdict::present, "the list has that line");
    }
    if (has_name(list, valid.name)) {
        return refuse(verdict::refused, "the list has another command of that name");
    }
    if (runs_when_read(valid.text)) {
        return refuse(verdict::refused,
                      "it has a ` or $( without a backslash: that runs when the list is read");
    }
    if (list.valid_lines.size() >= max_commands_with_widgets) {
        return refuse(verdict::refused, "the list has " + std::to_string(list.valid_lines.size()) +
                                            " commands; widgets add no more");
    }
    return judged;
}

std::string append_widget(std::filesystem::path const& list, widget_verdict const& what,
                          std::string_view id, std::int64_t unix_seconds) {
    auto const in_words = [&list](std::string const& problem) {
        return list.string() + " " + problem;
    };
    struct stat before{};
    if (::lstat(list.c_str(), &before) != 0) {
        return in_words("cannot be read: " + error_words());
    }
    if (auto const problem = problem_of(before); !problem.empty()) {
        return in_words(problem);
    }
    auto const old = base::read_file(list, config::max_file_size);
    if (!old.content) {
        return in_words(old.problem);
    }
    auto content = *old.content;
    content += content.empty() || content.ends_with('\n') ? "" : "\n";
    // A comment, so that a `#:` line at the end of the file is not taken for the widget's.
    content += "# widget " + std::string(id) + " of the API, added by trafikito-agent at " +
               base::local_time(base::moment(std::chrono::seconds(unix_seconds))) + "\n" +
               what.line + "\n";
    if (content.size() > config::max_file_size) {
        return in_words("would become larger than what is read of it");
    }
    auto const problem = replace_as_it_was(list, content, before);
    return problem.empty() ? problem : in_words(problem);
}

} // namespace trafikito::agent::cycle
