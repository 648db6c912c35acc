#include "base/redactor.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;

BOOST_AUTO_TEST_SUITE(redactor)

BOOST_AUTO_TEST_CASE(every_occurrence_of_every_secret_goes) {
    base::redactor const redact{base::secret("key-1"), base::secret("token")};
    BOOST_TEST(redact("bad key-1 (key-1) for token") == "bad … (…) for …");
    BOOST_TEST(redact("nothing of it") == "nothing of it");
    BOOST_TEST(redact("") == "");
}

BOOST_AUTO_TEST_CASE(one_that_knows_more_leaves_the_first_as_it_was) {
    base::redactor const redact{base::secret("key-1")};
    BOOST_TEST(redact.with(base::secret("token"))("key-1 token") == "… …");
    BOOST_TEST(redact("key-1 token") == "… token");
}

BOOST_AUTO_TEST_CASE(what_is_too_short_to_be_a_secret_stays) {
    base::redactor const redact{base::secret(), base::secret("abc")};
    BOOST_TEST(redact("abc is not hidden") == "abc is not hidden");
}

BOOST_AUTO_TEST_CASE(a_secret_is_found_in_all_its_forms) {
    base::redactor const redact{base::secret("s3cr&t/k+y \"1\"")};
    for (auto const* form : {
             "s3cr&t/k+y \"1\"",                       // as it is
             "s3cr%26t%2Fk%2By%20%221%22",             // percent-encoded
             "s3cr%26t%2fk%2by+%221%22",               // as a form, small digits
             "%73%33cr%26t%2Fk%2By%20%221%22",         // more than need be
             "s3cr%2526t%252Fk%252By%2520%25221%2522", // twice
             R"(s3cr&t/k+y \"1\")",                    // JSON
             R"(s3cr\u0026t\/k\u002By \u00221\u0022)", // JSON of somebody careful
             R"(s3cr\x26t\x2fk\x2by \x221\x22)",       // C
             R"(s3cr\046t\057k\053y \0421\042)",       // C of somebody careful
             "s3cr&amp;t/k+y &quot;1&quot;",           // HTML
             "s3cr&#38;t&#x2F;k&#43;y &#34;1&#34;",    // HTML by number
             "733363722674 2f6b2b7920",                // (no form: it stays)
         }) {
        auto const text = "<" + std::string(form) + ">";
        auto const expected = std::string_view(form).starts_with("7333") ? text : "<…>";
        BOOST_TEST(redact(text) == expected, form << " gave " << redact(text));
    }
    BOOST_TEST(redact("hex 73336372 733363722674"
                      "2f6b2b79202231"
                      "22.") == "hex 73336372 ….");
}

BOOST_AUTO_TEST_CASE(base64_is_found_wherever_the_secret_begins_in_it) {
    base::redactor const redact{base::secret("Aladdin:open sesame?>")};
    // Behind 0, 1, 2 and 3 bytes of something else.
    for (auto const* form : {"QWxhZGRpbjpvcGVuIHNlc2FtZT8+", "LUFsYWRkaW46b3BlbiBzZXNhbWU/Pg==",
                             "LS1BbGFkZGluOm9wZW4gc2VzYW1lPz4=", "LS0tQWxhZGRpbjpvcGVuIHNlc2FtZT8+",
                             "QWxhZGRpbjpvcGVuIHNlc2FtZT8-", "QWxhZGRpbjpvcGVuIHNlc2FtZT8%2B"}) {
        auto const clean = redact("Basic " + std::string(form) + " it was");
        BOOST_TEST(clean.starts_with("Basic "), clean);
        BOOST_TEST(clean.find("FkZG") == std::string::npos, clean);
        BOOST_TEST(clean.find("GRp") == std::string::npos, clean);
        BOOST_TEST(clean.find("Nlc2") == std::string::npos, clean);
        BOOST_TEST(clean.find("…") != std::string::npos, clean);
        BOOST_TEST(clean.ends_with(" it was"), clean);
    }
}

BOOST_AUTO_TEST_CASE(case_does_not_hide_a_long_secret) {
    base::redactor const redact{base::secret("Key-Of-Host1"), base::secret("AbCd")};
    BOOST_TEST(redact("http://key-of-host1.example/KEY-OF-HOST1") == "http://….example/…");
    BOOST_TEST(redact("abcd AbCd") == "abcd …");
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_secret_that_was_cut_goes_too) {
    base::redactor const redact{base::secret("key-of-this-host")};
    BOOST_TEST(redact("it said key-of-this…") == "it said ……");
    BOOST_TEST(redact("it said key-of-this-h...") == "it said …...");
    BOOST_TEST(redact("it said key-of-this is none") == "it said key-of-this is none");
    BOOST_TEST(redact("it said key-of…") == "it said key-of…"); // too little to say anything
}

BOOST_AUTO_TEST_CASE(what_was_cut_within_an_escape_goes_too) {
    base::redactor const redact{base::secret("key-of-this-host")};
    for (std::string const form : {"%6B%65%79%2D%6F%66%2D%74%68%69%73%2D%68%6F%73%74",
                                   "%256B%2565%2579%252D%256F%2566%252D%2574%2568%2569%2573%252D",
                                   "\\u006b\\u0065\\u0079\\u002d\\u006f\\u0066\\u002d\\u0074"
                                   "\\u0068\\u0069\\u0073",
                                   "&#107;&#101;&#121;&#45;&#111;&#102;&#45;&#116;&#104;&#105;"}) {
        for (std::size_t size = form.size() - 12; size < form.size(); ++size) {
            auto const clean = redact("moved to x/" + form.substr(0, size) + "…");
            BOOST_TEST(clean.starts_with("moved to x/…"), clean);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_secret_number_is_no_part_of_another_number) {
    base::redactor const redact{base::secret("1234")};
    BOOST_TEST(redact("process 12345, key 1234, 91234") == "process 12345, key …, 91234");
}

BOOST_AUTO_TEST_CASE(the_longer_of_two_secrets_goes_whole) {
    base::redactor redact{base::secret("password1")};
    redact.add(base::secret("user:password1"));
    BOOST_TEST(redact("as user:password1@proxy") == "as …@proxy");
}

BOOST_AUTO_TEST_CASE(secrets_that_overlap_go_together) {
    base::redactor const redact{base::secret("pass-word"), base::secret("wordless")};
    BOOST_TEST(redact("my pass-wordless one") == "my … one");
    BOOST_TEST(redact("my wordless pass-word") == "my … …");
    BOOST_TEST(base::redactor{base::secret("abab")}("ababab ab") == "… ab");
}

BOOST_AUTO_TEST_CASE(old_secrets_stay_known_and_memory_is_bounded) {
    base::redactor redact;
    for (int i = 0; i < 1000; ++i) {
        redact.add(base::secret("key-number-" + std::to_string(i) + "-"));
    }
    BOOST_TEST(redact("key-number-999- key-number-800-") == "… …");
    BOOST_TEST(redact("key-number-1-") == "key-number-1-");
}

BOOST_AUTO_TEST_CASE(an_octal_escape_has_as_many_digits_as_there_are) {
    base::redactor const redact{base::secret("hunter2/7/pass/")};
    BOOST_TEST(redact(R"(hunter2\57\067\57pass\57)") == "…");
    BOOST_TEST(redact(R"(hunter2\57\067\057pass\057, and)") == "…, and");
    BOOST_TEST(redact(R"(hunter2\0577\057pass\57)") == "…");
    BOOST_TEST(redact(R"(hunter2\57)") == R"(hunter2\57)");
    // Numbers that are none, and a text that ends within one.
    for (std::string_view const harmless : {R"(hunter2\8)", R"(hunter2\)", R"(hunter2\7)"}) {
        BOOST_TEST(redact(harmless) == harmless);
    }
}

BOOST_AUTO_TEST_SUITE_END()
