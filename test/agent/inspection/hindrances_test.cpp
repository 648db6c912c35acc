#include "agent/inspection/access.hpp"

#include "agent/inspection/gained_rights.hpp"
#include "agent/inspection/mounts.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

using namespace trafikito;
using namespace trafikito::agent::inspection;
namespace fs = std::filesystem;

namespace {

onlooker const root{"root", "root", 0, 0};
onlooker const nobody{"nobody", "nogroup", 65534, 65534};

std::string mend_as(obstacle const& what, onlooker const& who, int mode = W_OK) {
    return mend_of(what, who, mode, false);
}

/// False where that cannot be set here: not root, or not on this file system.
bool set_immutable(fs::path const& file, bool on) {
    int const opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    int flags = 0;
    bool done = opened >= 0 && ::ioctl(opened, FS_IOC_GETFLAGS, &flags) == 0;
    flags = on ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
    done = done && ::ioctl(opened, FS_IOC_SETFLAGS, &flags) == 0;
    ::close(opened);
    return done;
}

/// A tmpfs for the time of a test; only root makes one, and not in every container.
class mounted {
public:
    mounted(fs::path point, unsigned long flags)
        : point_(std::move(point)),
          done_(::mount("none", point_.c_str(), "tmpfs", flags, "size=1m") == 0) {}
    ~mounted() {
        if (done_) {
            ::umount2(point_.c_str(), MNT_DETACH);
        }
    }
    mounted(mounted const&) = delete;
    mounted& operator=(mounted const&) = delete;
    [[nodiscard]] bool done() const { return done_; }

private:
    fs::path point_;
    bool done_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(hindrances)

BOOST_AUTO_TEST_CASE(a_link_to_nothing_is_no_missing_file) {
    test::temporary_directory const here;
    auto const link = here.path() / "list";
    fs::create_symlink("/no/such", link);
    auto const stopped = find_obstacle(link, R_OK);
    BOOST_REQUIRE(stopped.has_value());
    BOOST_TEST((stopped->kind(root, R_OK) == hindrance::dangling));
    BOOST_TEST(stopped->in_words(root, R_OK) ==
               link.string() + " is a link to /no/such, and there is no such file");
    BOOST_TEST(mend_as(*stopped, root).find("ln -sfn") != std::string::npos);
    BOOST_TEST(mend_as(*stopped, root).find("mv ") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_link_that_leads_to_itself_is_removed) {
    test::temporary_directory const here;
    auto const one = here.path() / "one";
    fs::create_symlink("two", one);
    fs::create_symlink("one", here.path() / "two");
    auto const stopped = find_obstacle(one, R_OK);
    BOOST_REQUIRE(stopped.has_value());
    BOOST_TEST((stopped->kind(root, R_OK) == hindrance::loop));
    BOOST_TEST(mend_as(*stopped, root).find("Type: rm " + one.string()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_in_place_of_a_folder_is_put_aside) {
    test::temporary_directory const here;
    auto const file = here.write("var", "x");
    auto const stopped = find_obstacle(file / "spool", R_OK);
    BOOST_REQUIRE(stopped.has_value());
    BOOST_TEST((stopped->kind(root, R_OK) == hindrance::no_folder));
    BOOST_TEST(mend_as(*stopped, root) ==
               "Type: mv " + file.string() + " " + file.string() + ".old");
}

BOOST_AUTO_TEST_CASE(a_mode_is_mended_by_chmod_or_chown) {
    test::temporary_directory const here;
    auto const file = here.write("x.pem", "x");
    fs::permissions(file, fs::perms::owner_read);
    obstacle const stopped{file, EACCES, false};
    BOOST_TEST((stopped.kind(nobody, R_OK) == hindrance::mode));
    BOOST_TEST(mend_as(stopped, nobody, R_OK) == "Type: chmod o+r " + file.string());
    BOOST_TEST(mend_as(stopped, nobody, W_OK) == "Type: chown nobody " + file.string());
    BOOST_TEST(mend_as(stopped, root, X_OK) == "Type: chmod a+rx " + file.string());
}

BOOST_AUTO_TEST_CASE(what_owner_and_mode_allow_is_forbidden_by_something_else) {
    test::temporary_directory const here;
    auto const file = here.write("x.pem", "x");
    obstacle const stopped{file, EACCES, false};
    BOOST_TEST((stopped.kind(root, R_OK) == hindrance::other));
    BOOST_TEST(stopped.in_words(root, R_OK).find("though owner and mode") != std::string::npos);
    BOOST_TEST(mend_as(stopped, root, R_OK).find("security module") != std::string::npos);
    obstacle const broken{file, EIO, false};
    BOOST_TEST(mend_as(broken, root, R_OK).find("Look at the disk") == 0U);
}

BOOST_AUTO_TEST_CASE(an_attribute_is_taken_off) {
    test::temporary_directory const here;
    auto const file = here.write("state", "x");
    if (!set_immutable(file, true)) {
        BOOST_TEST_MESSAGE("no attributes here: left out");
        return;
    }
    auto const stopped = find_obstacle(file, W_OK);
    bool const seen = stopped && stopped->kind(root, W_OK) == hindrance::immutable;
    auto const said = stopped ? mend_as(*stopped, root) : std::string();
    set_immutable(file, false);
    BOOST_TEST(seen);
    BOOST_TEST(said == "Type: chattr -i " + file.string());
}

BOOST_AUTO_TEST_CASE(a_mount_is_told_as_a_mount) {
    test::temporary_directory const here;
    fs::create_directory(here.path() / "m");
    mounted const mount(here.path() / "m", MS_NOEXEC | MS_NOSUID);
    if (!mount.done()) {
        BOOST_TEST_MESSAGE("nothing can be mounted here: left out");
        return;
    }
    auto const file = here.write("m/x.sh", "#!/bin/sh\n");
    fs::permissions(file, fs::perms::owner_all);
    auto const stopped = find_obstacle(file, X_OK);
    BOOST_REQUIRE(stopped.has_value());
    BOOST_TEST((stopped->kind(root, X_OK) == hindrance::no_exec));
    BOOST_TEST(stopped->in_words(root, X_OK).find("m is mounted noexec") != std::string::npos);
    BOOST_TEST(mend_as(*stopped, root, X_OK)
                   .find("mount -o remount,exec " + (here.path() / "m").string()) !=
               std::string::npos);
    BOOST_TEST(mount_of(file).no_suid);
    auto const lost = find_lost_rights(here.write("m/sudo", "x"), 1000);
    BOOST_REQUIRE(lost.has_value());
    BOOST_TEST(lost->what.find("m is mounted nosuid") != std::string::npos);
    BOOST_TEST(!find_lost_rights(file, 1000).has_value());
    fs::permissions(file, fs::perms::owner_read);
    BOOST_TEST((find_obstacle(file, X_OK)->kind(root, X_OK) == hindrance::mode));
    BOOST_REQUIRE(::mount("none", (here.path() / "m").c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY,
                          "size=1m") == 0);
    auto const closed = find_obstacle(here.path() / "m", W_OK | X_OK);
    BOOST_REQUIRE(closed.has_value());
    BOOST_TEST(mend_as(*closed, root).find("mount -o remount,rw " + (here.path() / "m").string()) !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_longest_mount_point_is_the_one) {
    std::string const text = "22 1 8:1 / / rw - ext4 /dev/a rw\n"
                             "23 22 0:5 / /srv rw shared:1 - tmpfs t rw\n"
                             "24 23 0:6 / /srv/a\\040b ro - tmpfs t rw\n"
                             "bad line\n\n";
    BOOST_TEST(find_mount_point(text, "/srv/x") == "/srv");
    BOOST_TEST(find_mount_point(text, "/srvx") == "/");
    BOOST_TEST(find_mount_point(text, "/srv/a b/c") == "/srv/a b");
    BOOST_TEST(find_mount_point("", "/srv") == "");
}

BOOST_AUTO_TEST_SUITE_END()
