#include "net/http/body.hpp"

#include "net/link/exchange_error.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

using namespace trafikito::net;

namespace {

std::string read_all(http::body const& source, boost::system::error_code& error) {
    std::string all;
    http::body_reader reader(source);
    for (auto chunk = reader.next(error); !chunk.empty(); chunk = reader.next(error)) {
        BOOST_TEST(chunk.size() <= http::body_reader::max_chunk);
        all += chunk;
    }
    return all;
}

std::string read_all(http::body const& source) {
    boost::system::error_code error;
    auto all = read_all(source, error);
    BOOST_TEST(!error);
    return all;
}

http::shared_file open_file_with(trafikito::test::temporary_directory const& directory,
                                 std::string const& content) {
    return http::shared_file(
        ::open(directory.write("file", content).c_str(), O_RDONLY | O_CLOEXEC));
}

} // namespace

BOOST_AUTO_TEST_SUITE(body)

BOOST_AUTO_TEST_CASE(pieces_follow_each_other_in_order) {
    trafikito::test::temporary_directory const directory;
    auto const file = open_file_with(directory, "0123456789");
    trafikito::net::http::body source("a");
    source.append("").append(file, 2, 3).append("b").append(file, 0, 1).append(file, 5, 0);
    BOOST_TEST(source.size() == 6u);
    BOOST_TEST(read_all(source) == "a234b0");
    BOOST_TEST(read_all(source) == "a234b0");
}

BOOST_AUTO_TEST_CASE(an_empty_body_has_no_chunk) {
    BOOST_TEST(trafikito::net::http::body().size() == 0u);
    BOOST_TEST(read_all(trafikito::net::http::body("")) == "");
}

BOOST_AUTO_TEST_CASE(large_pieces_come_in_chunks) {
    trafikito::test::temporary_directory const directory;
    std::string content(300'000, 'x');
    content[65'536] = 'y';
    trafikito::net::http::body source(content);
    source.append(open_file_with(directory, content), 0, content.size());
    BOOST_TEST((read_all(source) == content + content));
}

BOOST_AUTO_TEST_CASE(a_body_takes_over_another) {
    trafikito::net::http::body first("a");
    first.append(trafikito::net::http::body("b")).append("c");
    BOOST_TEST(first.size() == 3u);
    BOOST_TEST(read_all(first) == "abc");
}

BOOST_AUTO_TEST_CASE(a_file_that_became_shorter_is_an_error) {
    trafikito::test::temporary_directory const directory;
    trafikito::net::http::body source;
    source.append(open_file_with(directory, "short"), 0, 6);
    boost::system::error_code error;
    read_all(source, error);
    BOOST_TEST((error == link::exchange_error::content_got_shorter));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_open_is_an_error) {
    trafikito::net::http::body source;
    source.append(http::shared_file(-1), 0, 1);
    boost::system::error_code error;
    read_all(source, error);
    BOOST_TEST(error == boost::system::errc::bad_file_descriptor);
}

BOOST_AUTO_TEST_CASE(the_last_owner_closes_the_file) {
    trafikito::test::temporary_directory const directory;
    int descriptor = -1;
    {
        trafikito::net::http::body source;
        {
            auto const file = open_file_with(directory, "x");
            descriptor = file.descriptor();
            source.append(file, 0, 1);
        }
        BOOST_TEST(::fcntl(descriptor, F_GETFD) != -1);
        BOOST_TEST(read_all(source) == "x");
    }
    BOOST_TEST(::fcntl(descriptor, F_GETFD) == -1);
}

BOOST_AUTO_TEST_SUITE_END()
