#pragma once
// The pidfds of all commands that run, in an epoll set of their own inside the loop's: one wake-up
// tells of all that have ended by then, and each costs the loop no more than an entry. Used by
// exit_watch; the warden has it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <map>
#include <memory>

namespace trafikito::exec {

class pidfd_set {
public:
    /// Who wants to hear of an end.
    class listener {
    public:
        /// The process has ended. Called once, within the loop, never within add(). It only takes
        /// note.
        virtual void process_ended() = 0;

    protected:
        ~listener() = default;
    };

    explicit pidfd_set(boost::asio::any_io_executor const& executor);
    ~pidfd_set();
    pidfd_set(pidfd_set const&) = delete;
    pidfd_set& operator=(pidfd_set const&) = delete;

    /// Until its end is told, or remove(). False when the kernel gives no set, or takes no more.
    bool add(int pidfd, listener& who);

    /// Before it is closed. Nobody is told of it any more.
    void remove(int pidfd);

private:
    void listen();
    void tell();

    boost::asio::posix::stream_descriptor set_;
    std::map<int, listener*> listeners_; ///< by their pidfd
    bool listens_ = false;
    std::shared_ptr<bool> gone_ = std::make_shared<bool>(false);
};

} // namespace trafikito::exec
