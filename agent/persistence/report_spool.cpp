#include "agent/persistence/report_spool.hpp"

#include "agent/persistence/report_file.hpp"
#include "agent/persistence/sealed_report.hpp"
#include "base/file.hpp"
#include "base/number.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace trafikito::agent::persistence {

namespace {

constexpr std::string_view ending = ".report";
constexpr auto usual = "trafikito.tmp"; ///< in var, where nobody has said otherwise
constexpr auto standing =
    "trafikito.sealed"; ///< in place of a tmp_file that is on another file system
constexpr std::size_t digits = 16;
constexpr std::chrono::hours refusal_lasts{1};

std::string name_of(std::uint64_t number) {
    auto const text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text + std::string(ending);
}

std::optional<std::uint64_t> number_in(std::string_view name) {
    if (!name.ends_with(ending)) {
        return std::nullopt;
    }
    name.remove_suffix(ending.size());
    return name.size() >= digits ? base::number_in<std::uint64_t>(name) : std::nullopt;
}

std::vector<std::string> names_in(int directory) {
    std::vector<std::string> names;
    int const copy = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    std::unique_ptr<DIR, int (*)(DIR*)> const stream(copy < 0 ? nullptr : ::fdopendir(copy),
                                                     ::closedir);
    while (auto const* entry = stream ? ::readdir(stream.get()) : nullptr) {
        names.emplace_back(entry->d_name);
    }
    return names;
}

} // namespace

report_spool::report_spool(std::filesystem::path directory) : directory_(std::move(directory)) {
    read_directory();
}

std::string report_spool::in_words(std::string const& name, int error) const {
    return (name.empty() ? directory_ : directory_ / name).string() + ": " +
           std::generic_category().message(error);
}

/// Opens the directory that has the name now, and makes it where there is none.
std::string report_spool::open_directory() {
    struct stat there{};
    bool const same = opened_.open() && ::lstat(directory_.c_str(), &there) == 0 &&
                      there.st_ino == inode_ && there.st_dev == device_;
    if (same) {
        return {};
    }
    if (::mkdir(directory_.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return in_words({}, errno);
    }
    opened_ = base::descriptor(
        ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!opened_.open() || ::fstat(opened_.get(), &there) != 0) {
        return in_words({}, errno);
    }
    device_ = there.st_dev;
    inode_ = there.st_ino;
    return {};
}

void report_spool::read_directory() {
    if (::access(directory_.c_str(), F_OK) != 0 || !open_directory().empty()) {
        return;
    }
    for (auto const& name : names_in(opened_.get())) {
        if (name.ends_with(".new")) { // was being copied when its agent ended
            ::unlinkat(opened_.get(), name.c_str(), 0);
        }
        auto const number = number_in(name);
        if (!number) {
            continue;
        }
        next_ = std::max(next_, *number + 1);
        if (auto const found = read(*number)) {
            add(*number, found->size, found->facts.collected);
        } else {
            set_aside(name);
        }
    }
}

void report_spool::set_aside(std::string const& name) {
    auto const elsewhere = name + ".damaged";
    bool const moved =
        ::renameat(opened_.get(), name.c_str(), opened_.get(), elsewhere.c_str()) == 0;
    note_damage(directory_ / (moved ? elsewhere : name));
}

void report_spool::note_damage(std::filesystem::path const& where) {
    ++damaged_;
    damage_ = where.string() +
              (damaged_ == 1 ? "" : " and " + std::to_string(damaged_ - 1) + " before it");
}

std::optional<kept_report> report_spool::read(std::uint64_t number) const {
    bool const is_sealed = sealed_ && sealed_->number == number;
    auto const file =
        is_sealed
            ? sealed_->file
            : net::http::shared_file(::openat(opened_.get(), name_of(number).c_str(),
                                              O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    auto found = file.is_open() ? read_trailer(file.descriptor()) : std::nullopt;
    if (!found) {
        return std::nullopt;
    }
    kept_report kept;
    kept.number = number;
    kept.size = size_of(file.descriptor());
    kept.facts = std::move(found->facts);
    kept.content.append(file, 0, found->report_size);
    return kept;
}

std::string report_spool::keep(report_file& report, report_metadata const& facts,
                               std::uint64_t& number) {
    auto problem = report.problem();
    if (problem.empty()) {
        problem = open_directory();
    }
    trailer const value{.facts = facts, .number = next_, .identity = identity_};
    if (problem.empty()) {
        problem = seal(report, value);
    }
    if (!problem.empty()) {
        return problem;
    }
    number = next_++;
    add(number, sealed_->size, facts.collected);
    return {};
}

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
    for (auto const& path : {tmp_file, var_dir / usual, var_dir / standing}) {
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
    if (found && !found->in_place) {
        return;
    }
    bool const damaged =
        found ? !is_whole(file.descriptor(), *found) : ends_in_seal(file.descriptor());
    bool const others = found && !in_var && found->identity != identity_;
    if (damaged && !others) {
        set_aside_sealed(path);
    }
    if (!found || damaged || others) {
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

void report_spool::add(std::uint64_t number, std::uint64_t size, base::timestamp const& collected) {
    entries_.emplace(number, entry{.size = size, .collected = collected, .not_before = {}});
    size_ += size;
}

std::optional<kept_report> report_spool::oldest(base::clock::steady_time now) {
    for (auto one = entries_.begin(); one != entries_.end();) {
        if (one->second.not_before && now < *one->second.not_before) {
            ++one;
            continue;
        }
        if (auto found = read(one->first)) {
            return found;
        }
        set_aside(name_of(one->first)); // somebody else was at it
        size_ -= one->second.size;
        one = entries_.erase(one);
    }
    return std::nullopt;
}

std::string report_spool::accepted(std::uint64_t number) {
    return remove(number);
}

void report_spool::refused(std::uint64_t number, base::clock::steady_time now) {
    if (auto const found = entries_.find(number); found != entries_.end()) {
        found->second.not_before = now + refusal_lasts;
    }
}

bool report_spool::too_large(std::uint64_t number, base::clock::steady_time now) {
    auto const before =
        std::ranges::find_if(entries_, [](auto const& one) { return one.second.too_large; });
    bool const another = before != entries_.end() && before->first != number;
    if (another) {
        (void)remove(before->first);
    }
    refused(number, now);
    if (auto const found = entries_.find(number); found != entries_.end()) {
        found->second.too_large = true;
    }
    return another;
}

std::string report_spool::give_up(std::uint64_t number) {
    return remove(number);
}

std::string report_spool::remove(std::uint64_t number) {
    auto const found = entries_.find(number);
    if (found == entries_.end()) {
        return {};
    }
    size_ -= found->second.size;
    entries_.erase(found);
    if (sealed_ && sealed_->number == number) {
        return spend_sealed();
    }
    auto const name = name_of(number);
    if (::unlinkat(opened_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
        return in_words(name, errno) + "; it will be sent again after a restart";
    }
    ::fsync(opened_.get()); // it must not come back with the power
    return {};
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

given_up report_spool::forget(spool_limits const& limits, base::timestamp const& now) {
    given_up count;
    for (auto one = entries_.begin(); one != entries_.end();) {
        auto const number = one->first;
        bool const old = one->second.collected.age(now) > limits.max_age;
        ++one;
        if (old) {
            (void)remove(number);
            ++count.too_old;
        }
    }
    while (size_ > limits.max_size) {
        (void)remove(entries_.begin()->first);
        ++count.too_large;
    }
    return count;
}

std::optional<base::timestamp> report_spool::oldest_since() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.begin()->second.collected);
}

} // namespace trafikito::agent::persistence
