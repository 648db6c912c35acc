#include "agent/log_output.hpp"

#include "agent/descriptor.hpp"
#include "agent/file.hpp"
#include "config/load.hpp"

#include <fcntl.h>
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

namespace trafikito::agent {

namespace {

constexpr std::size_t max_read = 16UL * 1024 * 1024; ///< of a log file that is cut

std::string reason(int number) {
    return std::generic_category().message(number);
}

/// Bounded lines to a descriptor that somebody else reads, or does not.
class impatient_writer {
public:
    explicit impatient_writer(int descriptor) : descriptor_(descriptor) {
        struct stat status{};
        if (::fstat(descriptor, &status) == 0) {
            is_socket_ = S_ISSOCK(status.st_mode);
            is_file_ = S_ISREG(status.st_mode);
        }
    }

    void write(std::string_view line) {
        if (lost_ != 0) {
            auto const excuse = "trafikito-agent: " + std::to_string(lost_) +
                                (lost_ == 1 ? " line" : " lines") +
                                " of the log lost: nobody read it in time\n";
            if (!put(excuse)) {
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
    // A pipe with room for PIPE_BUF bytes is writable to poll(2), and takes as many without
    // waiting.
    bool put(std::string_view line) const {
        if (is_file_) {
            return write_fully(descriptor_, line) == 0;
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

    int descriptor_;
    bool is_socket_ = false;
    bool is_file_ = false;
    std::size_t lost_ = 0;
};

/// The last whole lines of a text: at most `lines` of them and `size` bytes.
std::string_view last_lines(std::string_view text, std::size_t lines, std::size_t size) {
    std::size_t begin = text.size();
    for (std::size_t found = 0; found < lines && begin > 0; ++found) {
        auto const newline = begin < 2 ? std::string_view::npos : text.rfind('\n', begin - 2);
        auto const line = newline == std::string_view::npos ? 0 : newline + 1;
        if (text.size() - line > size) {
            break;
        }
        begin = line;
    }
    return text.substr(begin);
}

class bounded_file {
public:
    bounded_file(std::filesystem::path path, log_file_limits limits)
        : path_(std::move(path)), limits_(limits), instead_(STDERR_FILENO) {}

    void write(std::string_view line) {
        auto problem = open();
        if (problem == 0) {
            problem = write_fully(file_.get(), line);
        }
        complain(problem);
        if (problem != 0) {
            instead_.write(line);
            return;
        }
        size_ += line.size();
        if (size_ > limits_.max_size) {
            shorten();
        }
    }

private:
    /// An errno; opens the file that has the name now.
    int open() {
        struct stat there{};
        struct stat ours{};
        bool const same = file_.open() && ::lstat(path_.c_str(), &there) == 0 &&
                          ::fstat(file_.get(), &ours) == 0 && there.st_ino == ours.st_ino &&
                          there.st_dev == ours.st_dev;
        if (!same) {
            file_ = descriptor(::open(
                path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                S_IRUSR | S_IWUSR | S_IRGRP));
            if (!file_.open() || ::fstat(file_.get(), &ours) != 0) {
                return errno;
            }
        }
        size_ = static_cast<std::uint64_t>(ours.st_size);
        return 0;
    }

    // To half of the limit at most, so that this happens seldom.
    void shorten() {
        auto const all = config::read_file(path_, max_read);
        auto const kept = all.content
                              ? last_lines(*all.content, limits_.kept_lines, limits_.max_size / 2)
                              : std::string_view();
        if (replace_file(path_, kept).empty()) {
            return;
        }
        // The directory is not ours to write to: less safe, but bounded all the same.
        complain(::ftruncate(file_.get(), 0) == 0 ? write_fully(file_.get(), kept) : errno);
    }

    void complain(int problem) {
        if (problem == problem_) {
            return;
        }
        problem_ = problem;
        if (problem != 0) {
            instead_.write("trafikito-agent: log_file " + path_.string() +
                           " cannot be written: " + reason(problem) + "; logging to stderr\n");
        }
    }

    std::filesystem::path path_;
    log_file_limits limits_;
    descriptor file_;
    impatient_writer instead_;
    std::uint64_t size_ = 0;
    int problem_ = 0;
};

} // namespace

log::sink log_to_descriptor(int descriptor) {
    auto const writer = std::make_shared<impatient_writer>(descriptor);
    return [writer](std::string_view line) { writer->write(line); };
}

log::sink log_to_file(std::filesystem::path file, log_file_limits limits) {
    auto const writer = std::make_shared<bounded_file>(std::move(file), limits);
    return [writer](std::string_view line) { writer->write(line); };
}

log::sink open_log(std::filesystem::path const& log_file) {
    return log_file.empty() ? log_to_descriptor(STDERR_FILENO) : log_to_file(log_file);
}

log::journal_sink log_to_journal(std::filesystem::path socket) {
    auto const sender = std::make_shared<descriptor const>(
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

} // namespace trafikito::agent
