#pragma once
// What a server offers to new machines: the way to it, and what they download. Put together at the
// start, at SIGHUP, and when the certificate is another; from a thread that may wait for a disk.

#include "base/log.hpp"
#include "server/api/agent_files.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/way_here.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace trafikito::server::cli {

struct offer {
    way_here way;
    std::shared_ptr<api::agent_files const> files; ///< none: nothing can be downloaded
};

/// Of what the server shows now.
struct shown {
    unsigned short port = 0;
    std::string certificate;         ///< PEM, with its chain
    std::filesystem::path authority; ///< of ours; empty when the certificate is somebody's own
};

class offer_maker {
public:
    /// Both must outlive this.
    offer_maker(serve_options const& options, base::log& log) : options_(options), log_(log) {}

    /// Leaves the way in DIR/serving, too. What cannot be had is said in the log, and the rest is
    /// offered; the files of before go on then.
    offer make(shown const& of);
    /// The same where the authority's file is another than it was then: made anew of the same key,
    /// here or by another server, it leaves the certificate as it is. Nothing when it is the same.
    std::optional<offer> make_if_outdated(shown const& of);

private:
    serve_options const& options_;
    base::log& log_;
    std::shared_ptr<api::agent_files const> files_; ///< that were offered last
    std::string authority_;                         ///< PEM; the file as it was then
};

/// The folder that is looked into; empty: none was named, and the usual one is not there.
std::filesystem::path agent_files_folder(serve_options const& options);

} // namespace trafikito::server::cli
