#pragma once
// Numbers out of JSON by a pointer (RFC 6901). The document is read once for all that is asked of
// it, within bounds; what is no JSON has none.

#include "server/values/rule.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

inline constexpr std::size_t max_json = 1UL << 20U; ///< bytes
inline constexpr std::size_t max_json_depth = 32;
inline constexpr std::size_t max_pointer = 16; ///< elements

struct json_number {
    std::string instance;
    double value = 0;
};

class json_document {
public:
    /// What is wrong with it, problem() says.
    explicit json_document(std::string_view text);
    ~json_document();
    json_document(json_document const&) = delete;
    json_document& operator=(json_document const&) = delete;

    [[nodiscard]] std::string const& problem() const { return problem_; }

    /// At most so many. A string that begins with a number is that number; true is 1, false 0.
    [[nodiscard]] std::vector<json_number> find(by_pointer const& where, double factor,
                                                std::size_t most) const;

    /// Which element of a pointer that leads nowhere is the first that is not there, and what is;
    /// of one that leads somewhere what stands there.
    [[nodiscard]] std::string first_missing(std::vector<std::string> const& path) const;

private:
    struct content;
    std::unique_ptr<content> content_;
    std::string problem_;
};

/// The elements of `/checks/0/name`, with ~0 and ~1 made plain; nothing when it does not begin with
/// a slash.
std::vector<std::string> pointer_elements(std::string_view text);

} // namespace trafikito::server::values
