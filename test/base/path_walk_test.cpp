#include "base/path_walk.hpp"

#include "base/file_system.hpp"

#include "base/file.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <functional>
#include <iterator>
#include <vector>

using namespace trafikito;
namespace fs = std::filesystem;
using kind = base::path_step::kind;

namespace {

struct walk_fixture {
    walk_fixture() { fs::create_directory(base); }

    /// Of the steps those below the directory of the test, `dir/` with a slash and `link@`.
    std::string way(base::walked_path const& walked) const {
        std::string all;
        for (auto const& step : walked.steps) {
            auto const name = step.path.lexically_relative(base).string();
            if (!name.starts_with("..")) {
                all += (all.empty() ? "" : " ") + name;
                all += step.is == kind::directory ? "/" : step.is == kind::link ? "@" : "";
            }
        }
        return all;
    }
    [[nodiscard]] std::string content_of(fs::path const& path) const {
        auto const walked = base::path_walk().open(path);
        return walked.file.open() ? base::read_file(walked.file, 1024).content.value_or("?")
                                  : walked.problem;
    }

    test::temporary_directory here;
    fs::path base = fs::canonical(here.path()) / "base";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(path_walk, walk_fixture)

BOOST_AUTO_TEST_CASE(it_begins_at_the_root_and_ends_at_the_file) {
    auto const file = here.write("base/a/b/file", "content");
    auto const walked = base::path_walk().open(file);
    BOOST_TEST(walked.steps.front().path == fs::path("/"));
    BOOST_TEST(way(walked) == "./ a/ a/b/ a/b/file");
    BOOST_TEST(walked.problem == "");
    BOOST_TEST(base::read_file(walked.file, 1024).content.value() == "content");
}

BOOST_AUTO_TEST_CASE(links_are_followed_step_by_step_from_where_they_stand) {
    (void)here.write("base/real/deep/file", "content");
    fs::create_directory_symlink("real", base / "relative");
    fs::create_directory_symlink(base / "relative", base / "absolute");
    fs::create_symlink("../deep/./file", base / "real/deep/link");
    auto const walked = base::path_walk().open(base / "absolute/deep/link");
    BOOST_TEST(way(walked) == "./ absolute@ ./ relative@ ./ real/ real/deep/ real/deep/link@ "
                              "real/deep/ real/ real/deep/ real/deep/file");
    BOOST_TEST(content_of(base / "absolute/deep/link") == "content");
}

BOOST_AUTO_TEST_CASE(what_leads_to_several_files_is_walked_once) {
    auto const one = here.write("base/a/one", "1");
    auto const two = here.write("base/a/two", "2");
    base::path_walk walk;
    (void)walk.open(one);
    // The very directory of the first walk, whatever has its name by now.
    fs::rename(base / "a", base / "moved");
    (void)here.write("base/a/two", "another");
    auto const walked = walk.open(two);
    BOOST_TEST(base::read_file(walked.file, 1024).content.value() == "2");
    BOOST_TEST(way(walked) == "./ a/ a/two");
}

BOOST_AUTO_TEST_CASE(another_look_uses_the_directories_of_the_one_before_if_they_are_still_there) {
    auto const one = here.write("base/a/one", "1");
    base::path_walk walk;
    (void)walk.open(one);
    auto const descriptors = [] {
        return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
    };
    auto const before = descriptors();
    walk.look_again();
    fs::permissions(base / "a", fs::perms(0710));
    BOOST_TEST(walk.look(one).at(walk.look(one).size() - 2).mode == 0710U);
    BOOST_TEST(descriptors() == before);
    walk.look_again();
    fs::rename(base / "a", base / "moved");
    (void)here.write("base/a/one", "another");
    BOOST_TEST(base::read_file(walk.open(one).file, 1024).content.value() == "another");
    BOOST_TEST(descriptors() == before);
}

BOOST_AUTO_TEST_CASE(whether_another_look_would_see_the_same_is_told_from_names_and_modes) {
    auto const file = here.write("base/a/b/file", "1");
    auto const missing = base / "a/missing";
    fs::permissions(file, fs::perms(0644));
    base::path_walk walk;
    BOOST_TEST(!walk.is_as_before());
    auto const look = [&] {
        walk.look_again();
        (void)walk.look(missing);
        (void)walk.look(file);
        BOOST_TEST(walk.is_as_before());
    };
    auto const aside = base / "aside";
    std::vector<std::function<void()>> const changes{
        [&] { fs::permissions(base / "a", fs::perms(0711)); },
        [&] { fs::permissions(file, fs::perms(0600)); },
        [&] { (void)here.write("base/a/b/file", "12"); },
        [&] { fs::create_hard_link(file, aside); },
        [&] { fs::remove(aside); }, // it is a name of the file
        [&] { (void)here.write("base/a/missing", "x"); },
        [&] { fs::remove(missing); },
        [&] {
            fs::rename(base / "a", aside);
            fs::copy(aside, base / "a", fs::copy_options::recursive);
        },
        [&] { fs::remove(file); },
        [&] { (void)here.write("base/a/b/file", "1"); },
        [&] { fs::permissions(file, fs::perms(0644)); },
    };
    for (auto const& change : changes) {
        look();
        change();
        BOOST_TEST(!walk.is_as_before());
    }
    look();
    (void)here.write("base/a/b/another", "x"); // what else stands there may come and go
    fs::remove_all(aside);
    BOOST_TEST(walk.is_as_before());
    fs::create_symlink(file, aside);
    walk.look_again();
    (void)walk.look(aside);
    BOOST_TEST(!walk.is_as_before()); // a link may lead elsewhere the next time
}

BOOST_AUTO_TEST_CASE(a_circle_of_links_ends) {
    fs::create_symlink("two", base / "one");
    fs::create_symlink("one", base / "two");
    BOOST_TEST(content_of(base / "one") == "cannot be read: Too many levels of symbolic links");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused_and_not_waited_for) {
    BOOST_REQUIRE(::mkfifo((base / "fifo").c_str(), 0600) == 0);
    BOOST_TEST(content_of(base / "fifo") == "is a FIFO, not a regular file");
    BOOST_TEST(content_of(base) == "is a directory, not a file");
    BOOST_TEST(content_of(base / ".") == "is a directory, not a file");
    BOOST_TEST(content_of("/") == "is a directory, not a file");
    BOOST_TEST(content_of("/dev/null") == "is not a regular file");
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_said_with_the_way_up_to_it) {
    (void)here.write("base/file", "x");
    auto const nothing = base::path_walk().open(base / "none/file");
    BOOST_TEST(nothing.missing);
    BOOST_TEST(way(nothing) == "./");
    auto const through = base::path_walk().open(base / "file/below");
    BOOST_TEST(through.missing);
    BOOST_TEST(through.problem == "cannot be read: Not a directory");
    BOOST_TEST(!base::path_walk().open("").file.open());
}

BOOST_AUTO_TEST_CASE(owner_and_mode_are_those_of_each_step) {
    auto const file = here.write("base/a/file", "x");
    fs::permissions(base / "a", static_cast<fs::perms>(01770));
    fs::permissions(file, static_cast<fs::perms>(0604));
    fs::create_hard_link(file, base / "a/other");
    auto const walked = base::path_walk().open(file);
    auto const& directory = walked.steps.at(walked.steps.size() - 2);
    BOOST_TEST(directory.mode == 01770U);
    BOOST_TEST(directory.names == 1U);
    BOOST_TEST(walked.steps.back().mode == 0604U);
    BOOST_TEST(walked.steps.back().names == 2U);
    BOOST_TEST(walked.steps.back().owner == ::geteuid());
    BOOST_TEST(walked.steps.back().unreliable == "");
}

BOOST_AUTO_TEST_CASE(files_that_the_kernel_makes_are_known_as_such) {
    auto const proc = base::path_walk().open("/proc/1/cmdline");
    BOOST_TEST(proc.steps.back().unreliable ==
               "lies on proc, where files hold what a process says");
    fs::create_symlink("/proc/self/comm", base / "link");
    auto const linked = base::path_walk().open(base / "link");
    BOOST_TEST(linked.steps.back().unreliable.starts_with("lies on proc"));
    // The text of a link of proc counts, not where the kernel would lead.
    BOOST_TEST(base::path_walk().open("/proc/self/exe").steps.back().path ==
               fs::read_symlink("/proc/self/exe"));
}

BOOST_AUTO_TEST_CASE(who_mounted_it_is_found_in_the_text_of_mountinfo) {
    std::string const text =
        "36 35 0:98 / /mnt/a rw,nosuid - fuse.sshfs user_id=0,x:/ rw,user_id=1000,group_id=100\n"
        "37 35 0:99 / /mnt/b rw shared:1 - virtiofs tag rw\n"
        "38 35 8:1 / /mnt/c rw - fuseblk /dev/sda1 rw,user_id=0,group_id=0\n"
        "39 35 0:97 / /mnt/d rw - fuse x rw,user_id=many\n";
    using id = std::optional<uid_t>;
    BOOST_TEST((base::find_mounter(text, 0, 98) == id(1000)));
    BOOST_TEST((base::find_mounter(text, 0, 99) == id(0)));
    BOOST_TEST((base::find_mounter(text, 8, 1) == id(0)));
    BOOST_TEST((base::find_mounter(text, 0, 97) == id()));
    BOOST_TEST((base::find_mounter(text, 0, 9) == id()));
    BOOST_TEST((base::find_mounter("nonsense", 0, 9) == id()));
}

// A release that a link leads to no more, as deployments and mounted configurations do it.
BOOST_AUTO_TEST_CASE(what_a_look_did_not_come_by_is_let_go) {
    auto const descriptors = [] {
        return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
    };
    base::path_walk walk;
    std::ptrdiff_t before = 0;
    for (int number = 0; number < 5; ++number) {
        auto const release = base / ("release" + std::to_string(number));
        fs::create_directory(release);
        std::ofstream(release / "list") << "list";
        fs::create_symlink(release, base / "new");
        fs::rename(base / "new", base / "current");
        walk.look_again();
        BOOST_TEST(walk.open(base / "current/list").problem == "");
        walk.let_go(base);
        before = number == 0 ? descriptors() : before;
        BOOST_TEST(descriptors() == before);
        fs::remove_all(release);
    }
}

BOOST_AUTO_TEST_SUITE_END()
