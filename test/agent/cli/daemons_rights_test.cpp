#include "agent/cli/daemons_rights.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

using namespace trafikito::agent::cli;

namespace {

process_texts const root{
    .status = "Name:\tx\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t0 4 \n"
              "CapEff:\t000001ffffffffff\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t0\nSeccomp:\t0\n",
    .limits = "Limit                     Soft Limit           Hard Limit           Units     \n"
              "Max cpu time              unlimited            unlimited            seconds   \n"
              "Max open files            1024                 524288               files     \n"
              "Max file locks            unlimited            unlimited            locks     \n",
    .oom_score_adj = "0\n",
    .nice = 0};

std::string said(process_texts const& daemon, process_texts const& here) {
    std::string all;
    for (auto const& one : differences(daemon, here)) {
        all += one + "\n";
    }
    return all;
}

process_texts with(std::string const& before, std::string const& after) {
    auto texts = root;
    for (auto* const text : {&texts.status, &texts.limits}) {
        if (auto const at = text->find(before); at != std::string::npos) {
            text->replace(at, before.size(), after);
        }
    }
    return texts;
}

} // namespace

BOOST_AUTO_TEST_SUITE(daemons_rights)

BOOST_AUTO_TEST_CASE(a_process_is_like_itself) {
    BOOST_TEST(said(texts_of(::getpid()), texts_of(::getpid())) == "");
    BOOST_TEST(!texts_of(::getpid()).status.empty());
    BOOST_TEST(said(root, root) == "");
    BOOST_TEST(said(with("Max file locks            unlimited", "Max file locks            7"),
                    root) == "");
    BOOST_TEST(said(with("Groups:\t0 4 ", "Groups:\t4 0"), root) == "");
}

BOOST_AUTO_TEST_CASE(users_groups_and_capabilities_have_names) {
    BOOST_TEST(said(with("Uid:\t0\t0", "Uid:\t0\t2147480000"), root) ==
               "user 2147480000 (here user root)\n");
    BOOST_TEST(said(with("Groups:\t0 4 ", "Groups:\t"), with("Groups:\t0 4", "Groups:\t0")) ==
               "no groups besides (here groups besides root)\n");
    BOOST_TEST(said(with("CapEff:\t000001ffffffffff", "CapEff:\t0000000000002400"), root) ==
               "capabilities net_bind_service net_raw (here all capabilities)\n");
    BOOST_TEST(said(with("CapEff:\t000001ffffffffff", "CapEff:\t0000000000000000"), root) ==
               "no capability (here all capabilities)\n");
    BOOST_TEST(said(with("CapEff:\t000001ffffffffff", "CapEff:\t000001fffffffffe"), root) ==
               "all capabilities but chown (here all capabilities)\n");
}

BOOST_AUTO_TEST_CASE(restrictions_and_limits) {
    BOOST_TEST(said(with("NoNewPrivs:\t0", "NoNewPrivs:\t1"), root) ==
               "programs gain no rights (sudo, su) (here programs may gain rights)\n");
    BOOST_TEST(said(with("Seccomp:\t0", "Seccomp:\t2"), root) ==
               "a filter of system calls (here no filter of system calls)\n");
    BOOST_TEST(said(with("files            1024", "files            77"), root) ==
               "77 open files at most (here 1024)\n");
    auto other = root;
    other.nice = 5;
    other.oom_score_adj = "-500\n";
    BOOST_TEST(said(other, root) == "nice 5 (here 0)\noom_score_adj -500 (here 0)\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_not_compared) {
    BOOST_TEST(said({}, root) == "");
    BOOST_TEST(said(root, {}) == "");
    auto const nobody = texts_of(0x7ffffffe);
    BOOST_TEST(said(nobody, root) == "");
    auto garbage = root;
    garbage.status = "Uid:\nCapEff:\tzz\nSeccomp";
    garbage.limits = "Max open files";
    BOOST_TEST(said(garbage, garbage) == "");
    (void)said(garbage, root);
}

BOOST_AUTO_TEST_SUITE_END()
