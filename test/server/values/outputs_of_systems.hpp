#pragma once
// What the default commands print on systems of the field, written down there. Each is whole.

namespace trafikito::test::outputs {

// procps 4.0 (Debian 12), 3.3 (Debian 11, Ubuntu 22.04, RHEL 8), 3.2 (RHEL 6); busybox 1.36
// (Alpine) and an old one.
inline constexpr char const* free_procps_4 =
    "               total        used        free      shared  buff/cache   available\n"
    "Mem:        24684084      992408    19946472        8888     4114304    23691676\n"
    "Swap:        2097148      524288     1572860\n";
inline constexpr char const* free_procps_3 =
    "              total        used        free      shared  buff/cache   available\n"
    "Mem:        2035412      305328      186276       19988     1543808     1519696\n"
    "Swap:             0           0           0\n";
inline constexpr char const* free_procps_3_human =
    "              total        used        free      shared  buff/cache   available\n"
    "Mem:          7.8Gi       1.9Gi       412Mi       120Mi       5.5Gi       5.4Gi\n"
    "Swap:         2.0Gi       512Mi       1.5Gi\n";
inline constexpr char const* free_rhel_6 =
    "             total       used       free     shared    buffers     cached\n"
    "Mem:       1922192    1727832     194360        248     141304    1041324\n"
    "-/+ buffers/cache:     545204    1376988\n"
    "Swap:      2064376      12036    2052340\n";
inline constexpr char const* free_busybox =
    "              total        used        free      shared  buff/cache   available\n"
    "Mem:        2035412      100000      186276         512      200000     1835412\n"
    "Swap:       1048572           0     1048572\n";
inline constexpr char const* free_old_busybox =
    "             total         used         free       shared      buffers\n"
    "Mem:        124752       121316         3436            0        11000\n"
    "-/+ buffers:             110316        14436\n"
    "Swap:            0            0            0\n";

inline constexpr char const* uptime_procps =
    " 08:52:00 up 27 min,  0 user,  load average: 0.33, 0.89, 0.82\n";
inline constexpr char const* uptime_days =
    " 01:51:48 up 6 days,  9:21,  4 users,  load average: 12.21, 3.00, 0.05\n";
inline constexpr char const* uptime_comma =
    " 14:05:11 up 12 days,  3:02,  2 users,  load average: 0,42, 1,30, 10,21\n";
inline constexpr char const* uptime_busybox =
    " 12:04:31 up 3 days, 42 min,  load average: 0.00, 0.01, 0.05\n";
inline constexpr char const* uptime_bsd =
    "12:04PM  up 26 days, 19:01, 1 user, load averages: 0.46, 0.32, 0.28\n";
inline constexpr char const* uptime_macos =
    "12:04  up 26 days, 19:01, 3 users, load averages: 1.46 1.32 1.28\n";

inline constexpr char const* df_p =
    "Filesystem     1024-blocks      Used Available Capacity Mounted on\n"
    "udev               4050268         0   4050268       0% /dev\n"
    "tmpfs               815456      1268    814188       1% /run\n"
    "/dev/sda1        102092652  35672612  61191028      37% /\n"
    "/dev/sdb1        102092652         0 102092652       0% /mnt/with a blank\n"
    "overlay          102092652  35672612  61191028      37% /var/lib/docker/overlay2/x/merged\n"
    "/dev/loop3           56832     56832         0     100% /snap/core18/2066\n"
    "nas:/export     1922192000 961096000 961096000      50% /srv/nas\n"
    "/dev/sr0                 -         -         -       -  /media/cdrom0\n";
inline constexpr char const* df_h = "Filesystem      Size  Used Avail Use% Mounted on\n"
                                    "udev            3.9G     0  3.9G   0% /dev\n"
                                    "/dev/sda1        98G   35G   59G  37% /\n"
                                    "tmpfs           3.9G     0  3.9G   0% /dev/shm\n";
// coreutils of before 8.10, as RHEL 6: what is too long for its column stands alone.
inline constexpr char const* df_broken_lines =
    "Filesystem            Size  Used Avail Use% Mounted on\n"
    "/dev/mapper/vg_web1-lv_root\n"
    "                       50G   12G   36G  25% /\n"
    "tmpfs                 939M     0  939M   0% /dev/shm\n"
    "/dev/sda1             485M   78M  382M  17% /boot\n";
inline constexpr char const* df_busybox =
    "Filesystem           1K-blocks      Used Available Use% Mounted on\n"
    "overlay               61255492  20231204  37880276  35% /\n"
    "tmpfs                    65536         0     65536   0% /dev\n"
    "/dev/vda1             61255492  20231204  37880276  35% /etc/hosts\n";
inline constexpr char const* df_german = "Dateisystem    Gr\xc3\xb6\xc3\x9f"
                                         "e Benutzt Verf. Verw% Eingeh\xc3\xa4ngt auf\n"
                                         "/dev/sda1         98G     35G   59G   37% /\n";

inline constexpr char const* vmstat_s_procps_4 = "      8148240 K total memory\n"
                                                 "      1218240 K used memory\n"
                                                 "      1838448 K active memory\n"
                                                 "      1948904 K inactive memory\n"
                                                 "      4946472 K free memory\n"
                                                 "        97108 K buffer memory\n"
                                                 "      2017196 K swap cache\n"
                                                 "      1000000 K total swap\n"
                                                 "       250000 K used swap\n"
                                                 "       750000 K free swap\n"
                                                 "         1000 non-nice user cpu ticks\n"
                                                 "          100 nice user cpu ticks\n"
                                                 "          500 system cpu ticks\n"
                                                 "         8000 idle cpu ticks\n"
                                                 "          200 IO-wait cpu ticks\n"
                                                 "           50 IRQ cpu ticks\n"
                                                 "           50 softirq cpu ticks\n"
                                                 "          100 stolen cpu ticks\n"
                                                 "            0 non-nice guest cpu ticks\n"
                                                 "            0 nice guest cpu ticks\n"
                                                 "     30886129 K paged in\n"
                                                 "    386994624 K paged out\n"
                                                 "            0 pages swapped in\n"
                                                 "            0 pages swapped out\n"
                                                 "     62629504 interrupts\n"
                                                 "    171225817 CPU context switches\n"
                                                 "   1795749542 boot time\n"
                                                 "      4305737 forks\n";

inline constexpr char const* vmstat_once =
    "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n"
    " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n"
    " 3  0      0 19946472  97108 4017196    0    0   240  3013  488 1333 54 14 32  0  0\n";
inline constexpr char const* vmstat_twice =
    "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n"
    " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n"
    " 3  0      0 19946472  97108 4017196    0    0   240  3013  488 1333 54 14 32  0  0\n"
    "12  0      0 19946472  97108 4017196    0    0     0     0  100  200 20 10 65  4  1\n";

inline constexpr char const* netstat_i =
    "Kernel Interface table\n"
    "Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n"
    "eth0             1500  1000000      0      0 0        500000      0      0      0 BMRU\n"
    "docker0          1500        0      0      0 0             0      0      0      0 BMU\n"
    "lo              65536  5000000      0      0 0       5000000      0      0      0 LRU\n"
    "veth1a2b3c4      1500       10      0      0 0            10      0      0      0 BMRU\n";
// net-tools 1.60, with a metric, and an interface that cannot be asked.
inline constexpr char const* netstat_i_old =
    "Kernel Interface table\n"
    "Iface       MTU Met    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n"
    "eth0       1500   0  1000000      0      0      0   500000      0      0      0 BMRU\n"
    "eth0:1     1500   0      - no statistics available -                        BMRU\n"
    "lo        16436   0  5000000      0      0      0  5000000      0      0      0 LRU\n";

inline constexpr char const* top_procps_4 =
    "top - 21:12:29 up 17:53,  0 user,  load average: 2.87, 1.94, 2.38\n"
    "Tasks:  80 total,   3 running,  77 sleeping,   0 stopped,   0 zombie\n"
    "%Cpu(s): 50.0 us, 50.0 sy,  0.0 ni,  0.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st \n"
    "MiB Mem :  24105.6 total,  19479.0 free,    969.1 used,   4017.9 buff/cache     \n"
    "MiB Swap:      0.0 total,      0.0 free,      0.0 used.  23136.4 avail Mem \n"
    "\n"
    "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n"
    "23839 root      20   0  213428 170472 117880 R 100.0   0.7   0:00.18 cc1plus\n";
inline constexpr char const* top_procps_3 =
    "top - 09:08:19 up 15 days, 22:42,  1 user,  load average: 0.00, 0.01, 0.05\n"
    "Tasks: 112 total,   1 running, 111 sleeping,   0 stopped,   0 zombie\n"
    "%Cpu(s):  0.3 us,  0.2 sy,  0.0 ni, 99.4 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n"
    "KiB Mem :  1882836 total,   142376 free,   321152 used,  1419308 buff/cache\n";

} // namespace trafikito::test::outputs
