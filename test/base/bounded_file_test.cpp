#include "base/bounded_file.hpp"

#include "base/file.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <random>
#include <string>
#include <vector>

using namespace trafikito;

namespace {

/// What must be left of `lines` when the limits are these: the last ones that fit, whole.
std::string last_of(std::vector<std::string> const& lines, base::file_limits limits) {
    std::string kept;
    std::size_t count = 0;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (count == limits.kept_lines || kept.size() + line->size() > limits.max_size / 2) {
            break;
        }
        kept.insert(0, *line);
        ++count;
    }
    return kept;
}

long peak_kib() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss;
}

struct bounded_file_fixture {
    test::temporary_directory directory;
    std::filesystem::path path = directory.path() / "lines";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(bounded_file, bounded_file_fixture)

BOOST_AUTO_TEST_CASE(what_is_left_are_the_last_lines_that_fit) {
    std::mt19937 engine(1);
    for (std::size_t const longest : {1U, 2U, 100U, 30'000U}) {
        for (std::size_t const kept_lines : {1UL, 7UL, SIZE_MAX}) {
            base::file_limits const limits{100'000, kept_lines};
            std::filesystem::remove(path);
            base::bounded_file file(path, limits);
            std::vector<std::string> lines;
            std::size_t size = 0;
            while (size <= limits.max_size) {
                lines.push_back(std::string(engine() % longest, 'x') + '\n');
                size += lines.back().size();
                BOOST_REQUIRE(file.append(lines.back()) == 0);
            }
            BOOST_TEST(test::read_file(path) == last_of(lines, limits));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_line_that_ends_where_the_limit_begins_stays) {
    base::bounded_file file(path, {8, SIZE_MAX});
    for (auto const* const line : {"aaa\n", "b\n", "cc\n"}) {
        BOOST_TEST(file.append(line) == 0);
    }
    BOOST_TEST(test::read_file(path) == "cc\n");
    BOOST_TEST(file.append("\n") == 0);
    BOOST_TEST(file.append("12345\n") == 0); // 10 of 8; "\n12345\n" would be 7 of 4
    BOOST_TEST(test::read_file(path) == "");
}

BOOST_AUTO_TEST_CASE(where_no_file_can_be_made_it_is_cut_in_its_place) {
    std::filesystem::create_directory(path.string() + ".new"); // in the way
    base::bounded_file file(path, {100'000, SIZE_MAX});
    std::vector<std::string> lines;
    for (std::size_t size = 0; size <= 100'000; size += lines.back().size()) {
        lines.push_back(std::to_string(size) + " bytes came before\n");
        BOOST_TEST(file.append(lines.back()) == 0);
    }
    BOOST_TEST(test::read_file(path) == last_of(lines, {100'000, SIZE_MAX}));
    BOOST_TEST(file.append("more\n") == 0);
    BOOST_TEST(test::read_file(path).ends_with("before\nmore\n"));
}

BOOST_AUTO_TEST_CASE(a_large_file_costs_no_memory) {
    constexpr std::size_t size = 64UL * 1024 * 1024;
    auto const line = std::string(1023, 'x') + '\n';
    BOOST_REQUIRE(!base::replace_file(path, [&](int to) {
        int error = 0;
        for (std::size_t at = 0; at < size && error == 0; at += line.size()) {
            error = base::write_fully(to, line);
        }
        return error;
    }));
    auto const before = peak_kib();
    base::bounded_file file(path, {size, SIZE_MAX});
    BOOST_TEST(file.append(line) == 0);
    BOOST_TEST(std::filesystem::file_size(path) == size / 2);
    BOOST_TEST(peak_kib() - before < 1024L * test::memory_factor);
}

BOOST_AUTO_TEST_CASE(a_file_that_somebody_else_shortened_loses_nothing_more) {
    base::bounded_file file(path, {100, 1'000});
    BOOST_TEST(file.append(std::string(60, 'x') + "\n") == 0);
    std::filesystem::resize_file(path, 0); // as logrotate's copytruncate does
    BOOST_TEST(file.append_further(std::string(60, 'y') + "\n") == 0);
    BOOST_TEST(test::read_file(path) == std::string(60, 'y') + "\n");
}

BOOST_AUTO_TEST_CASE(lines_that_come_together_go_into_one_file_and_stay_within_its_limit) {
    base::bounded_file file(path, {100, 1'000});
    BOOST_TEST(file.append_further("first\n") == 0);
    std::filesystem::rename(path, directory.path() / "rotated");
    BOOST_TEST(file.append_further("second\n") == 0);
    BOOST_TEST(file.append("third\n") == 0);
    BOOST_TEST(test::read_file(directory.path() / "rotated") == "first\nsecond\n");
    BOOST_TEST(test::read_file(path) == "third\n");
    for (int line = 0; line < 100; ++line) {
        BOOST_TEST(file.append_further("line " + std::to_string(line) + "\n") == 0);
        BOOST_TEST(std::filesystem::file_size(path) <= 100U);
    }
    BOOST_TEST(test::read_file(path).ends_with("line 99\n"));
}

BOOST_AUTO_TEST_SUITE_END()
