#include "config/os_facts.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace config = trafikito::config;
using namespace trafikito::config;

namespace trafikito::config {

std::ostream& operator<<(std::ostream& stream, os_facts const& facts) {
    return stream << facts.os << '/' << facts.os_codename << '/' << facts.os_release << '/'
                  << facts.centos_flavor;
}

} // namespace trafikito::config

BOOST_AUTO_TEST_SUITE(os_facts)

BOOST_AUTO_TEST_CASE(knows_the_systems_of_the_protocol) {
    struct {
        char const* what;
        char const* text;
        config::os_facts expected;
    } const table[] = {
        {"Debian 12",
         "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian "
         "GNU/Linux\"\nVERSION_ID=\"12\"\n"
         "VERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n",
         {"debian", "bookworm", "12", "centos"}},
        {"Ubuntu 22.04",
         "VERSION_ID=\"22.04\"\nVERSION=\"22.04.3 LTS (Jammy "
         "Jellyfish)\"\nVERSION_CODENAME=jammy\nID=ubuntu\n"
         "ID_LIKE=debian\nUBUNTU_CODENAME=jammy\n",
         {"ubuntu", "jammy", "22", "centos"}},
        {"Red Hat 9",
         "NAME=\"Red Hat Enterprise Linux\"\nVERSION=\"9.2 "
         "(Plow)\"\nID=\"rhel\"\nID_LIKE=\"fedora\"\n"
         "VERSION_ID=\"9.2\"\n",
         {"centos", "plow", "9", "red hat linux"}},
        {"Oracle Linux 8",
         "NAME=\"Oracle Linux Server\"\nVERSION=\"8.8\"\nID=\"ol\"\nVERSION_ID=\"8.8\"\n",
         {"centos", "", "8", "red hat linux"}},
        {"CentOS 7",
         "NAME=\"CentOS Linux\"\nVERSION=\"7 (Core)\"\nID=\"centos\"\nVERSION_ID=\"7\"\n",
         {"centos", "core", "7", "centos"}},
        {"CentOS Stream",
         "NAME=\"CentOS Stream\"\nVERSION=\"9\"\nID=\"centos\"\nVERSION_ID=\"9\"\n",
         {"centos", "", "9", "centos"}},
        {"Amazon Linux 2",
         "NAME=\"Amazon Linux\"\nVERSION=\"2\"\nID=\"amzn\"\nVERSION_ID=\"2\"\n",
         {"amzn", "amazon-linux-ami", "latest", "amazon linux"}},
        {"Alpine",
         "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.19.1\n",
         {"alpine", "", "3", "centos"}},
        {"Arch", "NAME=\"Arch Linux\"\nID=arch\nBUILD_ID=rolling\n", {"arch", "", "", "centos"}},
        {"an Ubuntu without VERSION_CODENAME",
         "ID=ubuntu\nVERSION_ID=\"16.04\"\nUBUNTU_CODENAME=xenial\n",
         {"ubuntu", "xenial", "16", "centos"}},
    };
    for (auto const& row : table) {
        BOOST_TEST(find_os_facts(row.text, "Linux") == row.expected,
                   row.what << ": " << find_os_facts(row.text, "Linux"));
    }
}

BOOST_AUTO_TEST_CASE(without_os_release_only_the_kernel_has_a_name) {
    BOOST_TEST(find_os_facts(std::nullopt, "Linux") == (config::os_facts{"linux", "", "", ""}));
    BOOST_TEST(find_os_facts(std::nullopt, "FreeBSD") == (config::os_facts{"freebsd", "", "", ""}));
}

BOOST_AUTO_TEST_CASE(reads_quotes_case_comments_and_crlf) {
    config::os_facts const debian{"debian", "bookworm", "12", "centos"};
    BOOST_TEST(find_os_facts("ID='Debian'\r\n# ID=other\r\nVERSION_ID='12'\r\n"
                             "VERSION_CODENAME=\"Bookworm\"",
                             "Linux") == debian);
    BOOST_TEST(find_os_facts("ID=\"a\\\"b\\\\c\"\n", "Linux").os == "a\"b\\c");
}

BOOST_AUTO_TEST_CASE(a_name_that_only_ends_alike_is_another) {
    BOOST_TEST(find_os_facts("VARIANT_ID=server\nID=fedora\nPLATFORM_ID=x\n", "Linux").os ==
               "fedora");
}

BOOST_AUTO_TEST_CASE(odd_text_does_no_harm) {
    for (auto const* const text :
         {"", "=", "ID", "ID=", "ID=\"", "ID='\"", "VERSION=(", "VERSION=)(", "\n\n"}) {
        auto const facts = find_os_facts(text, "Linux");
        BOOST_TEST(!facts.os.empty(), text);
        BOOST_TEST(facts.centos_flavor == "centos");
    }
    BOOST_TEST(find_os_facts("", "Linux").os == "linux");
    BOOST_TEST(find_os_facts("VERSION=)(", "Linux").os_codename.empty());
}

BOOST_AUTO_TEST_SUITE_END()
