#include "agent/persistence/report_file.hpp"

#include "agent/persistence/sealed_report.hpp"
#include "base/checksum.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace trafikito::agent::persistence {

namespace {

constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
constexpr mode_t for_us_alone = S_IRUSR | S_IWUSR;
constexpr std::uint64_t page = 4096;
constexpr std::size_t kept_in_memory = 64UL * 1024; ///< bytes, of what is not on the disk yet

std::uint64_t rounded_up(std::uint64_t size) {
    return (size + page - 1) / page * page;
}

/// A file that nobody else may have open or find under another name: made by us. Else none and
/// errno, which is 0 for what is no file.
base::descriptor open_private(std::filesystem::path const& path, struct stat& facts) {
    base::descriptor file(::open(path.c_str(), flags, for_us_alone));
    if (!file.open() || ::fstat(file.get(), &facts) != 0) {
        return base::descriptor();
    }
    if (!S_ISREG(facts.st_mode)) {
        errno = 0;
        return base::descriptor();
    }
    if (is_ours_alone(facts)) {
        return file;
    }
    if (::unlink(path.c_str()) != 0) {
        return base::descriptor();
    }
    file = base::descriptor(::open(path.c_str(), flags | O_EXCL, for_us_alone));
    return file.open() && ::fstat(file.get(), &facts) == 0 ? std::move(file) : base::descriptor();
}

} // namespace

report_file::report_file(std::filesystem::path tmp_file, std::string not_to_be_used,
                         spent_file spent)
    : path_(std::move(tmp_file)), problem_(std::move(not_to_be_used)),
      writer_([this](std::string_view bytes) { append(bytes); }) {
    if (problem_.empty()) {
        open(std::move(spent));
    }
}

void report_file::open(spent_file&& spent) {
    struct stat facts{};
    bool const same = spent.file.is_open() && ::lstat(path_.c_str(), &facts) == 0 &&
                      facts.st_ino == spent.inode && facts.st_dev == spent.device &&
                      static_cast<std::uint64_t>(facts.st_size) == spent.size &&
                      is_alone(facts, spent.owner);
    file_size_ = spent.size;
    device_ = spent.device;
    inode_ = spent.inode;
    owner_ = spent.owner;
    if (same) {
        file_ = std::move(spent.file);
        name_is_synced_ = true;
        return;
    }
    auto file = open_private(path_, facts);
    if (!file.open()) {
        problem_ = path_.string() + (errno == 0 ? " is not a regular file"
                                                : ": " + std::generic_category().message(errno));
        return;
    }
    file_size_ = static_cast<std::uint64_t>(facts.st_size);
    device_ = facts.st_dev;
    inode_ = facts.st_ino;
    owner_ = facts.st_uid;
    file_ = net::http::shared_file(file.release());
    note(spend_if_sealed(file_.descriptor(), file_size_));
}

void report_file::note(int error) {
    if (error != 0) {
        problem_ = path_.string() + ": " + std::generic_category().message(error);
    }
}

net::http::body report_file::content() const {
    net::http::body all;
    if (on_disk_ > 0) {
        all.append(file_, 0, on_disk_);
    }
    if (!in_memory_.empty()) {
        all.append(in_memory_);
    }
    return all;
}

void report_file::append(std::string_view bytes) {
    sum_ = base::checksum(bytes, sum_);
    in_memory_.append(bytes);
    if (problem_.empty() && in_memory_.size() >= kept_in_memory) {
        flush();
    }
}

void report_file::flush() {
    // A page more than that: so the end of the file is none of a report.
    auto const needed = on_disk_ + in_memory_.size() + page;
    int error = needed <= file_size_ ? 0 : grow_to(rounded_up(needed + needed / 2));
    if (error == 0) { // of a write that failed half way, what is on the disk does not count
        error = base::write_fully_at(file_.descriptor(), in_memory_, on_disk_);
    }
    note(error);
    if (error == 0) {
        on_disk_ += in_memory_.size();
        in_memory_.clear();
    }
}

int report_file::grow_to(std::uint64_t size) {
    // NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions): no problem, so it is open
    if (::ftruncate(file_.descriptor(), static_cast<off_t>(size)) != 0) {
        return errno;
    }
    file_size_ = size;
    return 0;
}

std::string report_file::seal(trailer value) {
    if (!problem_.empty()) {
        return problem_;
    }
    value.report_size = size();
    value.report_sum = sum_;
    int error = write_sealed(format_trailer(value));
    // NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions): no problem, so it is open
    if (error == 0 && ::fdatasync(file_.descriptor()) != 0) {
        error = errno;
    }
    if (error == 0 && !name_is_synced_) {
        error = base::sync_directory_of(path_);
    }
    note(error);
    if (error != 0 && spend(file_.descriptor(), file_size_) != 0) {
        ::unlink(path_.c_str()); // it is not kept: nobody may find it and send it again
    }
    return problem_;
}

/// The end of the file is written last, and so is its last size: until then it says nothing new.
int report_file::write_sealed(std::string const& end) {
    auto const needed = rounded_up(size() + end.size());
    if (int const error = file_size_ < needed ? grow_to(needed) : 0) {
        return error;
    }
    auto const sealed = file_size_ > 2 * needed ? needed : file_size_;
    int error = 0;
    if (on_disk_ == 0 && sealed <= kept_in_memory) { // all at once
        std::string all;
        all.reserve(static_cast<std::size_t>(sealed));
        all = in_memory_;
        all.resize(static_cast<std::size_t>(sealed) - end.size(), '\n');
        error = base::write_fully_at(file_.descriptor(), all += end, 0);
    } else {
        error = base::write_fully_at(file_.descriptor(), in_memory_, on_disk_);
        if (error == 0) {
            error = base::write_fully_at(file_.descriptor(), end, sealed - end.size());
        }
    }
    return error == 0 && sealed < file_size_ ? grow_to(sealed) : error;
}

std::string report_file::copy_to(report_file& other) const {
    std::array<char, kept_in_memory> buffer; // NOLINT(*-member-init): read into
    for (std::uint64_t done = 0; done < on_disk_;) {
        auto const wanted = std::min<std::uint64_t>(on_disk_ - done, buffer.size());
        auto const got =
            ::pread(file_.descriptor(), buffer.data(), wanted, static_cast<off_t>(done));
        if (got <= 0) {
            return path_.string() + ": " + std::generic_category().message(got == 0 ? EIO : errno);
        }
        other.append({buffer.data(), static_cast<std::size_t>(got)});
        done += static_cast<std::uint64_t>(got);
    }
    other.append(in_memory_);
    return other.problem();
}

} // namespace trafikito::agent::persistence
