#pragma once
// Starts /bin/sh for Boost.Process v2 in place of its stock launcher, which leaks descriptors,
// leaves a zombie behind a failed exec and makes the loop wait for a slow resolver. Used by
// exec::child only.

#include "exec/command.hpp"

#include <boost/asio/any_io_executor.hpp>
// What 1.81's process.hpp needs and does not include itself.
#include <boost/asio/detail/throw_error.hpp>
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>

#include <boost/process/v2/process.hpp>

#include <string>
#include <system_error>

namespace trafikito::exec {

using process = boost::process::v2::basic_process<boost::asio::any_io_executor>;

/// A launcher in Boost.Process v2's sense: a callable that returns a basic_process. posix_spawn(3)
/// with a process group of the child's own, default signal dispositions, an empty signal mask,
/// stdin from /dev/null, and no descriptor above 2.
class shell_launcher {
public:
    /// `output` becomes the child's stdout and stderr; it stays the caller's.
    shell_launcher(surroundings const& around, int output) : around_(around), output_(output) {}

    /// Runs `script` by `/bin/sh -c`. On failure the process is not valid and `error` says why
    /// (ENOENT, EAGAIN, ENOMEM, EMFILE, …); no child and no zombie is left then.
    process operator()(boost::asio::any_io_executor const& executor, std::string const& script,
                       std::error_code& error) const;

private:
    surroundings const& around_;
    int output_;
};

} // namespace trafikito::exec
