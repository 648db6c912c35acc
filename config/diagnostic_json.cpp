#include "config/diagnostic_json.hpp"

namespace trafikito::config {

namespace json = boost::json;

namespace {

json::value number_or_null(std::size_t number) {
    return number == 0 ? json::value(nullptr) : json::value(number);
}

} // namespace

json::object as_json(diagnostic const& one) {
    return {{"severity", one.level == diagnostic::severity::error ? "error" : "warning"},
            {"file", one.file},
            {"line", number_or_null(one.line)},
            {"column", number_or_null(one.column)},
            {"text", one.what},
            {"hint", one.hint},
            {"excerpt", one.source.text}};
}

} // namespace trafikito::config
