#include "config/os_facts.hpp"

#include "base/ascii.hpp"

namespace trafikito::config {
namespace {

/// A value as os-release(5) writes it: quotes around it, a backslash before `"`, `$`, `\` and
/// backquote.
std::string unquote(std::string_view text) {
    if (text.size() >= 2 && text.front() == text.back() &&
        (text.front() == '"' || text.front() == '\'')) {
        text = text.substr(1, text.size() - 2);
    }
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
        }
        result += text[i];
    }
    return result;
}

/// Names of os-release that facts are made of; in lower case but for nothing else changed.
struct os_release_fields {
    std::string id;
    std::string version;
    std::string version_id;
    std::string version_codename;
    std::string ubuntu_codename;
};

os_release_fields read_fields(std::string_view text) {
    os_release_fields fields;
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        auto content = line->text;
        if (content.ends_with('\r')) {
            content.remove_suffix(1);
        }
        content = base::trim(content);
        auto const equals = content.find('=');
        if (equals == std::string_view::npos || content.size() > base::max_line_length) {
            continue;
        }
        auto const name = content.substr(0, equals);
        auto const value = [&] { return base::lower(unquote(content.substr(equals + 1))); };
        if (name == "ID") {
            fields.id = value();
        } else if (name == "VERSION") {
            fields.version = value();
        } else if (name == "VERSION_ID") {
            fields.version_id = value();
        } else if (name == "VERSION_CODENAME") {
            fields.version_codename = value();
        } else if (name == "UBUNTU_CODENAME") {
            fields.ubuntu_codename = value();
        }
    }
    return fields;
}

/// `9.2 (plow)` gives `plow`, `14.04.6 lts, trusty tahr` nothing.
std::string name_in_parentheses(std::string_view version) {
    auto const open = version.find('(');
    auto const close = version.find(')', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) {
        return {};
    }
    return std::string(version.substr(open + 1, close - open - 1));
}

std::string codename(os_release_fields const& fields) {
    if (!fields.version_codename.empty()) {
        return fields.version_codename;
    }
    if (!fields.ubuntu_codename.empty()) {
        return fields.ubuntu_codename;
    }
    return name_in_parentheses(fields.version);
}

} // namespace

os_facts find_os_facts(std::optional<std::string_view> os_release, std::string_view sysname) {
    if (!os_release) {
        return {base::lower(sysname), {}, {}, {}};
    }
    auto const fields = read_fields(*os_release);
    if (fields.id == "amzn") {
        return {"amzn", "amazon-linux-ami", "latest", "amazon linux"};
    }
    os_facts facts{fields.id.empty() ? base::lower(sysname) : fields.id, codename(fields),
                   fields.version_id.substr(0, fields.version_id.find('.')), "centos"};
    if (fields.id == "rhel" || fields.id == "redhat" || fields.id == "ol") {
        facts.os = "centos";
        facts.centos_flavor = "red hat linux";
    }
    return facts;
}

} // namespace trafikito::config
