#include "agent/cycle/shortfall.hpp"

#include "base/units.hpp"

#include <algorithm>
#include <cerrno>

namespace trafikito::agent::cycle {

using hindrance = exec::result::hindrance;

namespace {

constexpr std::size_t named_at_most = 3;

/// What an administrator can do about it.
std::string hint_for(exec::result const& of) {
    switch (of.error) {
    case EAGAIN:
        return "the limit of processes is reached; raise it (TasksMax= of the unit, pids.max of "
               "the container, ulimit -u), or end what takes them";
    case ENOMEM:
        return of.kept_back == hindrance::no_room
                   ? "there is no memory left; give the machine or the container more, or lower "
                     "max_parallel"
                   : "its max_memory is too small for a shell";
    case EMFILE:
        return "the agent may open no more files; raise the limit (LimitNOFILE= of the unit, "
               "ulimit -n), or lower max_parallel";
    case ENFILE:
        return "the machine may open no more files; raise fs.file-max";
    case ENOSPC:
        return "the kernel watches no more files for this user; raise fs.epoll.max_user_watches";
    case ENOSYS:
        return "this kernel, or a filter of system calls (seccomp), lacks a call that is needed";
    case EPERM:
        return of.reason.starts_with("its user") || of.reason.starts_with("its limits")
                   ? "is the agent root? only root may do that"
                   : "a filter of system calls (seccomp) or a security module forbids it";
    default:
        return {};
    }
}

} // namespace

std::string some_of(std::vector<std::string> const& names, std::size_t at_most) {
    std::string text;
    for (std::size_t at = 0; at < std::min(names.size(), at_most); ++at) {
        text += (at == 0 ? "" : ", ") + names[at];
    }
    return names.size() > at_most
               ? text + " and " + std::to_string(names.size() - at_most) + " more"
               : text;
}

void shortfall::refused(std::string const& name, std::string const& reason) {
    add({.was_to_start = false, .reason = reason, .hint = {}, .always_these = true, .names = {}},
        name);
}

void shortfall::note(exec::result const& of) {
    if (of.kept_back == hindrance::none || of.kept_back == hindrance::interrupted ||
        of.kept_back == hindrance::no_turn) {
        return;
    }
    add({.was_to_start = true,
         .reason = of.reason,
         .hint = hint_for(of),
         .always_these = of.kept_back != hindrance::no_room,
         .names = {}},
        of.name);
}

void shortfall::add(group const& what, std::string const& name) {
    auto const same = std::ranges::find_if(groups_, [&](auto const& one) {
        return one.was_to_start == what.was_to_start && one.reason == what.reason;
    });
    auto& into = same == groups_.end() ? groups_.emplace_back(what) : *same;
    into.names.push_back(name);
}

std::string shortfall::in_words(bool starts_only) const {
    std::string text;
    for (auto const& one : groups_) {
        if (one.was_to_start || !starts_only) {
            text += (text.empty() ? "" : "; ") + in_words(one);
        }
    }
    return text;
}

std::string shortfall::in_words(group const& one) const {
    auto text = std::to_string(one.names.size()) + " of " + base::count_of(ordered_, "command");
    text += one.was_to_start        ? " could not be started"
            : one.names.size() == 1 ? " was not run"
                                    : " were not run";
    if (one.always_these && one.names.size() < ordered_) {
        text += " (" + some_of(one.names, named_at_most) + ")";
    }
    text += ": " + one.reason;
    return one.hint.empty() ? text : text + " (" + one.hint + ")";
}

} // namespace trafikito::agent::cycle
