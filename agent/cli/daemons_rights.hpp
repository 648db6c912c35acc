#pragma once
// Whether commands have the same user, rights and limits here as with the agent that runs: what
// /proc says of both processes, compared. `test` says what differs.

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace trafikito::agent::cli {

/// Texts of /proc/PID (proc(5)); empty where one cannot be read.
struct process_texts {
    std::string status;
    std::string limits;
    std::string oom_score_adj;
    int nice = 0;
};

process_texts texts_of(pid_t process);

/// In words, each complete: `user trafikito (here root)`, `no capability (here all)`,
/// `1024 open files at most (here 1048576)`. What one of the two does not say is not compared, nor
/// is RLIMIT_LOCKS, which tells commands apart.
std::vector<std::string> differences(process_texts const& daemon, process_texts const& here);

} // namespace trafikito::agent::cli
