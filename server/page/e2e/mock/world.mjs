// The machines of the mock: what they are, what they measure at any time (a function of the time, so that nothing is
// kept), and what their commands print.

import * as hostile from "./hostile.mjs";

const minute = 60_000;
const states = ["reporting", "late", "never", "stopped", "problem"];
const tags = ["web", "db", "berlin", "paris", "cache", "customer-7"];

/** The same for the same seed: 0 to 1. */
function noise(seed) {
    const value = Math.sin(seed * 12.9898) * 43758.5453;
    return value - Math.floor(value);
}

const wave = (at, seed, period) => (Math.sin((at / period) * 2 * Math.PI + seed) + 1) / 2;
const around = (at, seed) =>
    0.6 * wave(at, seed, 47 * minute) +
    0.25 * wave(at, seed * 3, 7 * minute) +
    0.15 * noise(Math.floor(at / 1000) + seed);

export class World {
    constructor({ count, interval }) {
        this.interval = interval * 1000;
        this.started = Date.now();
        this.began = Date.now() - 40 * 24 * 60 * minute;
        this.machines = new Map();
        for (let index = 0; index < count; ++index) this.#add(index);
        if (count > 0) this.#addHostile();
    }

    #add(index) {
        const id = `m${String(index).padStart(5, "0")}`;
        // The first machines are one of each state; later ones mostly report.
        const state =
            index < 5
                ? states[index]
                : noise(index) < 0.93
                  ? "reporting"
                  : states[1 + Math.floor(noise(index * 7) * 4)];
        const machine = {
            id,
            name: `${["web", "db", "cache", "build", "mail"][index % 5]}${1 + Math.floor(index / 5)}`,
            state,
            seed: index + 1,
            tags: tags.filter((_, place) => noise(index * 11 + place) < 0.25),
            agent: "trafikito-agent 1.4.0",
            address: `10.0.${(index >> 8) & 255}.${index & 255}`,
            os: index % 3 ? "debian bookworm 12" : "ubuntu noble 24.04",
            order: null,
        };
        this.machines.set(id, machine);
        return machine;
    }

    #addHostile() {
        const machine = this.#add(this.machines.size + 100_000);
        Object.assign(machine, {
            name: hostile.name,
            state: "problem",
            hostile: true,
            tags: [hostile.payload],
            os: `${hostile.payload}\u202e`,
            agent: "a".repeat(300),
        });
        machine.problem = `no \u202eroom ${hostile.payload}`;
    }

    enrol(name) {
        const machine = this.#add(this.machines.size);
        Object.assign(machine, { name: name || `new${this.machines.size}`, state: "reporting", fresh: Date.now() });
        return machine;
    }

    lastAt(machine, now = Date.now()) {
        if (machine.state === "never" || machine.state === "stopped") return null;
        const last = Math.floor(now / this.interval) * this.interval + (machine.seed % 7) * 100;
        if (machine.state === "late") return last - 12 * minute;
        return last > now ? last - this.interval : last;
    }

    hasData(machine, at) {
        if (machine.fresh && at < machine.fresh) return false;
        // Every five hours there is a hole of twelve minutes; the last one half an hour before the mock was started.
        const since = (this.started - at) % (300 * minute);
        return at > this.started || since < 25 * minute || since > 37 * minute;
    }

    load = (machine, at) => 3.5 * around(at, machine.seed) ** 2;
    memory = (machine, at) => 30 + 60 * around(at, machine.seed * 5);
    disk = (machine, at) =>
        100 * Math.min(0.99, noise(machine.seed * 3) * 0.9 + ((at / (24 * 60 * minute)) % 7) * 0.012);

    describe(machine, now = Date.now(), withHour = true) {
        const last = this.lastAt(machine, now);
        const hour = Array.from({ length: 60 }, (_, place) => {
            const at = (Math.floor(now / minute) - 59 + place) * minute;
            return last !== null && at <= last && this.hasData(machine, at) ? this.load(machine, at) : null;
        });
        return {
            id: machine.id,
            name: machine.name,
            state: machine.state,
            since_at:
                machine.state === "never"
                    ? null
                    : machine.state === "late"
                      ? last + this.interval * 2
                      : now - 90 * minute,
            problem:
                machine.problem ??
                (machine.state === "problem" ? "The agent's disk is full: outputs are not kept" : null),
            last_at: last,
            interval_seconds: this.interval / 1000,
            load: last === null ? null : this.load(machine, last),
            cpu_count: last === null ? null : 4,
            memory: last === null ? null : this.memory(machine, last),
            disk: last === null ? null : this.disk(machine, last),
            disk_name: last === null ? null : "/",
            ...(withHour ? { hour } : {}),
            tags: machine.tags,
            agent: machine.agent,
            address: machine.address,
            os: machine.os,
        };
    }

    /** The newest report at or before a time. */
    reportAt(machine, at) {
        const last = this.lastAt(machine);
        if (last === null) return null;
        let when = last - Math.max(0, Math.ceil((last - at) / this.interval)) * this.interval;
        while (when > this.began && !this.hasData(machine, when)) when -= this.interval;
        if (when < this.began || (machine.fresh && when < machine.fresh)) return null;
        const late = (when / this.interval) % 50 < 1;
        return { id: Math.round(when / 100), at: when, received_at: when + (late ? 20 * minute : 900), late };
    }

    next(machine, report) {
        const last = this.lastAt(machine);
        for (let when = report.at + this.interval; when <= last; when += this.interval)
            if (this.hasData(machine, when)) return this.reportAt(machine, when);
        return null;
    }

    reports(machine, from, to, limit) {
        const found = [];
        for (
            let report = this.reportAt(machine, to);
            report && report.at >= from && found.length < limit;
            report = this.reportAt(machine, report.at - 1)
        )
            found.push(report);
        return {
            oldest_at: Math.max(this.began, machine.fresh ?? 0),
            newest_at: this.lastAt(machine),
            reports: found.reverse(),
        };
    }

    #lines(machine) {
        const seed = machine.seed;
        const of = (command, name, unit, chart, value, instance = "") => ({
            command,
            name,
            instance,
            unit,
            chart,
            value,
        });
        const rate = (at, own) => 900 * around(at, seed * own) ** 3;
        const lines = [
            of("trafikito_uptime", "load_1", "", "load", (at) => this.load(machine, at)),
            of("trafikito_uptime", "load_5", "", "load", (at) => this.load(machine, at - 2 * minute) * 0.9),
            of("trafikito_uptime", "load_15", "", "load", (at) => this.load(machine, at - 7 * minute) * 0.8),
            of("trafikito_vmstat_s", "cpu_busy", "%", "cpu", (at) => 75 * around(at, seed)),
            of("trafikito_vmstat_s", "cpu_user", "%", "cpu", (at) => 50 * around(at, seed)),
            of("trafikito_vmstat_s", "cpu_system", "%", "cpu", (at) => 20 * around(at, seed)),
            of("trafikito_vmstat_s", "cpu_wait", "%", "cpu", (at) => 5 * around(at, seed * 9)),
            of("trafikito_free", "memory_used", "%", "memory", (at) => this.memory(machine, at)),
            of(
                "trafikito_free",
                "memory_used_bytes",
                "B",
                "memory",
                (at) => this.memory(machine, at) * 0.01 * 8 * 2 ** 30,
            ),
            of("trafikito_free", "memory_total_bytes", "B", "memory", () => 8 * 2 ** 30),
            of("trafikito_free", "swap_used", "%", "swap", (at) => 10 * around(at, seed * 2)),
            of("trafikito_top", "processes", "", "processes", (at) => Math.round(180 + 40 * around(at, seed))),
            of("trafikito_check_load", "load1", "", "", (at) => this.load(machine, at)),
            of("trafikito_lsof_count_open_files", "open_files", "", "", (at) =>
                Math.round(3000 + 900 * around(at, seed)),
            ),
        ];
        for (const mount of ["/", "/home", "/var/lib/postgresql"])
            lines.push(
                of(
                    "trafikito_df_p",
                    "disk_used",
                    "%",
                    "disks",
                    (at) => this.disk({ seed: seed + mount.length }, at),
                    mount,
                ),
            );
        for (const card of ["eth0", "wg0"]) {
            lines.push(
                of(
                    "trafikito_netstat_i",
                    "network_received",
                    "packets/s",
                    "network",
                    (at) => rate(at, card.length),
                    card,
                ),
            );
            lines.push(
                of(
                    "trafikito_netstat_i",
                    "network_sent",
                    "packets/s",
                    "network",
                    (at) => rate(at, card.length + 2) * 0.5,
                    card,
                ),
            );
        }
        if (machine.hostile) for (const one of hostile.series) lines.push({ ...one, value: (at) => around(at, seed) });
        return lines;
    }

    series(machine, from, to, points) {
        const start = Math.max(from, this.began, machine.fresh ?? 0);
        const last = Math.min(to, this.lastAt(machine) ?? 0);
        const thinned = (to - Math.max(from, 0)) / points > this.interval * 1.5;
        const step = thinned ? Math.ceil((to - from) / points / minute) * minute : this.interval;
        const series = this.#lines(machine).map(({ value, ...facts }, id) => {
            const found = [];
            for (
                let at = (thinned ? Math.floor(start / step) : Math.ceil(start / step)) * step;
                at <= last;
                at += step
            ) {
                if (!thinned && !this.hasData(machine, at)) continue;
                if (thinned && step < 10 * minute && !this.hasData(machine, Math.min(at + step / 2, last))) continue;
                const now = value(at);
                const spread = facts.name.includes("total") ? 0 : 0.12 + 0.2 * noise(at / 1000 + id);
                found.push(
                    thinned
                        ? [
                              at,
                              now,
                              now * (1 - spread),
                              facts.unit === "%" ? Math.min(100, now * (1 + spread)) : now * (1 + spread),
                          ]
                        : [at, now],
                );
            }
            return { id, ...facts, points: found };
        });
        return { from, to, step_ms: thinned ? step : 0, series };
    }

    commands(machine) {
        const names = this.#outputs(machine, Date.now()).map(([name, , line]) => [name, line]);
        return {
            all: machine.order === null,
            delay_seconds: 0,
            commands: names.map(([name, line], index) => ({
                name,
                line: line ?? `echo ${name}`,
                listed: true,
                wanted: machine.order === null || machine.order.includes(name),
                problem: index === 3 ? "The line was cut at 8 KiB: it is not run" : null,
                last_at: this.lastAt(machine),
                ended: ended(index),
            })),
        };
    }

    outputs(machine, at, limit) {
        const report = this.reportAt(machine, at);
        if (!report) return { report: null, previous: null, next: null, outputs: [] };
        const outputs = this.#outputs(machine, report.at)
            .filter(([name]) => machine.order === null || machine.order.includes(name))
            .map(([command, text], index) => ({
                command,
                bytes: command === "trafikito_long_line" ? 10 * 2 ** 20 : Buffer.byteLength(text),
                text: Buffer.from(text).subarray(0, limit).toString(),
                truncated: command === "trafikito_long_line" || Buffer.byteLength(text) > limit,
                binary: text.includes("\ufffd"),
                ended: ended(index),
            }));
        return { report, previous: this.reportAt(machine, report.at - 1), next: this.next(machine, report), outputs };
    }

    whole(machine, at, command) {
        const found = this.#outputs(machine, at).find(([name]) => name === command);
        if (!found) return null;
        return command === "trafikito_long_line" ? "x".repeat(10 * 2 ** 20) : found[1];
    }

    #outputs(machine, at) {
        if (machine.hostile) return hostile.outputs;
        const load = this.load(machine, at).toFixed(2);
        const time = new Date(at).toISOString().slice(11, 19);
        const used = Math.round((this.memory(machine, at) / 100) * 8_000_000);
        const percent = (mount) => Math.round(this.disk({ seed: machine.seed + mount.length }, at));
        const disk = (device, size, mount) =>
            `${device.padEnd(16)}${String(size).padStart(10)}${String(Math.round((size * percent(mount)) / 100)).padStart(11)}${String(Math.round(size * (1 - percent(mount) / 100))).padStart(11)}      ${String(percent(mount)).padStart(2)}% ${mount}`;
        const processes = ["postgres", "nginx: worker", "trafikito-agent", "systemd", "sshd"].map(
            (name, index) =>
                `${String(900 + index * 17).padStart(5)} root      20   0  ${String(60_000 + index * 999).padStart(7)}  ${String(Math.round(9000 * noise(at / 60_000 + index))).padStart(6)}   1532 S   ${(9 * noise(at / 60_000 + index)).toFixed(1).padStart(4)}   0.${index}   0:0${index}.31 ${name}`,
        );
        return [
            [
                "trafikito_uptime",
                ` ${time} up 6 days,  9:21,  4 users,  load average: ${load}, ${(load * 0.9).toFixed(2)}, ${(load * 0.8).toFixed(2)}\n`,
                "uptime",
            ],
            [
                "trafikito_free",
                `               total        used        free      shared  buff/cache   available\nMem:         8000000     ${used}     ${8_000_000 - used}       12345      410000     ${7_900_000 - used}\nSwap:        2097152       10240     2086912\n`,
                "free",
            ],
            [
                "trafikito_df_p",
                `Filesystem     1024-blocks       Used  Available Capacity Mounted on\n${disk("/dev/vda1", 40_000_000, "/")}\n${disk("/dev/vda2", 90_000_000, "/home")}\n${disk("/dev/vdb1", 900_000_000, "/var/lib/postgresql")}\n`,
                "df -P",
            ],
            [
                "trafikito_top",
                `top - ${time} up 6 days,  9:21,  4 users,  load average: ${load}\nTasks: 187 total,   1 running, 186 sleeping,   0 stopped,   0 zombie\n%Cpu(s):  3.1 us,  1.0 sy,  0.0 ni, 95.7 id\n\n  PID USER      PR  NI    VIRT     RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n${processes.join("\n")}\n`,
                "top -b -n 1 -w 200 | head -n 14",
            ],
            [
                "trafikito_vmstat",
                "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n 1  0  10240 214512  81234 410000    0    0     5    12  120  240  3  1 95  1  0\n",
                "vmstat",
            ],
            ["trafikito_hostname", `${machine.name}\n`, "hostname"],
            [
                "trafikito_test_colours",
                "\u001b[32m✓\u001b[0m 41 passed\n\u001b[31m✕\u001b[0m 1 failed: \u001b[1mcheckout\u001b[0m\n",
                "./smoke-test --color",
            ],
            ["trafikito_nothing", "", "true"],
        ];
    }
}

function ended(index) {
    const base = {
        exit: 0,
        signal: null,
        seconds: 0.004 + index * 0.031,
        cpu_seconds: 0.002,
        memory_bytes: 3_400_000 + index * 90_000,
        timed_out: false,
        leftovers: 0,
        bytes_seen: null,
        age_seconds: 0,
    };
    if (index === 4) return { ...base, words: "exit 1", good: false, exit: 1 };
    if (index === 6)
        return {
            ...base,
            words: "time-out after 10 s",
            good: false,
            exit: null,
            signal: "KILL",
            seconds: 10,
            timed_out: true,
            leftovers: 2,
        };
    return { ...base, words: "exit 0", good: true };
}
