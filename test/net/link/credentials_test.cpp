#include "net/link/credentials.hpp"

#include "net/link/certificate_facts.hpp"
#include "test/support/certificates.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

using namespace trafikito::net;
using namespace trafikito::test;
using namespace std::chrono_literals;

namespace {

struct credentials_fixture {
    [[nodiscard]] std::string pipe(std::string const& name) const {
        auto const path = (here.path() / name).string();
        BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
        return path;
    }
    [[nodiscard]] std::string endless(std::string const& name) const {
        auto const path = here.path() / name;
        std::filesystem::create_symlink("/dev/zero", path);
        return path.string();
    }
    [[nodiscard]] std::string vast(std::string const& name) const {
        auto const path = here.write(name, "x");
        std::filesystem::resize_file(path, link::max_pem_size + 1);
        return path.string();
    }

    static std::string refusal(link::tls_settings const& settings) {
        auto const made = link::make_tls_context(settings);
        BOOST_REQUIRE(made.has_error());
        BOOST_TEST((made.error().at == link::step::handshake));
        return made.error().what + " | " + made.error().hint;
    }
    static bool says(link::tls_settings const& settings, std::string_view part) {
        auto const said = refusal(settings);
        BOOST_TEST_INFO("in: " << said);
        return said.find(part) != std::string::npos;
    }

    temporary_directory here;
    certificate_authority authority;
    identity own = authority.issue({});
    std::string ca = here.write("ca.pem", authority.certificate());
    std::string certificate = here.write("own.pem", own.certificate);
    std::string key = here.write("own.key", own.key);
};

/// No descriptor can be opened meanwhile.
class no_descriptors {
public:
    no_descriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        auto now = before_;
        now.rlim_cur = 0;
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    no_descriptors(no_descriptors const&) = delete;
    no_descriptors& operator=(no_descriptors const&) = delete;

private:
    struct rlimit before_{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(credentials, credentials_fixture)

BOOST_AUTO_TEST_CASE(files_of_pem_are_taken) {
    BOOST_TEST(link::make_tls_context({ca, certificate, key}).has_value());
    auto const read = link::read_pem_file(
        here.write("both.pem", "text\n" + own.certificate + "\n" + authority.certificate()));
    BOOST_TEST(read.problem == "");
    BOOST_TEST(read.certificates.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_never_waited_for) {
    auto const fifo = pipe("fifo");
    BOOST_TEST(says({fifo, {}, {}}, "ca_file " + fifo + " is a FIFO, not a regular file"));
    BOOST_TEST(says({ca, fifo, key}, "client_cert " + fifo + " is a FIFO"));
    BOOST_TEST(says({ca, certificate, fifo}, "client_key " + fifo + " is a FIFO"));
    auto const zero = endless("zero");
    BOOST_TEST(says({zero, {}, {}}, "ca_file " + zero + " is a device, not a regular file"));
    BOOST_TEST(says({ca, zero, key}, "client_cert " + zero + " is a device, not a regular file"));
    BOOST_TEST(
        says({ca, certificate, zero}, "client_key " + zero + " is a device, not a regular file"));
    BOOST_TEST(says({here.path().string(), {}, {}}, "is a directory, not a file"));
}

BOOST_AUTO_TEST_CASE(a_file_without_end_is_not_read) {
    auto const file = vast("vast.pem");
    BOOST_TEST(says({file, {}, {}}, "is larger than "));
    BOOST_TEST(says({ca, file, key}, "is larger than "));
    BOOST_TEST(says({ca, certificate, file}, "is larger than "));
}

BOOST_AUTO_TEST_CASE(the_places_of_the_system_are_not_waited_for_either) {
    link::tls_settings settings;
    settings.system = {pipe("system.pem"), (here.path() / "certs").string(), {}};
    std::filesystem::create_directory(here.path() / "certs");
    BOOST_TEST(link::make_tls_context(settings).has_value()); // as if there was none
    BOOST_TEST((link::find_trust(settings.system).in == link::trust::nobody));
    settings.system.file = endless("zero");
    BOOST_TEST(link::make_tls_context(settings).has_value());
    settings.system.file.clear();
    (void)here.write("certs/README", "x");
    BOOST_TEST(link::make_tls_context(settings).has_value());
    auto const entry = pipe("certs/4bfab552.0");
    settings.system.directory.insert(0, "/nosuch:");
    BOOST_TEST(says(settings, entry + " is no regular file"));
}

BOOST_AUTO_TEST_CASE(a_limit_of_this_process_is_no_fault_of_a_file) {
    std::string trusted;
    std::string of_system;
    std::string shown;
    (void)link::make_tls_context({ca, certificate, key}); // what OpenSSL opens once
    {
        no_descriptors const none;
        link::tls_settings system;
        system.system = {ca, {}, {}};
        of_system = link::make_tls_context(system).error().message();
        trusted = link::make_tls_context({ca, {}, {}}).error().message();
        shown = link::make_tls_context({{}, certificate, key, {{}, {}, {}}}).error().message();
    }
    for (auto const& said : {trusted, of_system, shown}) {
        BOOST_TEST(said.find("Too many open files") != std::string::npos, said);
        BOOST_TEST(said.find("LimitNOFILE") != std::string::npos, said);
        BOOST_TEST(said.find("holds no") == std::string::npos, said);
    }
}

BOOST_AUTO_TEST_CASE(what_stands_there_in_place_of_pem_is_named) {
    auto const read = link::read_pem_file(ca);
    std::string der(4096, '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    der.resize(static_cast<std::size_t>(::i2d_X509(read.certificates.at(0).get(), &at)));
    auto const file = here.write("ca.der", der);
    BOOST_TEST(says({file, {}, {}}, "openssl x509 -inform der -in " + file.string()));
    BOOST_TEST(says({file, {}, {}}, "holds no certificate"));
    BOOST_TEST(says({key, {}, {}}, "it holds a private key"));
    BOOST_TEST(says({ca, key, certificate}, "it holds a private key"));
    BOOST_TEST(says({here.write("empty", ""), {}, {}}, "holds no certificate"));
}

BOOST_AUTO_TEST_CASE(a_certificate_says_who_it_is_and_until_when) {
    auto const all = link::facts_of_certificates(
        here.write("chain.pem",
                   authority.issue({.common_name = "me", .names = {}, .valid_to = 5h}).certificate +
                       authority.certificate()));
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].name == "me");
    BOOST_TEST(all[0].issuer == "Test Authority");
    BOOST_TEST(!all[0].of_authority);
    BOOST_TEST(!all[0].self_issued);
    BOOST_TEST(all[1].of_authority);
    BOOST_TEST(all[1].self_issued);
    auto const now = trafikito::base::wall_now();
    BOOST_REQUIRE(all[0].not_after.has_value());
    BOOST_TEST((*all[0].not_after > now && *all[0].not_after < now + 6h));
    BOOST_TEST((all[0].not_before < now));
    BOOST_TEST(link::facts_of_certificates(pipe("fifo")).empty());
    BOOST_TEST(link::facts_of_certificates(key).empty());
}

BOOST_AUTO_TEST_SUITE_END()
