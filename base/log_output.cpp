#include "base/log_output.hpp"

#include "base/descriptor.hpp"
#include "base/printable.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

namespace trafikito::base {

namespace {

/// Bounded lines to a descriptor that somebody else reads, or does not.
class impatient_writer {
public:
    impatient_writer(int descriptor, std::string program)
        : descriptor_(descriptor), program_(std::move(program)) {
        struct stat status{};
        if (::fstat(descriptor, &status) == 0) {
            is_socket_ = S_ISSOCK(status.st_mode);
            is_file_ = S_ISREG(status.st_mode);
        }
    }

    void write(std::string_view line) {
        if (lost_ != 0) {
            if (!put(excuse())) {
                ++lost_;
                return;
            }
            lost_ = 0;
        }
        if (!put(line)) {
            ++lost_;
        }
    }

private:
    [[nodiscard]] std::string excuse() const {
        return program_ + ": " + std::to_string(lost_) + (lost_ == 1 ? " line" : " lines") +
               " of the log lost: " +
               (is_file_
                    ? "the file could not be written: " + std::generic_category().message(problem_)
                    : "nobody read it in time") +
               "\n";
    }

    // A pipe with room for PIPE_BUF bytes is writable to poll(2), and takes as many without
    // waiting.
    [[nodiscard]] bool put(std::string_view line) {
        if (is_file_) {
            return append(line);
        }
        std::string shortened;
        if (line.size() > PIPE_BUF) {
            shortened.assign(line, 0, PIPE_BUF - 1);
            shortened.push_back('\n');
            line = shortened;
        }
        if (is_socket_) {
            return ::send(descriptor_, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
        }
        pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
        return ::poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0 &&
               ::write(descriptor_, line.data(), line.size()) >= 0;
    }

    // A full disk takes the beginning of a line: what follows begins a new one.
    [[nodiscard]] bool append(std::string_view line) {
        auto const whole = (torn_ ? "\n" : "") + std::string(line);
        std::string_view rest = whole;
        while (!rest.empty()) {
            auto const written = ::write(descriptor_, rest.data(), rest.size());
            if (written < 0 && errno == EINTR) {
                continue;
            }
            if (written <= 0) {
                problem_ = written < 0 ? errno : ENOSPC;
                torn_ = torn_ || rest.size() < whole.size();
                return false;
            }
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        torn_ = false;
        return true;
    }

    int descriptor_;
    std::string program_;
    bool is_socket_ = false;
    bool is_file_ = false;
    bool torn_ = false; ///< the file ends within a line
    int problem_ = 0;   ///< errno of the file's last failure
    std::size_t lost_ = 0;
};

/// A bounded file; stderr in its place while it cannot be written.
class bounded_writer {
public:
    bounded_writer(std::filesystem::path path, std::string program, file_limits limits)
        : file_(std::move(path), limits), program_(std::move(program)),
          instead_(STDERR_FILENO, program_) {}

    void write(std::string_view line) {
        int const problem = file_.append(line);
        if (problem != problem_ && problem != 0) {
            instead_.write(program_ + ": log_file " + one_line(file_.path().string()) +
                           " cannot be written: " + std::generic_category().message(problem) +
                           "; logging to stderr\n");
        }
        problem_ = problem;
        if (problem != 0) {
            instead_.write(line);
        }
    }

private:
    bounded_file file_;
    std::string program_;
    impatient_writer instead_;
    int problem_ = 0;
};

} // namespace

log::sink log_to_descriptor(int descriptor, std::string_view program) {
    auto const writer = std::make_shared<impatient_writer>(descriptor, std::string(program));
    return [writer](std::string_view line) { writer->write(line); };
}

log::sink log_to_file(std::filesystem::path file, std::string_view program, file_limits limits) {
    auto const writer =
        std::make_shared<bounded_writer>(std::move(file), std::string(program), limits);
    return [writer](std::string_view line) { writer->write(line); };
}

log::sink open_log(std::filesystem::path const& log_file, std::string_view program) {
    if (log_file.empty() || log_file == log_to_stdout) {
        return log_to_descriptor(log_file.empty() ? STDERR_FILENO : STDOUT_FILENO, program);
    }
    return log_to_file(log_file, program);
}

log::journal_sink log_to_journal(std::filesystem::path socket) {
    auto const sender = std::make_shared<base::descriptor const>(
        ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return [sender, path = socket.string()](std::string_view fields) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (path.size() >= sizeof address.sun_path) {
            return false;
        }
        std::memcpy(address.sun_path, path.data(), path.size());
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API's own way
        auto const* const to = reinterpret_cast<sockaddr const*>(&address);
        return ::sendto(sender->get(), fields.data(), fields.size(), MSG_NOSIGNAL, to,
                        sizeof address) >= 0;
    };
}

bool stderr_is_journal() {
    char const* const stream = std::getenv("JOURNAL_STREAM");
    struct stat status{};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) {
        return false;
    }
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

} // namespace trafikito::base
