#include "test/support/postgres_cluster.hpp"

#include "test/support/program.hpp"
#include "test/support/temporary_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <pwd.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace trafikito::test {

namespace {

namespace fs = std::filesystem;

// What is not in a package of the client alone.
constexpr char const* needed[] = {"initdb", "pg_ctl", "postgres", "psql"};

bool has_all(fs::path const& directory) {
    return std::ranges::all_of(
        needed, [&](char const* name) { return ::access((directory / name).c_str(), X_OK) == 0; });
}

/// Debian has them beside each other, a directory for each version; others say where.
fs::path find_programs() {
    std::vector<fs::path> all;
    std::error_code none;
    for (auto const& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
        all.push_back(version.path() / "bin");
    }
    std::ranges::sort(all, std::greater<>());
    for (auto const* where : {"/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"}) {
        all.emplace_back(where);
    }
    auto const found = std::ranges::find_if(all, has_all);
    return found == all.end() ? fs::path() : *found;
}

/// Whoever else there is: it does not run as root.
std::string user_that_is_not_root() {
    if (::geteuid() != 0) {
        return {};
    }
    return ::getpwnam("postgres") != nullptr ? "postgres" : "nobody";
}

std::string quoted(std::string const& word) {
    std::string text = "'";
    for (char const c : word) {
        text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return text + "'";
}

[[noreturn]] void fail(std::string const& what) {
    throw std::runtime_error("PostgreSQL for tests: " + what);
}

/// A shell that has none of our descriptors but these.
pid_t spawn_shell(std::string const& script, int in, int out) {
    std::vector<std::string> words{"/bin/sh", "-c", script};
    std::vector<std::string> environment{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
    ::posix_spawn_file_actions_t actions;
    ::posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    // Whoever ends the test with a key of the terminal does not end this: it has to tidy up.
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    pid_t pid = -1;
    int const failed = ::posix_spawn(&pid, "/bin/sh", &actions, &attributes, pointers(words).data(),
                                     pointers(environment).data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        fail(std::generic_category().message(failed));
    }
    return pid;
}

int status_of(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Runs it to its end, and throws what it wrote when it failed.
std::string output_of(std::string const& script) {
    temporary_directory const here;
    auto const file = here.path() / "out";
    int const in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    int const out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    auto const status = status_of(spawn_shell(script, in, out));
    ::close(in);
    ::close(out);
    auto text = read_file(file);
    if (status != 0) {
        fail(script + ": " + text);
    }
    return text;
}

} // namespace

std::string postgres_cluster::missing() {
    static std::string const why = [] {
        return find_programs().empty() ? "there is no PostgreSQL server on this machine "
                                         "(Debian's package postgresql)"
                                       : "";
    }();
    return why;
}

postgres_cluster& postgres_cluster::shared() {
    static postgres_cluster one;
    return one;
}

void postgres_cluster::run_as_user(std::string const& command) const {
    auto const as = user_.empty()
                        ? std::string()
                        : "setpriv --reuid=" + user_ +
                              " --regid=" + std::to_string(::getpwnam(user_.c_str())->pw_gid) +
                              " --clear-groups -- ";
    output_of("cd / && " + as + command);
}

postgres_cluster::postgres_cluster(bool durable)
    : programs_(find_programs()), user_(user_that_is_not_root()), owner_(::getpid()) {
    if (programs_.empty()) {
        fail(missing());
    }
    std::string pattern = (fs::temp_directory_path() / "trafikito-pg-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        fail("cannot make " + pattern);
    }
    directory_ = pattern;
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        fail("no pipe");
    }
    auto const null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    // Root stops it as well as its own user, but not by pg_ctl.
    watcher_ =
        spawn_shell("read -r _; p=$(head -n 1 " + quoted(directory_ / "data/postmaster.pid") +
                        ") && { kill -CONT -- -$p $p; kill -QUIT $p; i=0; "
                        "while kill -0 $p && [ $i -lt 100 ]; do sleep 0.05; "
                        "i=$((i + 1)); done; kill -KILL $p; }; rm -rf " +
                        quoted(directory_),
                    ends[0], null);
    ::close(null);
    ::close(ends[0]);
    watch_ = ends[1];
    if (!user_.empty()) {
        auto const* const who = ::getpwnam(user_.c_str());
        if (::chown(directory_.c_str(), who->pw_uid, who->pw_gid) != 0) {
            fail("cannot give " + directory_.string() + " to " + user_);
        }
    }
    run_as_user(quoted(programs_ / "initdb") + " -D " + quoted(directory_ / "data") +
                " -A trust -U trafikito -E UTF8 --locale=C --no-sync --no-instructions");
    std::ofstream(directory_ / "data/postgresql.conf", std::ios::app)
        << "unix_socket_directories = '" << directory_.string() << "'\n"
        << "listen_addresses = ''\nshared_buffers = 32MB\nmax_connections = 60\n"
        << "wal_level = minimal\nmax_wal_senders = 0\nmax_wal_size = 256MB\n"
        << (durable ? "" : "fsync = off\nfull_page_writes = off\n");
    start();
}

postgres_cluster::~postgres_cluster() {
    if (owner_ == ::getpid()) { // and not a child that a test forked
        ::close(watch_);
        status_of(watcher_);
    }
}

void postgres_cluster::start() {
    run_as_user(quoted(programs_ / "pg_ctl") + " start -w -t 60 -s -D " +
                quoted(directory_ / "data") + " -l " + quoted(directory_ / "log"));
}

void postgres_cluster::crash() {
    run_as_user(quoted(programs_ / "pg_ctl") + " stop -m immediate -s -w -D " +
                quoted(directory_ / "data"));
}

pid_t postgres_cluster::pid() const {
    std::ifstream file(directory_ / "data/postmaster.pid");
    pid_t pid = -1;
    file >> pid;
    return pid;
}

void postgres_cluster::signal_all(int number) const {
    auto all = descendants_of(pid());
    all.push_back(pid());
    for (auto const one : all) {
        ::kill(one, number);
    }
}

std::string postgres_cluster::address_of(std::string_view database) const {
    return "postgresql://trafikito@/" + std::string(database) + "?host=" + directory_.string();
}

std::string postgres_cluster::new_database() {
    auto const name = "t" + std::to_string(++databases_);
    query(address_of("postgres"), "CREATE DATABASE " + name);
    return address_of(name);
}

std::string postgres_cluster::query(std::string const& address, std::string const& sql) const {
    auto text = output_of(quoted(programs_ / "psql") + " -XAtq -v ON_ERROR_STOP=1 -d " +
                          quoted(address) + " -c " + quoted(sql));
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    return text;
}

} // namespace trafikito::test
