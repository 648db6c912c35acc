#include "config/secrets.hpp"

#include "base/ascii.hpp"
#include "base/percent_encoding.hpp"
#include "config/key.hpp"
#include "config/odd_text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace trafikito::config {

namespace {

class collector {
public:
    void add_value(key_id id, std::string_view value);
    void add_key_file(std::string_view content);
    void add_if_key(std::string_view text);
    std::vector<base::secret> take() { return std::move(found_); }

private:
    void add(std::string_view text) { found_.emplace_back(std::string(text)); }
    void add_decoded(std::string_view text) {
        add(base::percent_decode(text).value_or(std::string(text)));
    }
    void add_user_information(std::string_view address);
    void add_query(std::string_view address);
    void add_path(std::string_view address);
    void add_environment(std::string_view variables);

    std::vector<base::secret> found_;
};

// `user:password@` behind `://`. The password counts, and a user without one: it is a token then.
void collector::add_user_information(std::string_view address) {
    auto const scheme = address.find("://");
    auto const begin = scheme == std::string_view::npos ? 0 : scheme + 3;
    auto const authority = address.substr(begin, address.substr(begin).find_first_of("/?#"));
    auto const end = authority.rfind('@');
    if (end == std::string_view::npos) {
        return;
    }
    auto const user_info = authority.substr(0, end);
    add_decoded(user_info);
    if (auto const colon = user_info.find(':'); colon != std::string_view::npos) {
        add_decoded(user_info.substr(colon + 1));
    }
}

void collector::add_query(std::string_view address) {
    auto const mark = address.find('?');
    if (mark == std::string_view::npos) {
        return;
    }
    auto query = address.substr(mark + 1);
    add(query);
    while (!query.empty()) {
        auto const parameter = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), parameter.size() + 1));
        auto const equals = std::min(parameter.find('='), parameter.size());
        auto const name = parameter.substr(0, equals);
        auto const value = parameter.substr(std::min(parameter.size(), equals + 1));
        if (looks_secret(name, value)) {
            add_decoded(value);
        }
    }
}

// A web hook's address carries its key as a part of the path.
void collector::add_path(std::string_view address) {
    constexpr std::size_t least = 16;
    auto path = address.substr(0, address.find_first_of("?#"));
    while (!path.empty()) {
        auto const part = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), part.size() + 1));
        bool const host = part.find_first_of(".:@") != std::string_view::npos;
        if (part.size() >= least && !host && std::ranges::any_of(part, base::is_digit) &&
            std::ranges::any_of(part, base::is_letter)) {
            add_decoded(part);
        }
    }
}

/// What stands between those characters, part by part.
template <class Take>
void for_each_word(std::string_view text, std::string_view ends, Take take) {
    for (auto at = text.find_first_not_of(ends); at != std::string_view::npos;
         at = text.find_first_not_of(ends, at)) {
        auto const word = text.substr(at, text.find_first_of(ends, at) - at);
        at += word.size();
        take(word);
    }
}

void collector::add_environment(std::string_view variables) {
    for_each_word(variables, " \t", [this](std::string_view word) {
        auto const equals = std::min(word.find('='), word.size());
        auto const value = word.substr(std::min(word.size(), equals + 1));
        if (looks_secret(word.substr(0, equals), value)) {
            add(value);
        }
        add_user_information(value);
    });
}

void collector::add_value(key_id id, std::string_view value) {
    switch (id) {
    case key_id::api_key:
        add(value);
        break;
    case key_id::proxy:
        add_user_information(value);
        break;
    case key_id::url_get_config:
    case key_id::url_output:
    case key_id::api_url:
        add_user_information(value);
        add_path(value);
        add_query(value);
        break;
    case key_id::command_env:
        add_environment(value);
        break;
    default:
        break;
    }
}

void collector::add_key_file(std::string_view content) {
    base::line_reader lines(content);
    while (auto const line = lines.next()) {
        add(base::trim_white_space(line->text));
    }
}

/// The words of what is no key by its place: one may have got there by mistake.
void collector::add_if_key(std::string_view text) {
    for_each_word(text, " \t,;=\"'/?&", [this](std::string_view word) {
        if (looks_like_key(word)) {
            add(word);
        }
    });
}

bool says_secret(std::string_view name) {
    constexpr std::array words{"pass", "pwd",  "secret", "token",  "key",
                               "cred", "auth", "cookie", "private"};
    auto const lowered = base::lower(name);
    return std::ranges::any_of(
        words, [&](char const* word) { return lowered.find(word) != std::string::npos; });
}

/// How many of: small letters, capitals, digits, anything else.
int kinds_of_characters(std::string_view text) {
    auto const some = [&](auto of_kind) { return std::ranges::any_of(text, of_kind) ? 1 : 0; };
    auto const small = [](char c) { return c >= 'a' && c <= 'z'; };
    auto const capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return some(small) + some(capital) + some(base::is_digit) +
           some([](char c) { return !base::is_letter(c) && !base::is_digit(c); });
}

std::optional<key_id> key_of_variable(std::string_view name) {
    constexpr std::string_view prefix = "TRAFIKITO_";
    if (base::equals_ignoring_case(name, "https_proxy")) {
        return key_id::proxy;
    }
    auto const* const known =
        name.starts_with(prefix) ? find_key(name.substr(prefix.size())) : nullptr;
    return known == nullptr ? std::nullopt : std::optional(known->id);
}

struct identity {
    std::string server_id;
    std::string api_key;
};

/// The last of each that stands somewhere; the environment comes last.
identity identity_in(settings_sources const& sources) {
    identity found;
    found.api_key = base::trim_white_space(sources.api_key_file_content.value_or(""));
    auto const take = [&](key_id id, std::string_view value) {
        if (!value.empty() && id == key_id::server_id) {
            found.server_id = value;
        } else if (!value.empty() && id == key_id::api_key) {
            found.api_key = value;
        }
    };
    for (auto const& one : sources.fixed.list) {
        if (auto const* const known = find_key(one.key)) {
            take(known->id, one.value);
        }
    }
    for (auto const& variable : sources.environment) {
        auto const equals = std::min(variable.find('='), variable.size());
        if (auto const id = key_of_variable(std::string_view(variable).substr(0, equals))) {
            take(*id, base::trim(std::string_view(variable).substr(
                          std::min(variable.size(), equals + 1))));
        }
    }
    return found;
}

} // namespace

bool looks_secret(std::string_view name, std::string_view value) {
    constexpr std::size_t least = 4;
    constexpr std::size_t least_unnamed = 8;
    constexpr std::size_t no_word_is_longer = 16;
    if (says_secret(name)) {
        return value.size() >= least;
    }
    int const kinds = kinds_of_characters(value);
    bool const path = value.starts_with('/') && kinds < 4;
    return value.size() >= least_unnamed && !path &&
           (kinds > 1 || value.size() >= no_word_is_longer);
}

bool holds_key_as_server_id(settings_sources const& sources) {
    constexpr std::size_t longest_id = 48;
    auto const [server_id, api_key] = identity_in(sources);
    return looks_like_key(server_id) && !looks_like_name(server_id) &&
           (server_id.size() >= longest_id || looks_like_name(api_key));
}

std::vector<base::secret> secrets_in(settings_sources const& sources) {
    collector all;
    bool const swapped = holds_key_as_server_id(sources);
    auto const add = [&](key const* known, std::string_view name, std::string_view value) {
        if (known == nullptr) {
            auto const near = nearest_key(name);
            bool const meant = says_secret(name) || (near && find_key(*near)->is_secret());
            meant ? all.add_value(key_id::api_key, value) // USER_API_KEY of the shell agent's
                  : all.add_if_key(value);
            all.add_if_key(name);
        } else {
            all.add_value(known->id, value);
            bool const plain_id = known->id == key_id::server_id && !swapped &&
                                  value.find_first_of(";=,") == std::string_view::npos;
            if (known->id != key_id::pin && !plain_id) {
                all.add_if_key(value);
            }
        }
    };
    for (auto const* file : {&sources.fixed, &sources.dynamic}) {
        for (auto const& one : file->list) {
            add(find_key(one.key), one.key, one.value);
        }
    }
    constexpr std::string_view prefix = "TRAFIKITO_";
    for (auto const& variable : sources.environment) {
        auto const equals = std::min(variable.find('='), variable.size());
        auto const name = std::string_view(variable).substr(0, equals);
        auto const value =
            base::trim(std::string_view(variable).substr(std::min(variable.size(), equals + 1)));
        if (auto const id = key_of_variable(name)) {
            add(&describe(*id), name, value);
        } else if (name.starts_with(prefix)) {
            all.add_if_key(value);
        }
    }
    all.add_key_file(sources.api_key_file_content.value_or(""));
    return all.take();
}

} // namespace trafikito::config
