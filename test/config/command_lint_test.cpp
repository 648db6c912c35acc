#include "config/command_lint.hpp"

#include "config/command_list.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using namespace trafikito;

namespace {

std::array<std::string, 2> const variables{"BASEDIR=/opt/trafikito", "HOME=/root"};

std::vector<config::command_fault> faults_of(std::string_view text, bool daemon = false) {
    return config::find_command_faults(
        config::read_twice(text, variables),
        {.variables = variables, .sh_is_bash = false, .daemon = daemon});
}

/// `OFFSET:WORD` of each, the word being the first of what is said.
std::string seen(std::string_view text) {
    std::string all;
    for (auto const& one : faults_of(text)) {
        all += (all.empty() ? "" : " ") + std::to_string(one.offset) + ":" +
               one.what.substr(0, one.what.find(' '));
    }
    return all;
}

bool says(std::string_view text, std::string_view words) {
    auto const found = faults_of(text);
    return found.size() == 1 &&
           (found[0].what + " " + found[0].hint).find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_lint)

BOOST_AUTO_TEST_CASE(what_reads_an_input_that_is_not_there) {
    for (std::string_view const text :
         {"cat",           "cat -",       "grep -c x",     "awk '{print \\$1}'",
          "sed -e s/a/b/", "sort -u",     "wc -l",         "head -n 5",
          "head -5",       "tr a b",      "read x",        "while read x; do echo \\$x; done",
          "grep -e x",     "sort | uniq", "nice -n 5 cat", "true; cat",
          "cat && df",     "tee /tmp/x",  "jq .a",         "sh",
          "(cat)",         "{ cat; }",    "cat > /tmp/x"}) {
        BOOST_TEST(says(text, "reads its standard input"), text);
    }
}

BOOST_AUTO_TEST_CASE(what_has_its_input) {
    for (std::string_view const text : {"cat /proc/loadavg",
                                        "df | grep -c x",
                                        "cat < /proc/loadavg",
                                        "grep -c x /proc/cpuinfo",
                                        "grep -rl x",
                                        "grep -r x /etc",
                                        "awk 'BEGIN { print 1 }'",
                                        "sed -n 1p /etc/passwd",
                                        "df | while read x; do echo \\$x; done",
                                        "while read x; do cat; done < /etc/passwd",
                                        "df | { read x; cat; }",
                                        "(cat; cat) < /etc/passwd",
                                        "sh -c 'df'",
                                        "cat \\$file",
                                        "grep -f /tmp/p /tmp/x",
                                        "df | sort | uniq -c",
                                        "echo \\$(df | wc -l)",
                                        "df | (read x; grep y)",
                                        "if df | grep -q x; then echo y; fi",
                                        "sort --help",
                                        "find / -name x | xargs cat",
                                        "cat 0</etc/passwd",
                                        "jq -n 1",
                                        "tail -n 5 /var/log/x",
                                        "case \\$x in a) echo b;; *) df | cat;; esac",
                                        "exec 3< /x; read y <&3"}) {
        BOOST_TEST(seen(text) == "", text);
    }
}

BOOST_AUTO_TEST_CASE(what_never_ends) {
    BOOST_TEST(says("ping 1.1.1.1", "ping -c 3"));
    BOOST_TEST(says("top -b", "top -b -n 1"));
    BOOST_TEST(says("vmstat 1", "vmstat … 1 2"));
    BOOST_TEST(says("iostat -x 5", "how many times"));
    BOOST_TEST(says("tail -f /var/log/syslog", "tail -n 50"));
    BOOST_TEST(says("journalctl -fu ssh", "-n 50"));
    BOOST_TEST(says("watch df", "again and again"));
    BOOST_TEST(says("sudo tcpdump -nn", "-c 10"));
    for (std::string_view const text :
         {"ping -c 3 1.1.1.1", "ping -c3 x", "ping -w 5 x", "timeout 5 ping 1.1.1.1", "vmstat",
          "vmstat 1 2", "vmstat -s", "iostat -x 1 2", "iostat -x", "top -bn1", "top -b -n 1 -w 200",
          "tail -n 5 /x", "journalctl -n 5 -u ssh", "journalctl -u sshd --since today", "free -m",
          "timeout -k 1 5 tail -f /x", "tcpdump -nn -c 5", "mpstat 1 1", "mpstat -P ALL 1 1"}) {
        BOOST_TEST(seen(text) == "", text);
    }
}

BOOST_AUTO_TEST_CASE(what_looks_up_names) {
    for (std::string_view const text :
         {"lsof -i", "lsof | wc -l", "netstat -tulp", "netstat -a", "iptables -L",
          "iptables -L INPUT -v", "route", "arp -a", "ntpq -p", "chronyc sources"}) {
        BOOST_TEST(faults_of(text).size() == 1U, text);
        BOOST_TEST(faults_of(text).at(0).what.find("looks up a name") != std::string::npos, text);
    }
    for (std::string_view const text :
         {"lsof -nP -i", "lsof -n", "lsof -i -n", "lsof /var/log", "netstat -tulpn", "netstat -i",
          "netstat -s", "netstat -rn", "iptables -nL", "iptables -L -n -v", "iptables -S",
          "route -n", "arp -an", "ss -tulpn", "ntpq -np", "chronyc -n sources", "lsof -niTCP"}) {
        BOOST_TEST(seen(text) == "", text);
    }
}

BOOST_AUTO_TEST_CASE(what_wants_a_terminal_or_a_password) {
    BOOST_TEST(says("top", "draws on a terminal"));
    BOOST_TEST(says("htop", "top -b -n 1"));
    BOOST_TEST(says("mysql -u root -p -e 'show status'", "password"));
    BOOST_TEST(seen("mysql -u root -psecret -e 'show status'") == "");
}

BOOST_AUTO_TEST_CASE(what_runs_when_the_list_is_read) {
    BOOST_TEST(says("echo $(date)", "before the command"));
    BOOST_TEST(seen("echo $(date)") == "5:this");
    BOOST_TEST(seen("echo `date`") == "5:this");
    BOOST_TEST(seen("echo \\$(date) \\`date\\` $((1 + 1))") == "");
    BOOST_TEST(seen("echo $(date) $(df)") == "5:this 13:this");
}

BOOST_AUTO_TEST_CASE(what_has_no_end) {
    BOOST_TEST(seen("echo it's") == "7:the");
    BOOST_TEST(says("echo it's", "single quote"));
    BOOST_TEST(says("df | awk '{print \\$5}", "single quote"));
    BOOST_TEST(says("(df", "( that opens here"));
    BOOST_TEST(says("echo \\$(date", "$( that opens here"));
    BOOST_TEST(says("echo \\`date", "backquote"));
    BOOST_TEST(says("{ df;", "{ that opens here"));
    BOOST_TEST(says("if true; then df", "no end"));
    BOOST_TEST(says("for x in a b; do df", "no end"));
    BOOST_TEST(says("case x in a) df;;", "no end"));
    BOOST_TEST(says("df |", "no command"));
    BOOST_TEST(says("df &&", "no command"));
    BOOST_TEST(says("df \\\\", "backslash"));
    BOOST_TEST(seen("cat <<EOF") == "4:a");
}

BOOST_AUTO_TEST_CASE(what_has_its_end) {
    for (std::string_view const text : {"(df)",
                                        "{ df; }",
                                        "if true; then df; else df; fi",
                                        "for x in a b; do df; done",
                                        "case x in a) df;; (b|c) df;; esac",
                                        "while true; do break; done",
                                        "df;",
                                        "df ||\ntrue",
                                        "f() { df; }; f",
                                        "echo \\$(echo \\$(df))",
                                        "echo 'a(b{c' '${' '`'",
                                        "echo a#b # it's",

                                        "! df",
                                        "time df",
                                        "df 2>&1 >/dev/null",
                                        "df >&2 2>&-",
                                        "[ -e /x ] && df",
                                        "test 1 -gt 0",
                                        "echo )",
                                        "exec 2>&1; df"}) {
        BOOST_TEST(seen(text) == "", text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_of_bash) {
    BOOST_TEST(says("df &> /tmp/x", "background"));
    BOOST_TEST(says("[[ -e /x ]] && df", "word of bash"));
    BOOST_TEST(says("source /etc/profile", "Write . FILE"));
    BOOST_TEST(says("[ a == b ]", "Write = in its place"));
    BOOST_TEST(seen("cat <<< x") == "4:<<<");
    BOOST_TEST(seen("diff <(df) <(df -h)") == "5:<( 11:<(");
    BOOST_TEST(seen("bash -c '[[ a == b ]]'") == "");
    BOOST_TEST(config::find_command_faults(config::read_twice("df &> /tmp/x", variables),
                                           {.variables = variables, .sh_is_bash = true})
                   .empty());
}

BOOST_AUTO_TEST_CASE(what_a_posix_shell_does_not_know) {
    for (std::string_view const text :
         {"echo \\${a:0:2}", "echo \\${a/b/c}", "echo \\${a^^}", "echo \\${a,,}", "echo \\${!a}",
          "echo \\${a[0]}", "echo 'x' \\${#a[@]}", "sh -c 'echo \\${a:1}'"}) {
        BOOST_TEST(says(text, "bad substitution"), text);
    }
    for (std::string_view const text :
         {"echo \\$RANDOM", "echo \\${x:-1} \\$UID", "echo \\$HOSTNAME"}) {
        BOOST_TEST(says(text, "set by bash alone"), text);
    }
    for (std::string_view const text :
         {"echo {1..3}", "for i in {1..3}; do echo \\$i; done", "ls /{etc,var}", "echo a{b,c}d"}) {
        BOOST_TEST(says(text, "makes no words of it"), text);
    }
    BOOST_TEST(says("((x++))", "does not reckon so"));
    BOOST_TEST(says("echo \\$((x++))", "does not reckon so"));
    BOOST_TEST(says("echo \\$'a'", "takes the $ for itself"));
    BOOST_TEST(says("a=(1 2)", "an array"));
    BOOST_TEST(says("f() { local -a x; }; f", "local -a is of bash"));
    BOOST_TEST(says("df | while read -r -p x y; do ls; done", "read -p is of bash"));
    BOOST_TEST(says("set -euo pipefail; df", "pipefail"));
    BOOST_TEST(says("trap ls ERR", "no such signal"));
    for (std::string_view const text :
         {"echo \\${a:-b} \\${a:=b} \\${a:+b} \\${a:?b} \\${a-b} \\${#a} \\${a%x} \\${a##*/}",
          "echo \\$# \\$? \\${#} \\${!} \\${1} \\${10}",
          "UID=5; echo \\$UID",
          "UID=5 && echo \\$UID",
          "df | while read UID x; do echo \\$UID; done",
          "find / -exec ls {} +",
          "grep -E a{1,3} /etc/passwd",
          "curl -w %{http_code} http://x/",
          "echo '{1..3}' '\\${a:0:2}'",
          "echo \\$((1 + 2 * 3)) \\$((1 - -1))",
          "((df); (ls))",
          "bash -c 'echo \\${a:0:2} {1..3} \\$RANDOM'",
          "awk '{a[\\$1]++} END {print a[1]}' /x",
          "exec ls",
          "export A=b",
          "printf '%s' x",
          "set -eu; df",
          "trap ls EXIT",
          "test -n x",
          "x=a; echo \\${x}",
          "curl -d '{a,b}' http://x/",
          "echo a,b {a}"}) {
        BOOST_TEST(seen(text) == "", text << " says " << seen(text));
    }
    BOOST_TEST(config::find_command_faults(config::read_twice("echo \\${a:0:2} {1..3}", variables),
                                           {.variables = variables, .sh_is_bash = true})
                   .empty());
}

BOOST_AUTO_TEST_CASE(what_is_cut_where_no_end_was_meant) {
    BOOST_TEST(says("df -h # all | tail", "begins a comment"));
    BOOST_TEST(says("df # ; ls", "begins a comment"));
    BOOST_TEST(says("date +%H %M", "format of date"));
    BOOST_TEST(says("date '+\\\\%H'", "crontab wants"));
    BOOST_TEST(says("stat -c %n %s /etc/passwd", "format of stat"));
    BOOST_TEST(says("awk {print \\$1} /etc/passwd", "program of awk"));
    BOOST_TEST(says("sed s/a b/c/ /etc/passwd", "expression of sed"));
    BOOST_TEST(says("find /etc -name *.conf", "before find sees it"));
    BOOST_TEST(says("find /etc -type f -iname a* -print", "before find sees it"));
    BOOST_TEST(says("df | cut -d ; -f 1", "begins with this option"));
    BOOST_TEST(says("*/5 * * * * df", "crontab"));
    BOOST_TEST(says("0 3 * * 1-5 df -h", "crontab"));
    BOOST_TEST(says("@hourly df", "crontab"));
    BOOST_TEST(says("sh -c df -h", "ends at the blank in front"));
    BOOST_TEST(says("[ \\$x =~ y ]", "in bash alone"));
    BOOST_TEST(says("ls |& cat", "is of bash"));
    BOOST_TEST(says(" ", "nothing to run"));
    BOOST_TEST(says("# df", "nothing to run"));
    for (std::string_view const text : {"df -h # all of them",
                                        "df # it's all",
                                        "echo a#b|cat",
                                        "echo '# x | y'",
                                        "date +%H:%M",
                                        "date '+%H %M'",
                                        "date -d yesterday +%s",
                                        "date -u +%s",
                                        "stat -c '%n %s' /etc/passwd",
                                        "stat -c %n /etc/passwd",
                                        "awk '{print \\$1}' /etc/passwd",
                                        "awk -F: {print} /etc/passwd",
                                        "sed s/a/b/ /etc/passwd",
                                        "sed 's/a b/c/' /etc/passwd",
                                        "sed -n 5p /etc/passwd",
                                        "find /etc -name '*.conf'",
                                        "find /etc -name \\\\*.conf",
                                        "find /var/* -name x",
                                        "df | cut -d ';' -f 1",
                                        "ls *.conf",
                                        "x=1",
                                        "> /tmp/x",
                                        ": ",
                                        "f() { df; }",
                                        "5 4",
                                        "@program x"}) {
        BOOST_TEST(seen(text) == "", text << " says " << seen(text));
    }
}

BOOST_AUTO_TEST_CASE(what_goes_into_a_file_by_mistake) {
    BOOST_TEST(says("ls /tmp 2>1", "whose name is 1"));
    BOOST_TEST(says("df >2", "whose name is 2"));
    BOOST_TEST(says("[ 1 > 0 ]", "compares nothing"));
    BOOST_TEST(says("if [ \\$x > 5 ]; then df; fi", "compares nothing"));
    for (std::string_view const text :
         {"ls 2>&1", "df >/tmp/1", "df 2>/dev/null", "df >&2", "df 3>&-", "[ 1 -gt 0 ] > /tmp/x",
          "[ 1 -gt 0 ] 2>/dev/null", "awk '\\$1 > 0' /x", "test 1 '>' 0", "df > '1'"}) {
        BOOST_TEST(seen(text) == "", text << " says " << seen(text));
    }
}

BOOST_AUTO_TEST_CASE(what_has_no_end_of_its_own) {
    BOOST_TEST(says("while true; do df; sleep 5; done", "loop never ends"));
    BOOST_TEST(says("until false; do df; done", "loop never ends"));
    BOOST_TEST(says("while :; do df; done", "loop never ends"));
    BOOST_TEST(says("yes", "never ends"));
    BOOST_TEST(says("sleep infinity", "never ends"));
    BOOST_TEST(says("cat /dev/zero", "never ends"));
    BOOST_TEST(says("dd if=/dev/zero of=/tmp/x", "never ends"));
    for (std::string_view const text :
         {"while true; do df && break; done", "while true; do exit; done", "yes | head -n 1",
          "cat /dev/urandom | head -c 1", "dd if=/dev/zero of=/x count=1", "timeout 5 yes",
          "while sleep 1; do break; done", "head -c 5 /dev/urandom", "sleep 5"}) {
        BOOST_TEST(seen(text) == "", text << " says " << seen(text));
    }
}

BOOST_AUTO_TEST_CASE(what_is_left_running) {
    BOOST_TEST(says("df & echo x", "daemon=yes"));
    BOOST_TEST(says("(sleep 5; df) &", "killed when the command ends"));
    BOOST_TEST(seen("df & wait") == "");
    BOOST_TEST(faults_of("df &", true).empty());
}

BOOST_AUTO_TEST_CASE(what_was_pasted) {
    BOOST_TEST(says("df \u2013h", "no hyphen"));
    BOOST_TEST(says("echo \u201cx\u201d", "no quote"));
    BOOST_TEST(says("df\u00a0-h", "no blank"));
    BOOST_TEST(seen("echo 'a \u2013 b' a\u2013b") == "");
    BOOST_TEST(says("ls '~/x'", "no home directory"));
    BOOST_TEST(seen("ls ~/x; awk '/x/' /etc/passwd") == "");
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_what_only_a_shell_knows) {
    for (std::string_view const text : {"$(cat /x", "$X 'a", "\\$program", "$BASEDIR/x.sh",
                                        "\\$(which ping) 1.1.1.1", "eval \\$x"}) {
        for (auto const& one : faults_of(text)) {
            BOOST_TEST(one.what.find("before the command") != std::string::npos, text);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_another_shell_runs_is_read_too) {
    BOOST_TEST(seen("bash -c 'cat; df'") == "9:cat");
    BOOST_TEST(seen("nice sh -c 'top -b'") == "12:top");
    BOOST_TEST(seen("sh -c '[[ a ]]'") == "7:[[");
    BOOST_TEST(seen("df | sh -c 'cat'") == "");
}

BOOST_AUTO_TEST_CASE(functions_are_no_programs) {
    BOOST_TEST(seen("top() { df; }; top") == "");
}

BOOST_AUTO_TEST_CASE(deep_and_long_texts_are_read_in_time) {
    std::string deep;
    for (int i = 0; i < 2000; ++i) {
        deep += "\\$(";
    }
    (void)faults_of(deep);
    (void)faults_of(std::string(8000, '('));
    (void)faults_of(std::string(8000, '`'));
    (void)faults_of(std::string(8000, '$'));
    std::string braces;
    for (int i = 0; i < 2000; ++i) {
        braces += "${x";
    }
    (void)faults_of(braces);
    for (std::string_view const part : {"{", "{a", "{1..", "a=(", "((", "$'", "[", "*", ">1 ", "# ",
                                        "s/", "${!", "while true;do "}) {
        std::string all;
        while (all.size() < 8000) {
            all += part;
        }
        BOOST_TEST(faults_of(all).size() <= 16U);
    }
    std::string many;
    for (int i = 0; i < 2000; ++i) {
        many += "a|";
    }
    BOOST_TEST(faults_of(many).size() <= 16U);
}

BOOST_AUTO_TEST_SUITE_END()
