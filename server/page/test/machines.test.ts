import { describe, expect, it } from "vitest";
import type { Machine } from "../src/api";
import { level, listed, loadShare, type Listing } from "../src/model/machines";

function machine(name: string, more: Partial<Machine> = {}): Machine {
    return {
        id: name,
        name,
        state: "reporting",
        since_at: null,
        problem: null,
        last_at: 1000,
        interval_seconds: 60,
        load: 1,
        cpu_count: 1,
        memory: 50,
        disk: 50,
        disk_name: "/",
        tags: [],
        agent: "",
        address: "",
        os: "",
        ...more,
    };
}

const all: Listing = { search: "", state: null, sort: "name", down: false };
const names = (machines: Machine[], listing: Partial<Listing>): string[] =>
    listed(machines, { ...all, ...listing }).rows.map((row) => row.name);

describe("machines", () => {
    it("keep the order of names, and turn it around", () => {
        const three = [machine("a"), machine("b"), machine("c")];
        expect(names(three, {})).toEqual(["a", "b", "c"]);
        expect(names(three, { down: true })).toEqual(["c", "b", "a"]);
    });

    it("are found by every word, in name, tag, address, system and problem", () => {
        const two = [
            machine("web1", { tags: ["Berlin"], address: "10.0.0.1", os: "debian" }),
            machine("web2", { problem: "disk full" }),
        ];
        expect(names(two, { search: "web" })).toEqual(["web1", "web2"]);
        expect(names(two, { search: "WEB berlin" })).toEqual(["web1"]);
        expect(names(two, { search: " debian 10.0" })).toEqual(["web1"]);
        expect(names(two, { search: "full" })).toEqual(["web2"]);
        expect(names(two, { search: "web1 full" })).toEqual([]);
        expect(names(two, { search: ".*" })).toEqual([]);
    });

    it("are counted by state among what is found", () => {
        const { rows, counts, found } = listed(
            [machine("a"), machine("b", { state: "late" }), machine("x", { state: "late" })],
            { ...all, search: "b", state: "late" },
        );
        expect(rows.map((row) => row.name)).toEqual(["b"]);
        expect(found).toBe(1);
        expect(counts.get("late")).toBe(1);
        expect(counts.get("reporting")).toBe(0);
    });

    it("are sorted by numbers, with what has none at the end both ways", () => {
        const three = [
            machine("none", { memory: null }),
            machine("low", { memory: 10 }),
            machine("high", { memory: 90 }),
        ];
        expect(names(three, { sort: "memory" })).toEqual(["low", "high", "none"]);
        expect(names(three, { sort: "memory", down: true })).toEqual(["high", "low", "none"]);
    });

    it("are sorted by load for each processor", () => {
        expect(
            names([machine("big", { load: 4, cpu_count: 16 }), machine("small", { load: 1, cpu_count: 1 })], {
                sort: "load",
                down: true,
            }),
        ).toEqual(["small", "big"]);
        expect(loadShare(machine("x", { load: 1, cpu_count: 0 }))).toBe(100);
        expect(loadShare(machine("x", { load: 1, cpu_count: null }))).toBe(100);
    });

    it("are sorted by age and state", () => {
        const three = [
            machine("old", { last_at: 1 }),
            machine("never", { last_at: null, state: "never" }),
            machine("new", { last_at: 9, state: "problem" }),
        ];
        expect(names(three, { sort: "age" })).toEqual(["new", "old", "never"]);
        expect(names(three, { sort: "state" })).toEqual(["new", "never", "old"]);
    });

    it("are full from ninety percent", () => {
        expect([null, 10, 75, 90].map(level)).toEqual(["calm", "calm", "high", "full"]);
    });
});
