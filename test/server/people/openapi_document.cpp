#include "test/server/people/openapi_document.hpp"

#include "base/ascii.hpp"
#include "server/people/openapi.hpp"
#include "test/server/people/json_schema.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <vector>

namespace trafikito::test {

namespace {

namespace json = boost::json;

std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= path.size();) {
        auto const end = std::min(path.find('/', at), path.size());
        parts.emplace_back(path.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

bool is_variable(std::string const& part) {
    return part.starts_with('{');
}

/// As the document has it; empty: it has none such.
std::string template_of(std::string_view target) {
    auto const given = parts_of(target.substr(0, target.find('?')));
    std::string found;
    for (auto const& [path, unused] : openapi_document().at("paths").as_object()) {
        auto const wanted = parts_of(path);
        bool const same = wanted.size() == given.size() &&
                          std::equal(wanted.begin(), wanted.end(), given.begin(),
                                     [](auto const& one, auto const& other) {
                                         return is_variable(one) ? !other.empty() : one == other;
                                     });
        bool const exact = same && path.find('{') == json::string_view::npos;
        if (same && (found.empty() || exact)) {
            found = path;
        }
    }
    return found;
}

std::string without_names(std::string_view path) {
    std::string made;
    for (auto const& part : parts_of(path)) {
        made += (made.empty() && part.empty() ? "" : "/") + (is_variable(part) ? "{}" : part);
    }
    return made;
}

json::value const* described(std::string_view method, std::string_view target, unsigned status) {
    auto const path = template_of(target);
    if (path.empty()) {
        return nullptr;
    }
    auto const& all = openapi_document().at("paths").at(path).as_object();
    auto const* const one = all.if_contains(base::lower(method == "HEAD" ? "GET" : method));
    auto const* found = one == nullptr
                            ? nullptr
                            : one->at("responses").as_object().if_contains(std::to_string(status));
    if (found != nullptr && found->as_object().contains("$ref")) {
        found = &openapi_document().at_pointer(
            std::string_view(found->at("$ref").as_string()).substr(1));
    }
    return found;
}

std::string fault_of_body(server::http::response const& answer, json::value const& schema) {
    boost::system::error_code failed;
    auto const value = json::parse(
        answer.shared_body ? std::string_view(*answer.shared_body) : answer.body, failed);
    return failed ? "it is no JSON: " + answer.body.substr(0, 200)
                  : fault_of_json(value, schema, openapi_document());
}

} // namespace

json::value const& openapi_document() {
    static auto const document = json::parse(server::people::openapi_text());
    return document;
}

std::set<std::string> documented() {
    std::set<std::string> all;
    for (auto const& [path, methods] : openapi_document().at("paths").as_object()) {
        for (auto const& [method, one] : methods.as_object()) {
            for (auto const& [status, unused] : one.at("responses").as_object()) {
                std::string upper = method;
                std::ranges::transform(upper, upper.begin(), [](char c) {
                    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
                });
                all.insert(upper + " " + without_names(path) + " " + std::string(status));
            }
        }
    }
    return all;
}

std::string as_documented(std::string_view method, std::string_view target, unsigned status) {
    auto const path = template_of(target);
    return std::string(method) + " " + (path.empty() ? std::string(target) : without_names(path)) +
           " " + std::to_string(status);
}

std::string fault_by_document(std::string_view method, std::string_view target,
                              server::http::response const& answer) {
    static json::value const error{{"$ref", "#/components/schemas/Error"}};
    auto const* const found = described(method, target, answer.status);
    if (found == nullptr) {
        bool const generic =
            template_of(target).empty() ? answer.status == 404 : answer.status == 405;
        if (!target.starts_with("/api/")) {
            return {};
        }
        return generic ? fault_of_body(answer, error)
                       : "the document does not say " + std::to_string(answer.status);
    }
    auto const* const content = found->as_object().if_contains("content");
    if (content == nullptr) {
        return answer.body.empty() ? "" : "it has a body: " + answer.body;
    }
    auto const type = answer.content_type.substr(0, answer.content_type.find(';'));
    auto const* const media = content->as_object().if_contains(type);
    if (media == nullptr) {
        return "the document does not say " + type;
    }
    auto const* const schema = media->as_object().if_contains("schema");
    return schema == nullptr ? std::string() : fault_of_body(answer, *schema);
}

} // namespace trafikito::test
