#pragma once
// The files of an enrolment, in an order that leaves nothing half-done: whoever is interrupted
// before the configuration is written, which is the last of them, has no identity, and whoever is
// afterwards has all of it. One process at a time.

#include "agent/enrolment/aside.hpp"
#include "agent/enrolment/plan.hpp"
#include "agent/persistence/instance_lock.hpp"
#include "base/secret.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <ctime>
#include <sys/types.h>

namespace trafikito::agent::enrolment {

class files {
public:
    /// `what` outlives it.
    explicit files(plan const& what) : plan_(what) {}

    /// Where no configuration was written, the folders that it made go again, if nothing is in
    /// them.
    ~files();

    files(files const&) = delete;
    files& operator=(files const&) = delete;
    files(files&&) = delete;
    files& operator=(files&&) = delete;

    /// Makes the folders (var_dir 0750, of the user of run_as) and locks them. Throws a refusal
    /// where an installation is there already (but for plan::anew), where an agent works with it,
    /// where others could change what is written, and where it cannot be.
    void prepare();

    /// 32 hexadecimal digits that say which attempt this is: those of one that was interrupted, or
    /// new ones that are on the disk when this returns.
    base::secret nonce();

    /// They stay in any case: what went wrong is to be written there.
    void keep_folders() { keeps_folders_ = true; }

    /// The API refused: what nonce() keeps for another try of the same attempt is of no use.
    void forget_attempt();

    /// Whether there is a list already, which stays as it is.
    [[nodiscard]] bool has_list() const;

    /// The certificates to trust, where they are copied; the list, unless there is one; the key,
    /// where it has a file of its own; the configuration. Each is on the disk before the next one.
    /// Throws a refusal when that fails, and takes back what it made. What was there and is put
    /// aside (plan::anew) has a name of its own then, or its old one again.
    void write(std::string_view list, base::secret const& key, std::string_view config);

    /// By write(): what was put aside, under its new names.
    [[nodiscard]] std::vector<std::filesystem::path> put_aside() const { return aside_.names(); }

    /// By write(): var/STOP of the server that this machine was before, which is gone; why it is
    /// still there, where it could not be removed.
    [[nodiscard]] bool removed_stop() const { return removed_stop_; }
    [[nodiscard]] std::string const& stop_problem() const { return stop_problem_; }

private:
    void must_be_new() const;
    void remember_old();
    void must_be_the_old() const;
    void keep_aside(std::filesystem::path const& file);
    void take_back();
    void remove_stop();
    void must_not_hide_certificates() const;
    void make_folder(std::filesystem::path const& path);
    void make_folders();
    void make_var_dir();
    void must_be_ours() const;
    void must_be_readable() const;
    void put(std::filesystem::path const& file, std::string_view content, mode_t mode);

    plan const& plan_;
    persistence::instance_lock lock_;
    struct identity_of_file {
        bool there = false;
        ino_t inode = 0;
        timespec changed{};
    };
    [[nodiscard]] identity_of_file look_at_config() const;

    identity_of_file old_; ///< the configuration that is to be put aside
    aside aside_;
    std::vector<std::filesystem::path> made_;
    std::vector<std::filesystem::path> made_folders_; ///< a folder behind the one that it is in
    bool made_var_dir_ = false;
    bool keeps_folders_ = false;
    bool removed_stop_ = false;
    std::string stop_problem_;
};

/// Where the nonce of an attempt is kept until it has succeeded.
std::filesystem::path nonce_file_in(std::filesystem::path const& var_dir);

} // namespace trafikito::agent::enrolment
