// Which charts a machine has: one for each well-known chart id (and unit), one for each other command and name. Pure.

import type { Series } from "../api";

export interface Chart {
    /** For lists and for keeping what is hidden; made of hostile text, never looked into. */
    key: string;
    /** A well-known id, or null. */
    known: KnownChart | null;
    command: string;
    name: string;
    unit: string;
    /** Names and instances of its lines, in order. */
    lines: Series[];
    /** Lines beyond what is drawn. */
    left: number;
}

export const knownCharts = ["load", "cpu", "memory", "swap", "disks", "network", "processes"] as const;
export type KnownChart = (typeof knownCharts)[number];

/** More lines than that nobody can tell apart. */
export const mostLines = 16;

const nameOrder = new Map(
    [
        "load_1",
        "load_5",
        "load_15",
        "cpu_busy",
        "cpu_user",
        "cpu_system",
        "cpu_wait",
        "cpu_steal",
        "memory_used",
        "memory_used_bytes",
        "memory_total_bytes",
        "swap_used",
        "swap_used_bytes",
        "swap_total_bytes",
        "network_received",
        "network_sent",
    ].map((name, index) => [name, index]),
);

const byText = new Intl.Collator("en", { numeric: true });

function lineOrder(left: Series, right: Series): number {
    return (
        byText.compare(left.instance ?? "", right.instance ?? "") ||
        (nameOrder.get(left.name) ?? 99) - (nameOrder.get(right.name) ?? 99) ||
        byText.compare(left.name, right.name)
    );
}

function knownOf(chart: string | null): KnownChart | null {
    return knownCharts.find((known) => known === chart) ?? null;
}

function rank(chart: Chart): number {
    return chart.known ? knownCharts.indexOf(chart.known) : knownCharts.length;
}

/** The number of processors is said beside the machine's name; and no swap is no chart of zero bytes. */
function saysSomething(chart: Chart): boolean {
    if (!chart.known && chart.name === "cpu_count") return false;
    return (
        chart.known !== "swap" ||
        chart.unit === "%" ||
        chart.lines.some((line) => line.points.some(([, value]) => value > 0))
    );
}

/**
 * Several commands tell the same: the load stands in `uptime` and in `top`. Of a value that comes more than once, one
 * line is drawn: the one with the most points, and of the others only what was before or after it.
 */
function once(lines: readonly Series[]): Series[] {
    const same = new Map<string, Series[]>();
    for (const line of lines) {
        const key = JSON.stringify([line.name, line.instance]);
        same.set(key, [...(same.get(key) ?? []), line]);
    }
    return [...same.values()].map(([first, ...others]) => others.reduce(joined, first as Series));
}

function joined(one: Series, other: Series): Series {
    const [most, least] = one.points.length >= other.points.length ? [one, other] : [other, one];
    const first = most.points[0]?.[0] ?? Infinity;
    const last = most.points[most.points.length - 1]?.[0] ?? first;
    const before = least.points.filter((point) => point[0] < first);
    const after = least.points.filter((point) => point[0] > last);
    return before.length + after.length === 0 ? most : { ...most, points: [...before, ...most.points, ...after] };
}

export function chartsOf(series: readonly Series[]): Chart[] {
    const made = new Map<string, Chart>();
    for (const one of series) {
        const known = knownOf(one.chart);
        const unit = one.unit ?? "";
        const own = known ?? (one.chart || null);
        const key = JSON.stringify(own ? [own, unit] : [one.command, one.name, unit]);
        const chart = made.get(key) ?? {
            key,
            known,
            command: one.command,
            name: own ?? one.name,
            unit,
            lines: [],
            left: 0,
        };
        if (!made.has(key)) made.set(key, chart);
        chart.lines.push(one);
    }
    const charts = [...made.values()];
    for (const chart of charts) {
        if (chart.known) chart.lines = once(chart.lines);
        chart.lines.sort(lineOrder);
        chart.left = Math.max(0, chart.lines.length - mostLines);
        chart.lines.length -= chart.left;
    }
    return charts
        .filter(saysSomething)
        .sort(
            (left, right) =>
                rank(left) - rank(right) ||
                Number(right.unit === "%") - Number(left.unit === "%") ||
                byText.compare(left.command, right.command) ||
                byText.compare(left.name, right.name) ||
                byText.compare(left.unit, right.unit),
        );
}

/** What tells the lines of one chart apart: its name, its instance, or both. */
export function lineLabel(chart: Chart, line: Series, wordOf: (name: string) => string | undefined): string {
    const instance = line.instance ?? "";
    const manyNames = chart.lines.some((other) => other.name !== line.name);
    const name = wordOf(line.name) ?? line.name;
    if (!instance) return name;
    return manyNames ? `${instance} ${name}` : instance;
}
