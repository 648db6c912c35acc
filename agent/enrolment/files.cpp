#include "agent/enrolment/files.hpp"

#include "agent/persistence/stop_file.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/ascii.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/hexadecimal.hpp"
#include "base/path_walk.hpp"
#include "base/random.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <ranges>
#include <system_error>

namespace trafikito::agent::enrolment {

namespace fs = std::filesystem;
using reason = refusal::reason;

namespace {

constexpr mode_t of_var_dir = 0750;
constexpr mode_t of_folders = 0755;
constexpr mode_t of_the_owner = 0600;
constexpr mode_t of_everybody = 0644;
constexpr mode_t of_the_group = 0640;
constexpr std::size_t nonce_bytes = 16;

bool is_there(fs::path const& path) {
    struct stat facts{};
    return ::lstat(path.c_str(), &facts) == 0;
}

std::string why(int error) {
    return std::generic_category().message(error);
}

void must_be_writable(fs::path const& folder) {
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        throw refusal{folder.string() + " cannot be written: " + why(errno), reason::disk};
    }
}

/// Nothing but what an enrolment leaves there itself.
bool is_untouched(fs::path const& var_dir) {
    std::error_code failed;
    for (auto const& one : fs::directory_iterator(var_dir, failed)) {
        auto const name = one.path().filename().native();
        if (!name.starts_with("enroll.") && !name.starts_with("trafikito.lock")) {
            return false;
        }
    }
    return !failed;
}

/// Whether the modes let him through that way, and read what stands at its end. Root reads all.
bool may_read(std::vector<base::path_step> const& way, exec::user const& who) {
    using kind = base::path_step::kind;
    constexpr mode_t read = 4;
    constexpr mode_t enter = 1;
    return who.uid == 0 || std::ranges::all_of(way, [&](base::path_step const& step) {
               if (step.is == kind::link) {
                   return true;
               }
               bool const of_group = step.group == who.gid ||
                                     std::ranges::find(who.groups, step.group) != who.groups.end();
               mode_t const of_others = step.mode;
               mode_t const mine = step.owner == who.uid ? step.mode >> 6U
                                   : of_group            ? step.mode >> 3U
                                                         : of_others;
               return (mine & (step.is == kind::file ? read : enter)) != 0;
           });
}

/// Nobody else reads a byte of it, whatever the umask and `mode`, before it is whole.
base::file_writer writer_of(std::string_view content, mode_t mode, std::optional<gid_t> group) {
    return [=](int file) {
        if (::fchmod(file, of_the_owner) != 0) {
            return errno;
        }
        if (int const error = base::write_fully(file, content); error != 0) {
            return error;
        }
        bool const given = !group || ::fchown(file, static_cast<uid_t>(-1), *group) == 0;
        return given && ::fchmod(file, mode) == 0 ? 0 : errno;
    };
}

std::string new_nonce() {
    std::array<unsigned char, nonce_bytes> bytes{};
    if (!base::fill_random(bytes.data(), bytes.size())) {
        throw refusal{"there are no random numbers", reason::disk};
    }
    return base::to_hexadecimal(bytes);
}

bool is_nonce(std::string_view text) {
    return text.size() == 2 * nonce_bytes && std::ranges::all_of(text, base::is_hexadecimal);
}

} // namespace

fs::path nonce_file_in(fs::path const& var_dir) {
    return var_dir / "enroll.nonce";
}

void files::prepare() {
    remember_old();
    must_be_new();
    must_be_ours();
    make_folders();
    must_be_ours();
    make_var_dir();
    constexpr std::chrono::milliseconds patience{1000};
    if (!lock_.lock_directory(plan_.var_dir, patience)) {
        throw refusal{"another agent or enrolment (" + lock_.holder() + ") works with " +
                          plan_.var_dir.string() + ": wait for its end, or stop it",
                      reason::away};
    }
    must_be_readable();
    must_not_hide_certificates();
    must_be_new(); // the other one may just have ended
    must_be_the_old();
    for (auto const& folder : {plan_.config_file.parent_path(), plan_.var_dir}) {
        must_be_writable(folder);
    }
    if (!has_list()) {
        must_be_writable(plan_.available_commands.parent_path());
    }
}

void files::must_be_new() const {
    if (!plan_.anew && is_there(plan_.config_file)) {
        ::unlink(nonce_file_in(plan_.var_dir).c_str()); // of an attempt that ended well just before
        throw refusal{
            plan_.config_file.string() +
                " is there already: this machine is enrolled; with --anew it is put aside "
                "when the new one is made",
            reason::request};
    }
}

files::identity_of_file files::look_at_config() const {
    struct stat facts{};
    bool const there = ::lstat(plan_.config_file.c_str(), &facts) == 0;
    return there ? identity_of_file{true, facts.st_ino, facts.st_ctim} : identity_of_file{};
}

void files::remember_old() {
    old_ = look_at_config();
}

/// Of two that enrol this machine anew the second one would only make a server too many.
void files::must_be_the_old() const {
    auto const now = look_at_config();
    bool const same = now.there == old_.there && now.inode == old_.inode &&
                      now.changed.tv_sec == old_.changed.tv_sec &&
                      now.changed.tv_nsec == old_.changed.tv_nsec;
    if (!same) {
        throw refusal{plan_.config_file.string() +
                          " was changed meanwhile, by another enrolment perhaps: look at it first",
                      reason::request};
    }
}

void files::keep_aside(fs::path const& file) {
    if (auto const problem = aside_.keep(file); !problem.empty()) {
        take_back();
        throw refusal{problem, reason::disk};
    }
}

void files::take_back() {
    for (auto const& one : made_) {
        ::unlink(one.c_str());
    }
    made_.clear();
    aside_.take_back();
}

/// It was told to another server: the new one is to run.
void files::remove_stop() {
    auto const stop = persistence::stop_file_in(plan_.var_dir);
    std::error_code failed;
    removed_stop_ = fs::remove(stop, failed);
    if (failed) {
        stop_problem_ = stop.string() + " is still there (" + failed.message() +
                        "): no agent runs anything before it is removed";
    }
}

files::~files() {
    if (keeps_folders_) {
        return;
    }
    if (made_var_dir_) {
        // It is held until this object is gone: nobody else works with it.
        ::unlink(persistence::lock_file_in(plan_.var_dir).c_str());
        ::rmdir(plan_.var_dir.c_str());
    }
    for (auto const& folder : std::views::reverse(made_folders_)) {
        ::rmdir(folder.c_str());
    }
}

void files::forget_attempt() {
    ::unlink(nonce_file_in(plan_.var_dir).c_str());
}

/// Nobody's file is overwritten.
void files::must_not_hide_certificates() const {
    if (plan_.ca_copy.empty() || !is_there(plan_.ca_copy)) {
        return;
    }
    auto const there = base::read_file(plan_.ca_copy, plan_.certificates.size() + 1);
    if (there.content != plan_.certificates) {
        throw refusal{plan_.ca_copy.string() +
                          " is there already and holds something else: remove it, or give it by " +
                          std::string(plan_.called.ca_file),
                      reason::request};
    }
}

void files::make_folder(fs::path const& path) {
    if (path.empty() || is_there(path)) {
        return;
    }
    make_folder(path.parent_path());
    if (::mkdir(path.c_str(), of_folders) == 0) {
        made_folders_.push_back(path);
    } else if (errno != EEXIST) {
        throw refusal{path.string() + " cannot be made: " + why(errno), reason::disk};
    }
}

void files::make_folders() {
    make_folder(plan_.config_file.parent_path());
    make_folder(plan_.base_dir);
    if (!has_list()) {
        make_folder(plan_.available_commands.parent_path());
    }
    make_folder(plan_.var_dir.parent_path());
}

/// Of the user who will write there. One that is there already is given to him only as long as it
/// is root's and nothing lies in it.
void files::make_var_dir() {
    bool const made = ::mkdir(plan_.var_dir.c_str(), of_var_dir) == 0;
    if (!made && errno != EEXIST) {
        throw refusal{plan_.var_dir.string() + " cannot be made: " + why(errno), reason::disk};
    }
    made_var_dir_ = made;
    base::descriptor const folder(
        ::open(plan_.var_dir.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat facts{};
    if (!folder.open() || ::fstat(folder.get(), &facts) != 0) {
        if (made) {
            throw refusal{plan_.var_dir.string() + " cannot be opened: " + why(errno),
                          reason::disk};
        }
        return; // a link, say: whoever made it has seen to its owner
    }
    bool const to_give = plan_.user && plan_.user->uid != facts.st_uid && facts.st_uid == 0;
    if (made || (to_give && is_untouched(plan_.var_dir))) {
        bool const given =
            !to_give || ::fchown(folder.get(), plan_.user->uid, plan_.user->gid) == 0;
        if (!given || ::fchmod(folder.get(), of_var_dir) != 0) {
            throw refusal{plan_.var_dir.string() + " cannot be given to " + plan_.user->name +
                              ": " + why(errno),
                          reason::disk};
        }
    }
}

/// Who could change what is written here would choose what root runs, and where it writes.
void files::must_be_ours() const {
    if (!plan_.strict_modes) {
        return;
    }
    base::path_walk walk;
    auto const look = [&](fs::path const& path) {
        for (auto const& one : persistence::judge(walk.look(path), ::geteuid())) {
            throw refusal{one.message(), reason::request};
        }
    };
    look(plan_.config_file);
    look(plan_.available_commands);
    look(plan_.base_dir);
    look(plan_.var_dir.parent_path());
}

/// What it is to trust, the agent reads again as another user.
void files::must_be_readable() const {
    auto const& file = plan_.connection.ca_file;
    if (plan_.ca_copy.empty() && plan_.user && !file.empty() &&
        !may_read(base::path_walk().look(file), *plan_.user)) {
        throw refusal{plan_.user->name + " may not read " + std::string(plan_.called.ca_file) +
                          ' ' + file +
                          ", which the agent does as that user; copy it to where everybody can",
                      reason::request};
    }
}

base::secret files::nonce() {
    auto const file = nonce_file_in(plan_.var_dir);
    constexpr std::size_t limit = 64;
    auto const kept = base::read_file(file, limit);
    if (kept.content && is_nonce(base::trim_white_space(*kept.content))) {
        return base::secret(std::string(base::trim_white_space(*kept.content)));
    }
    auto const made = new_nonce();
    auto const problem = base::cannot_write(
        file, base::replace_file(file, writer_of(made + '\n', of_the_owner, {})));
    if (!problem.empty()) {
        throw refusal{problem, reason::disk};
    }
    return base::secret(made);
}

bool files::has_list() const {
    return is_there(plan_.available_commands);
}

void files::put(fs::path const& file, std::string_view content, mode_t mode) {
    auto const group = mode == of_the_group ? std::optional(plan_.user->gid) : std::nullopt;
    auto const problem =
        base::cannot_write(file, base::replace_file(file, writer_of(content, mode, group)));
    if (problem.empty()) {
        made_.push_back(file);
        return;
    }
    take_back();
    throw refusal{problem, reason::disk};
}

void files::write(std::string_view list, base::secret const& key, std::string_view config) {
    if (!plan_.ca_copy.empty() && !is_there(plan_.ca_copy)) {
        put(plan_.ca_copy, plan_.certificates, of_everybody);
    }
    if (!has_list()) {
        put(plan_.available_commands, list, of_everybody);
    }
    bool const apart = !plan_.api_key_file.empty();
    if (plan_.anew) {
        must_be_the_old();
        keep_aside(plan_.config_file);
        keep_aside(plan_.api_key_file);
    }
    if (apart) {
        put(plan_.api_key_file, key.reveal() + '\n', of_the_owner);
    }
    if (!plan_.anew) {
        must_be_new();
    }
    // As another user the agent must be able to read it again.
    bool const shared = plan_.user && plan_.user->uid != ::geteuid();
    mode_t const holds_the_key = shared ? of_the_group : of_the_owner;
    put(plan_.config_file, config, apart ? of_everybody : holds_the_key);
    keeps_folders_ = true;
    remove_stop();
    ::unlink(nonce_file_in(plan_.var_dir).c_str());
}

} // namespace trafikito::agent::enrolment
