#pragma once
// Whether a text says something; a test that fails shows the text.

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace trafikito::test {

inline bool contains(std::string const& text, std::string_view part) {
    BOOST_TEST_INFO("in: " << text);
    return text.find(part) != std::string::npos;
}

} // namespace trafikito::test
