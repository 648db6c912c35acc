// The list of machines: what is searched, filtered and sorted. Pure.

import type { Machine, MachineState } from "../api";

export const states: readonly MachineState[] = ["problem", "late", "never", "reporting", "stopped"];
const rank = new Map(states.map((state, index) => [state, index]));

export type Column = "state" | "name" | "age" | "load" | "memory" | "disk";
export const columns: readonly Column[] = ["name", "state", "age", "load", "memory", "disk"];

export interface Listing {
    search: string;
    state: MachineState | null;
    sort: Column;
    down: boolean;
}

function matches(machine: Machine, words: readonly string[]): boolean {
    if (words.length === 0) return true;
    const text = [machine.name, machine.address, machine.os, machine.problem, ...machine.tags].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
}

/** What has no value comes last, up or down. */
function numbers(left: number | null, right: number | null, down: boolean): number {
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return down ? right - left : left - right;
}

function order(left: Machine, right: Machine, { sort, down }: Listing): number {
    switch (sort) {
        case "name":
            return 0;
        case "state": {
            const by = (rank.get(left.state) ?? 9) - (rank.get(right.state) ?? 9);
            return down ? -by : by;
        }
        case "age":
            // The youngest data has the smallest age.
            return numbers(
                left.last_at === null ? null : -left.last_at,
                right.last_at === null ? null : -right.last_at,
                down,
            );
        case "load":
            return numbers(loadShare(left), loadShare(right), down);
        case "memory":
            return numbers(left.memory, right.memory, down);
        case "disk":
            return numbers(left.disk, right.disk, down);
    }
}

/** Load in percent of what the processors can do; of one processor where their number is not known. */
export function loadShare(machine: Machine): number | null {
    return machine.load === null ? null : (100 * machine.load) / Math.max(1, machine.cpu_count ?? 1);
}

/** `machines` come in the order of their names, which is the order among equals. */
export function listed(
    machines: Iterable<Machine>,
    listing: Listing,
): { rows: Machine[]; counts: Map<MachineState, number>; found: number } {
    const words = listing.search.toLowerCase().split(/\s+/).filter(Boolean);
    const counts = new Map<MachineState, number>(states.map((state) => [state, 0]));
    const rows: Machine[] = [];
    let found = 0;
    for (const machine of machines) {
        if (!matches(machine, words)) continue;
        ++found;
        counts.set(machine.state, (counts.get(machine.state) ?? 0) + 1);
        if (listing.state === null || machine.state === listing.state) rows.push(machine);
    }
    if (listing.sort !== "name") rows.sort((left, right) => order(left, right, listing));
    else if (listing.down) rows.reverse();
    return { rows, counts, found };
}

/** The level of a percentage, which the words beside it say too. */
export function level(percent: number | null): "calm" | "high" | "full" {
    if (percent === null || percent < 75) return "calm";
    return percent < 90 ? "high" : "full";
}
