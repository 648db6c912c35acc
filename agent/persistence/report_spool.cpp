#include "agent/persistence/report_spool.hpp"

#include "agent/persistence/report_file.hpp"
#include "agent/persistence/sealed_report.hpp"
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
constexpr std::size_t digits = 16;
constexpr std::chrono::hours refusal_lasts{1};

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

std::string report_spool::name_of(std::uint64_t number) {
    auto const text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text + std::string(ending);
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
