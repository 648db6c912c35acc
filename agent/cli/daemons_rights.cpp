#include "agent/cli/daemons_rights.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "exec/process_info.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>

namespace trafikito::agent::cli {

namespace {

constexpr unsigned known_capabilities = 41;
/// capabilities(7), in the order of their numbers.
constexpr std::string_view capability_names =
    "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable "
    "net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio "
    "sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time "
    "sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog "
    "wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore";

/// Of `real effective saved file` the effective one.
std::string_view effective(std::string_view numbers) {
    auto const words = base::words_in(numbers);
    return words.size() > 1 ? words[1] : std::string_view();
}

std::string user_in_words(std::string_view number) {
    auto const uid = base::number_in<uid_t>(number);
    auto const* const known = uid ? ::getpwuid(*uid) : nullptr;
    return known != nullptr ? known->pw_name : std::string(number);
}

std::string group_in_words(std::string_view number) {
    auto const gid = base::number_in<gid_t>(number);
    auto const* const known = gid ? ::getgrgid(*gid) : nullptr;
    return known != nullptr ? known->gr_name : std::string(number);
}

std::string groups_in_words(std::string_view numbers) {
    std::string text;
    for (auto const number : base::words_in(numbers)) {
        text += (text.empty() ? "" : ", ") + group_in_words(number);
    }
    return text.empty() ? "no groups besides" : "groups besides " + text;
}

std::string sorted(std::string_view numbers) {
    auto words = base::words_in(numbers);
    std::ranges::sort(words);
    std::string text;
    for (auto const word : words) {
        text += std::string(word) + " ";
    }
    return text;
}

std::string capabilities_in_words(std::string_view hexadecimal) {
    std::uint64_t set = 0;
    auto const read =
        std::from_chars(hexadecimal.data(), hexadecimal.data() + hexadecimal.size(), set, 16);
    constexpr std::uint64_t all = (1ULL << known_capabilities) - 1;
    if (read.ec != std::errc() || (set & all) == all) {
        return "all capabilities";
    }
    if (set == 0) {
        return "no capability";
    }
    bool const few = std::popcount(set) <= static_cast<int>(known_capabilities / 2);
    std::string text;
    for (unsigned number = 0; auto const name : base::words_in(capability_names)) {
        bool const has = ((set >> number++) & 1U) != 0;
        if (has == few) {
            text += (text.empty() ? "" : " ") + std::string(name);
        }
    }
    return (few ? "capabilities " : "all capabilities but ") + text;
}

/// The soft limit of a line `Max open files   1024   524288   files`; empty when there is none.
std::string_view soft_limit(std::string_view limits, std::string_view name) {
    base::line_reader lines(limits);
    while (auto const line = lines.next()) {
        if (line->text.starts_with(name)) {
            auto const words = base::words_in(line->text.substr(name.size()));
            return words.empty() ? std::string_view() : words.front();
        }
    }
    return {};
}

class comparison {
public:
    comparison(process_texts const& daemon, process_texts const& here)
        : daemon_(daemon), here_(here) {}

    void compare_rights() {
        of_status("Uid", effective, [](auto uid) { return "user " + user_in_words(uid); });
        of_status("Gid", effective, [](auto gid) { return "group " + group_in_words(gid); });
        if (sorted(exec::field_of_status(daemon_.status, "Groups")) !=
            sorted(exec::field_of_status(here_.status, "Groups"))) {
            add(groups_in_words(exec::field_of_status(daemon_.status, "Groups")),
                groups_in_words(exec::field_of_status(here_.status, "Groups")));
        }
        of_status("CapEff", whole, capabilities_in_words);
        auto const gains = [](auto const& of) {
            return exec::field_of_status(of.status, "NoNewPrivs") == "0";
        };
        if (gains(daemon_) && gains(here_)) {
            of_status("CapBnd", whole, [](auto set) {
                return "for programs that gain rights " + capabilities_in_words(set);
            });
        }
        of_status("NoNewPrivs", whole, [](auto flag) {
            return flag == "1" ? "programs gain no rights (sudo, su)" : "programs may gain rights";
        });
        of_status("Seccomp", whole, [](auto mode) {
            return mode == "0" ? "no filter of system calls" : "a filter of system calls";
        });
    }

    void compare_limits() {
        struct limit {
            std::string_view name; ///< as /proc/PID/limits has it
            std::string_view words;
        };
        constexpr std::array limits =
            std::to_array<limit>({{"Max open files", " open files at most"},
                                  {"Max processes", " processes of the user at most"},
                                  {"Max file size", " bytes in a file at most"},
                                  {"Max address space", " bytes of address space at most"},
                                  {"Max cpu time", " seconds of processor time at most"},
                                  {"Max data size", " bytes of data at most"},
                                  {"Max stack size", " bytes of stack at most"},
                                  {"Max locked memory", " bytes of locked memory at most"}});
        for (auto const& one : limits) {
            auto const theirs = soft_limit(daemon_.limits, one.name);
            auto const ours = soft_limit(here_.limits, one.name);
            if (!theirs.empty() && !ours.empty() && theirs != ours) {
                add(std::string(theirs).append(one.words), std::string(ours));
            }
        }
        if (daemon_.nice != here_.nice) {
            add("nice " + std::to_string(daemon_.nice), std::to_string(here_.nice));
        }
        auto const theirs = base::trim_white_space(daemon_.oom_score_adj);
        auto const ours = base::trim_white_space(here_.oom_score_adj);
        if (!theirs.empty() && !ours.empty() && theirs != ours) {
            add("oom_score_adj " + std::string(theirs), std::string(ours));
        }
    }

    std::vector<std::string> found() && { return std::move(found_); }

private:
    static std::string_view whole(std::string_view value) { return value; }

    void of_status(std::string_view name, std::function<std::string_view(std::string_view)> part,
                   std::function<std::string(std::string_view)> const& words) {
        auto const theirs = part(exec::field_of_status(daemon_.status, name));
        auto const ours = part(exec::field_of_status(here_.status, name));
        if (!theirs.empty() && !ours.empty() && theirs != ours) {
            add(words(theirs), words(ours));
        }
    }

    void add(std::string const& daemon, std::string const& here) {
        found_.push_back(daemon + " (here " + here + ")");
    }

    process_texts const& daemon_;
    process_texts const& here_;
    std::vector<std::string> found_;
};

} // namespace

process_texts texts_of(pid_t process) {
    auto const folder = "/proc/" + std::to_string(process);
    errno = 0;
    int const nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(process));
    return {.status = exec::read_proc(folder + "/status"),
            .limits = exec::read_proc(folder + "/limits"),
            .oom_score_adj = exec::read_proc(folder + "/oom_score_adj"),
            .nice = errno == 0 ? nice : 0};
}

std::vector<std::string> differences(process_texts const& daemon, process_texts const& here) {
    if (daemon.status.empty() || here.status.empty()) {
        return {};
    }
    comparison both(daemon, here);
    both.compare_rights();
    both.compare_limits();
    return std::move(both).found();
}

} // namespace trafikito::agent::cli
