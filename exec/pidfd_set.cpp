#include "exec/pidfd_set.hpp"

#include "base/descriptor.hpp"

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <utility>

namespace trafikito::exec {

using boost::system::error_code;

pidfd_set::pidfd_set(boost::asio::any_io_executor const& executor) : set_(executor) {
    base::descriptor made(::epoll_create1(EPOLL_CLOEXEC));
    error_code failed;
    set_.assign(made.get(), failed);
    if (!failed) {
        (void)made.release(); // set_ has it
    }
}

pidfd_set::~pidfd_set() {
    *gone_ = true;
}

bool pidfd_set::add(int pidfd, listener& who) {
    epoll_event readable{};
    readable.events = EPOLLIN | EPOLLONESHOT; // it stays readable
    readable.data.fd = pidfd;
    if (!set_.is_open() ||
        ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, pidfd, &readable) != 0) {
        return false;
    }
    listeners_.insert_or_assign(pidfd, &who);
    listen();
    return true;
}

// Closing it takes it out of the set: nobody else has it open.
void pidfd_set::remove(int pidfd) {
    listeners_.erase(pidfd);
    if (listeners_.empty() && listens_) {
        error_code ignored;
        set_.cancel(ignored);
    }
}

/// As long as there is anything to hear: so that the loop can run out of work.
void pidfd_set::listen() {
    if (listens_ || listeners_.empty()) {
        return;
    }
    listens_ = true;
    set_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this, gone = gone_](error_code cancelled) {
                        if (!*gone) {
                            listens_ = false;
                            if (!cancelled) {
                                tell();
                            }
                            listen();
                        }
                    });
}

void pidfd_set::tell() {
    std::array<epoll_event, 64> ended{};
    for (int count = static_cast<int>(ended.size()); std::cmp_equal(count, ended.size());) {
        count = ::epoll_wait(set_.native_handle(), ended.data(), static_cast<int>(ended.size()), 0);
        for (int at = 0; at < count; ++at) {
            auto const one = listeners_.extract(ended[static_cast<std::size_t>(at)].data.fd);
            if (!one.empty()) {
                one.mapped()->process_ended();
            }
        }
    }
}

} // namespace trafikito::exec
