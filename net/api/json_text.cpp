#include "net/api/json_text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace trafikito::net::api {

std::string json_object_text(std::vector<std::pair<std::string_view, std::string>> const& members) {
    std::string text = "{ ";
    for (auto const& [name, value] : members) {
        if (&name != &members.front().first) {
            text += ", ";
        }
        text += boost::json::serialize(boost::json::string_view(name)) + ": " +
                boost::json::serialize(boost::json::string_view(value));
    }
    return text + " }";
}

} // namespace trafikito::net::api
