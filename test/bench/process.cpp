#include "test/bench/process.hpp"

#include "test/bench/waiting.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <grp.h>
#include <pwd.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace trafikito::test::bench {

namespace {

using std::chrono::steady_clock;

struct identity_of_user {
    uid_t user = 0;
    gid_t group = 0;
    bool other = false;
};

identity_of_user find_user(std::string const& name) {
    if (name.empty()) {
        return {};
    }
    passwd const* const entry = ::getpwnam(name.c_str());
    if (entry == nullptr) {
        throw std::runtime_error("there is no user " + name);
    }
    return {entry->pw_uid, entry->pw_gid, true};
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (auto& word : words) {
        result.push_back(word.data());
    }
    result.push_back(nullptr);
    return result;
}

bool enter(int group) {
    return group < 0 || ::write(group, "0", 1) == 1;
}

bool become(identity_of_user const& who) {
    return !who.other ||
           (::setgroups(0, nullptr) == 0 && ::setgid(who.group) == 0 && ::setuid(who.user) == 0);
}

/// In the child: only what is allowed between fork and exec.
[[noreturn]] void become_program(identity_of_user const& who, int group, int output,
                                 char const* directory, char** words, char** environment) {
    ::setsid();
    // Behind become(): another user would not be told.
    bool const well = enter(group) && ::dup2(output, STDOUT_FILENO) >= 0 &&
                      ::dup2(output, STDERR_FILENO) >= 0 && become(who) &&
                      ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::chdir(directory) == 0;
    if (well) {
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        std::signal(SIGPIPE, SIG_DFL);
        ::execve(words[0], words, environment);
    }
    ::_exit(127);
}

int open_or_throw(std::filesystem::path const& path, int flags) {
    int const descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        throw std::runtime_error("cannot open " + path.string() + ": " + std::strerror(errno));
    }
    return descriptor;
}

} // namespace

process::process(start_options const& options) {
    auto const who = find_user(options.user);
    auto words = options.words;
    auto environment = options.environment;
    auto const is_path = [](std::string const& one) { return one.starts_with("PATH="); };
    if (std::ranges::none_of(environment, is_path)) {
        environment.emplace_back("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    }
    auto const arguments = pointers(words);
    auto const variables = pointers(environment);
    int const output = options.output.empty()
                           ? open_or_throw("/dev/null", O_WRONLY)
                           : open_or_throw(options.output, O_WRONLY | O_CREAT | O_APPEND);
    int const input = open_or_throw("/dev/null", O_RDONLY);
    int const group = options.group.empty() ? -1 : open_or_throw(options.group, O_WRONLY);
    begun_ = steady_clock::now();
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(input, STDIN_FILENO);
        become_program(who, group, output, options.directory.c_str(),
                       const_cast<char**>(arguments.data()), const_cast<char**>(variables.data()));
    }
    for (int const one : {output, input, group}) {
        if (one >= 0) {
            ::close(one);
        }
    }
    if (pid_ < 0) {
        throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
    }
}

process::~process() {
    if (!reaped_) {
        ::kill(-pid_, SIGKILL);
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

bool process::ended() {
    if (!reaped_ && ::wait4(pid_, &status_, WNOHANG, &usage_) == pid_) {
        reaped_ = true;
    }
    return reaped_;
}

void process::end(int signal) {
    if (ended()) {
        return;
    }
    ::kill(pid_, signal);
    auto const bound = steady_clock::now() + std::chrono::seconds(10);
    while (!ended()) { // also when the bench itself is being ended
        if (steady_clock::now() > bound) {
            ::kill(pid_, SIGKILL);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

int process::wait(std::chrono::seconds bound) {
    wait_for("the end of a process", [this] { return ended(); }, bound);
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

std::chrono::microseconds process::usage() const {
    auto const of = [](timeval const& time) {
        return std::chrono::microseconds(time.tv_sec * 1'000'000 + time.tv_usec);
    };
    return of(usage_.ru_utime) + of(usage_.ru_stime);
}

std::chrono::nanoseconds process::own_time() const {
    std::chrono::nanoseconds sum{0};
    std::error_code gone;
    std::filesystem::directory_iterator const tasks("/proc/" + std::to_string(pid_) + "/task",
                                                    gone);
    for (auto const& task : tasks) {
        std::istringstream text(content_of(task.path() / "schedstat"));
        long one = 0;
        text >> one;
        sum += std::chrono::nanoseconds(one);
    }
    return sum;
}

void process::wait_until_quiet() const {
    auto last = own_time();
    auto since = steady_clock::now();
    wait_for("a pause between two cycles", [&] {
        if (auto const now = own_time(); now != last) {
            last = now;
            since = steady_clock::now();
        }
        return steady_clock::now() - since >= std::chrono::milliseconds(100);
    });
}

std::string process::proc(std::string const& name) const {
    return content_of("/proc/" + std::to_string(pid_) + "/" + name);
}

long process::proc_number(std::string const& file, std::string const& name) const {
    auto const text = "\n" + proc(file);
    auto const at = text.find("\n" + name + ":");
    return at == std::string::npos ? 0 : std::atol(text.c_str() + at + name.size() + 2);
}

ran run(start_options options, std::chrono::seconds bound) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "trafikito-run-XXXXXX").string();
    int const file = ::mkstemp(pattern.data());
    if (file < 0) {
        throw std::runtime_error("cannot make " + pattern + ": " + std::strerror(errno));
    }
    ::close(file);
    options.output = pattern;
    ran result;
    try {
        process one(options);
        result.code = one.wait(bound);
    } catch (...) {
        std::filesystem::remove(pattern);
        throw;
    }
    result.output = content_of(pattern);
    std::filesystem::remove(pattern);
    return result;
}

std::string run_well(start_options const& options, std::chrono::seconds bound) {
    auto result = run(options, bound);
    if (result.code != 0) {
        throw std::runtime_error(options.words.front() + " ended with " +
                                 std::to_string(result.code) + ": " + result.output);
    }
    return std::move(result.output);
}

std::string installed_program(std::string const& name) {
    for (std::string const folder :
         {"/usr/sbin/", "/usr/bin/", "/usr/local/bin/", "/sbin/", "/bin/"}) {
        if (::access((folder + name).c_str(), X_OK) == 0) {
            return folder + name;
        }
    }
    return {};
}

std::string content_of(std::filesystem::path const& file) {
    std::ifstream const stream(file, std::ios::binary);
    std::ostringstream text; // a file of /proc may end in an error
    text << stream.rdbuf();
    return text.str();
}

std::size_t count_in(std::filesystem::path const& file, std::string const& text) {
    auto const whole = content_of(file);
    std::size_t count = 0;
    for (auto at = whole.find(text); at != std::string::npos; at = whole.find(text, at + 1)) {
        ++count;
    }
    return count;
}

} // namespace trafikito::test::bench
