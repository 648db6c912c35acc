// Of the spool: the report that is sealed where it was gathered, until it is accepted or moves in.
#include "agent/persistence/report_spool.hpp"

#include "agent/persistence/report_file.hpp"
#include "agent/persistence/sealed_report.hpp"
#include "base/file.hpp"
#include "config/layout.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace trafikito::agent::persistence {

namespace {

constexpr auto standing =
    "trafikito.sealed"; ///< in place of a tmp_file that is on another file system

} // namespace

/// Where it was gathered, or in the file that stands for that.
std::string report_spool::seal(report_file& report, trailer const& value) {
    auto const seal_in = [&](report_file& one) {
        auto problem = one.seal(value);
        if (problem.empty()) {
            sealed_ = {.number = value.number,
                       .path = one.path(),
                       .file = one.file(),
                       .size = one.file_size(),
                       .when_spent = &one == &report ? one.when_spent() : spent_file()};
        }
        return problem;
    };
    if (report.device() == device_) {
        return seal_in(report);
    }
    report_file copy(directory_.parent_path() / standing);
    auto const problem = report.copy_to(copy);
    return problem.empty() ? seal_in(copy) : problem;
}

std::string report_spool::park() {
    if (!sealed_) {
        return {};
    }
    if (auto problem = open_directory(); !problem.empty()) {
        return problem;
    }
    auto const name = name_of(sealed_->number);
    if (int const error = move_in(*sealed_, name)) {
        return in_words(name, error);
    }
    sealed_.reset();
    // It is there for whoever comes after a kill; that the power may still take its name is said.
    return ::fsync(opened_.get()) == 0 ? std::string() : in_words(name, errno);
}

/// Gives the sealed file its name here. An errno, or 0.
int report_spool::move_in(sealed_here const& what, std::string const& name) {
    bool const named = is_named(what.path, what.file.descriptor());
    if (named && ::renameat(AT_FDCWD, what.path.c_str(), opened_.get(), name.c_str()) == 0) {
        return 0;
    }
    if (named && errno != EXDEV) { // which a mount of the same file system answers, too
        return errno;
    }
    int const error = copy_in(what, name);
    if (error == 0 && spend(what.file.descriptor(), what.size) != 0 && named) {
        ::unlink(what.path.c_str());
    }
    return error;
}

int report_spool::copy_in(sealed_here const& what, std::string const& name) {
    auto const beside = name + ".new";
    base::descriptor const made(::openat(opened_.get(), beside.c_str(),
                                         O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                                         S_IRUSR | S_IWUSR));
    int error = made.open() ? copy_file(what.file.descriptor(), made.get()) : errno;
    if (error == 0 && ::fsync(made.get()) != 0) {
        error = errno;
    }
    if (error == 0 &&
        (::renameat(opened_.get(), beside.c_str(), opened_.get(), name.c_str()) != 0 ||
         ::fsync(opened_.get()) != 0)) {
        error = errno;
    }
    if (error != 0) {
        ::unlinkat(opened_.get(), beside.c_str(), 0);
    }
    return error;
}

void report_spool::adopt(std::filesystem::path const& tmp_file) {
    auto const var_dir = directory_.parent_path();
    // tmp_file may have had another name when its agent was killed.
    for (auto const& path : {tmp_file, config::usual_tmp_file(var_dir), var_dir / standing}) {
        if (!sealed_) {
            adopt_from(path);
        }
    }
}

spent_file report_spool::reusable(std::filesystem::path const& tmp_file) {
    if (!spent_.file.is_open() || !is_named(tmp_file, spent_.file.descriptor())) {
        adopt(tmp_file);
        // What nobody here may send is not to be written over without a word.
        struct stat facts{};
        auto const there = open_if_ours_alone(tmp_file, facts);
        if (!sealed_ && there.open() && ends_in_seal(there.get())) {
            set_aside_sealed(tmp_file);
        }
    }
    return std::exchange(spent_, {});
}

void report_spool::adopt_from(std::filesystem::path const& path) {
    struct stat facts{};
    auto opened = open_if_ours_alone(path, facts);
    if (!opened.open()) {
        return;
    }
    net::http::shared_file const file(opened.release());
    auto const found = read_trailer(file.descriptor());
    // Which is locked: instance_lock.hpp.
    bool const in_var = path.parent_path() == directory_.parent_path();
    if (found && (!found->in_place || (!in_var && found->identity != identity_))) {
        return;
    }
    bool const damaged =
        found ? !is_whole(file.descriptor(), *found) : ends_in_seal(file.descriptor());
    if (damaged) {
        set_aside_sealed(path);
    }
    if (!found || damaged) {
        return;
    }
    auto const size = static_cast<std::uint64_t>(facts.st_size);
    if (auto const there = entries_.contains(found->number) ? read(found->number) : std::nullopt;
        there && there->facts.id == found->facts.id) {
        (void)spend(file.descriptor(), size); // was copied, and its agent killed behind that
        return;
    }
    auto const number = std::max(next_, found->number);
    next_ = number + 1;
    sealed_ = {.number = number, .path = path, .file = file, .size = size, .when_spent = {}};
    add(number, size, found->facts.collected);
    (void)park(); // else the next one who tries says why not
}

void report_spool::set_aside_sealed(std::filesystem::path const& path) {
    auto elsewhere = path;
    elsewhere += ".damaged";
    bool const moved = ::rename(path.c_str(), elsewhere.c_str()) == 0;
    note_damage(moved ? elsewhere : path);
}

std::string report_spool::spend_sealed() {
    auto const what = std::move(*sealed_);
    sealed_.reset();
    int const error = spend(what.file.descriptor(), what.size);
    spent_ = error == 0 ? what.when_spent : spent_file();
    bool const there = error != 0 && is_named(what.path, what.file.descriptor());
    if (there && ::unlink(what.path.c_str()) == 0) {
        (void)base::sync_directory_of(what.path); // it must not come back with the power
    } else if (there) {
        return what.path.string() + ": " + std::generic_category().message(error) +
               "; it will be sent again after a restart";
    }
    return {};
}

} // namespace trafikito::agent::persistence
