#include "server/api/agent_files.hpp"

#include "base/hexadecimal.hpp"
#include "server/security/secrets.hpp"
#include "test/server/agent_files_folder.hpp"
#include "test/server/api/api_fixture.hpp"
#include "test/support/program.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace trafikito;
namespace fs = std::filesystem;
using server::api::read_agent_files;

std::string const script = "#!/bin/sh\n"
                           "# BEGIN served\n"
                           "served_api_url=''\n"
                           "served_pin=''\n"
                           "served_ca=''\n"
                           "served_files=''\n"
                           "# END served\n"
                           "printf '%s|' \"$served_api_url\" \"$served_pin\" \"$served_ca\" "
                           "\"$served_files\"\n";

server::api::served_values values() {
    return {.api_url = "https://trafikito.example:8443",
            .pin = "sha256/MDIzOP3rfEI89FUjy9qB3WlocmWItJF/D8CiX1YA0DQ=",
            .authority = "-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----\n",
            .names = {}};
}

struct fixture {
    test::temporary_directory directory;
    fs::path folder = directory.path() / "agent-files";

    fixture() {
        test::make_agent_files_folder(folder);
        put("install.sh", script);
    }
    void put(std::string const& name, std::string const& bytes) const {
        test::put_agent_file(folder / name, bytes);
    }
    std::string problem() const {
        try {
            read_agent_files(folder, values());
        } catch (std::runtime_error const& failure) {
            return failure.what();
        }
        return {};
    }
};

BOOST_FIXTURE_TEST_SUITE(agent_files, fixture)

BOOST_AUTO_TEST_CASE(install_sh_is_told_where_it_comes_from) {
    put("trafikito-agent-0.1.0-linux-x86_64.tar.gz", "bytes");
    put("trafikito-agent-0.1.0-linux-aarch64.tar.gz", "others");
    put("README", "not served");
    auto const all = read_agent_files(folder, values());
    BOOST_TEST(all.by_path.size() == 3U);
    BOOST_TEST(*all.by_path.at("/agent/trafikito-agent-0.1.0-linux-x86_64.tar.gz").bytes ==
               "bytes");
    put("made.sh", *all.by_path.at("/install.sh").bytes);
    auto const ran = test::run({"/bin/sh", folder / "made.sh"}, {});
    auto const sum = [](char const* text) {
        return base::to_hexadecimal(server::security::sha256(text));
    };
    BOOST_TEST(ran.out == "https://trafikito.example:8443|" + values().pin + "|" +
                              "-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----|" +
                              sum("others") + "  trafikito-agent-0.1.0-linux-aarch64.tar.gz\n" +
                              sum("bytes") + "  trafikito-agent-0.1.0-linux-x86_64.tar.gz|");
}

BOOST_AUTO_TEST_CASE(a_certificate_of_everybodys_needs_neither_pin_nor_authority) {
    auto const text = server::api::with_served_values(
        script, {.api_url = "https://a.example", .pin = "", .authority = "", .names = {}}, "");
    BOOST_TEST(text.find("served_pin=''\nserved_ca=''\nserved_files=''\n# END served\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_value_ends_its_quotes) {
    auto const fails = [](server::api::served_values const& with, std::string_view files = "") {
        try {
            server::api::with_served_values(script, with, files);
        } catch (std::runtime_error const&) {
            return true;
        }
        return false;
    };
    BOOST_TEST(!fails(values()));
    auto wrong = values();
    wrong.api_url = "https://a'$(id)'";
    BOOST_TEST(fails(wrong));
    wrong = values();
    wrong.pin += "'";
    BOOST_TEST(fails(wrong));
    wrong = values();
    wrong.authority += "';id;'";
    BOOST_TEST(fails(wrong));
    BOOST_TEST(fails(values(), "sum  a'b"));
}

BOOST_AUTO_TEST_CASE(a_script_without_its_marks_is_not_served) {
    for (std::string const& text :
         {std::string("#!/bin/sh\n"), std::string("#!/bin/sh\n# BEGIN served\n"),
          std::string("#!/bin/sh\n# END served\n# BEGIN served\n"), script + "# END served\n",
          std::string("#!/bin/sh\n## BEGIN served\n# END served\n"), script.substr(1),
          std::string()}) {
        put("install.sh", text);
        BOOST_TEST(problem().find("install.sh") != std::string::npos, text);
    }
    fs::remove(folder / "install.sh");
    BOOST_TEST(problem().find("install.sh cannot be read") != std::string::npos);
    fs::remove_all(folder);
    BOOST_TEST(problem().find("--agent-files") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_others_could_change_is_not_served) {
    auto const file = folder / "install.sh";
    ::chmod(file.c_str(), 0664);
    BOOST_TEST(problem().find("chmod go-w") != std::string::npos);
    ::chmod(file.c_str(), 0644);
    ::chmod(folder.c_str(), 0777);
    BOOST_TEST(problem().find("chmod go-w") != std::string::npos);
    ::chmod(folder.c_str(), 0755);
    BOOST_TEST(problem().empty());
    fs::rename(file, directory.path() / "elsewhere");
    fs::create_symlink(directory.path() / "elsewhere", file);
    BOOST_TEST(problem().find("link") != std::string::npos);
    if (::geteuid() == 0) {
        fs::remove(file);
        put("install.sh", script);
        BOOST_TEST(::chown(file.c_str(), 12345, 0) == 0);
        BOOST_TEST(problem().find("chown root") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_is_too_large_or_too_many_is_not_served) {
    put("trafikito-agent-0.1.0-linux-x86_64.tar.gz", "");
    fs::resize_file(folder / "trafikito-agent-0.1.0-linux-x86_64.tar.gz",
                    server::api::max_agent_file + 1);
    BOOST_TEST(problem().find("trafikito-agent-0.1.0-linux-x86_64.tar.gz") != std::string::npos);
    fs::remove(folder / "trafikito-agent-0.1.0-linux-x86_64.tar.gz");
    for (int i = 0; i < 9; ++i) {
        put("trafikito-agent-0.1.0-linux-arch" + std::to_string(i) + ".tar.gz", "x");
    }
    BOOST_TEST(problem().find("at most 8") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_several_versions_the_newest_is_served) {
    for (auto const* version : {"0.9.0", "0.10.0", "0.2.0"}) {
        put(std::string("trafikito-agent-") + version + "-linux-x86_64.tar.gz", version);
    }
    auto const all = read_agent_files(folder, values());
    BOOST_TEST(all.by_path.size() == 2U);
    BOOST_TEST(all.by_path.contains("/agent/trafikito-agent-0.10.0-linux-x86_64.tar.gz"));
}

BOOST_AUTO_TEST_CASE(a_machine_reports_to_the_address_from_which_it_was_installed) {
    auto with = values();
    with.names = {"trafikito.example", "10.0.0.7", "::1"};
    auto const all = read_agent_files(folder, with);
    auto const url_for = [&](std::string_view host) {
        auto const text = *all.script_for(host);
        auto const at = text.find("served_api_url='") + 16;
        return text.substr(at, text.find('\'', at) - at);
    };
    BOOST_TEST(url_for("10.0.0.7:8443") == "https://10.0.0.7:8443");
    BOOST_TEST(url_for("[::1]:9") == "https://[::1]:9");
    BOOST_TEST(url_for("trafikito.example") == "https://trafikito.example");
    for (auto const* host : {"", "other.example", "10.0.0.7/x", "10.0.0.7:x", "10.0.0.7'", " ",
                             "u@10.0.0.7", "10.0.0.8"}) {
        BOOST_TEST(url_for(host) == with.api_url, host);
    }
    BOOST_TEST((all.script_for("trafikito.example:8443") == all.by_path.at("/install.sh").bytes));
}

BOOST_FIXTURE_TEST_CASE(the_api_gives_them_to_everybody, test::api_fixture) {
    auto const get = [&](std::string const& path, char const* method = "GET") {
        return answer({method, path, {}, "", "127.0.0.1:4242", "127.0.0.1"});
    };
    auto const none = get("/install.sh");
    BOOST_TEST(none.status == 404U);
    BOOST_TEST(test::error_of(none).find("--agent-files") != std::string::npos);
    fixture const files;
    files.put("trafikito-agent-0.1.0-linux-x86_64.tar.gz", "bytes");
    auto const shared =
        std::make_shared<server::api::agent_files const>(read_agent_files(files.folder, values()));
    api.use(shared);
    auto const found = get("/install.sh");
    BOOST_TEST(found.status == 200U);
    BOOST_TEST((found.shared_body == shared->by_path.at("/install.sh").bytes));
    BOOST_TEST(*get("/agent/trafikito-agent-0.1.0-linux-x86_64.tar.gz", "HEAD").shared_body ==
               "bytes");
    for (auto const* path : {"/agent/", "/agent/install.sh", "/agent/../install.sh",
                             "/agent/trafikito-agent-0.1.0-linux-x86_64.tar.gz/", "/agent",
                             "/install.sh/", "/agent/%2e%2e/install.sh"}) {
        BOOST_TEST(get(path).status == 404U, path);
    }
    BOOST_TEST(get("/install.sh", "POST").status == 405U);
    BOOST_TEST(get("/install.sh?x=y").status == 200U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
