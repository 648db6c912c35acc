#pragma once
// How what a user can set is called while there is no configuration: by options of `enroll`, or by
// variables of a container. The messages of net/ speak of keys of a configuration.

#include <string>
#include <string_view>

namespace trafikito::agent::enrolment {

struct spelling {
    std::string_view api_url;
    std::string_view ca_file;
    std::string_view pin;
    std::string_view key; ///< what holds the token or key
};

inline constexpr spelling as_options{"--api-url", "--ca-file", "--pin", "--user-api-key-file"};
inline constexpr spelling as_variables{"TRAFIKITO_API_URL", "TRAFIKITO_CA_FILE", "TRAFIKITO_PIN",
                                       "TRAFIKITO_ENROLL_TOKEN_FILE"};

/// The message with what it advises to set called so. Keys that stand as words of their own are
/// replaced; paths and what the API said stay as they are.
std::string respelled(std::string message, spelling const& called);

} // namespace trafikito::agent::enrolment
