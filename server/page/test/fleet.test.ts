import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Machine } from "../src/api";
import { Fleet } from "../src/fleet";

function machine(id: string, more: Partial<Machine> = {}): Machine {
    return {
        id,
        name: id,
        state: "reporting",
        last_at: 60_000,
        load: 1,
        tags: [],
        interval_seconds: 60,
        ...more,
    } as Machine;
}

const batch = (machines: Machine[], removed: string[] = []): Parameters<Fleet["take"]>[0] => ({
    machines,
    removed,
    reports: [],
});
const names = (fleet: Fleet): string[] => (fleet.machines.value ?? []).map((each) => each.name);
let answer: () => Promise<Response>;

beforeEach(() => {
    answer = async () =>
        Response.json({ now: 60_000, machines: [machine("web10", { hour: [1, 2] }), machine("web9")] });
    vi.stubGlobal("fetch", () => answer());
});
afterEach(() => vi.unstubAllGlobals());

async function read(): Promise<Fleet> {
    const fleet = new Fleet();
    await fleet.read(new AbortController().signal);
    return fleet;
}

describe("fleet", () => {
    it("is in the order of names, numbers as numbers", async () =>
        expect(names(await read())).toEqual(["web9", "web10"]));

    it("takes what events tell, and puts new machines in their place", async () => {
        const fleet = await read();
        fleet.take(batch([machine("web9", { state: "late" }), machine("web1")]));
        expect(names(fleet)).toEqual(["web1", "web9", "web10"]);
        expect(fleet.machines.value?.[1]?.state).toBe("late");
    });

    it("sorts again after a new name", async () => {
        const fleet = await read();
        fleet.take(batch([machine("web9", { name: "zzz" })]));
        expect(names(fleet)).toEqual(["web10", "zzz"]);
    });

    it("forgets what was removed", async () => {
        const fleet = await read();
        fleet.take(batch([], ["web9"]));
        expect(names(fleet)).toEqual(["web10"]);
        expect(fleet.hours.has("web9")).toBe(false);
    });

    it("goes on with the hour of a machine", async () => {
        const fleet = await read();
        fleet.take(batch([machine("web10", { last_at: 120_000, load: 3 })]));
        expect(fleet.hours.get("web10")?.values.slice(-3)).toEqual([1, 2, 3]);
        fleet.take(batch([machine("web10", { last_at: 120_000, load: 4, state: "late" })]));
        expect(fleet.hours.get("web10")?.values.slice(-1)).toEqual([3]);
    });

    it("keeps what was told while the list was on its way, unless the list is newer", async () => {
        const fleet = new Fleet();
        let send: (response: Response) => void = () => undefined;
        answer = () => new Promise((resolve) => (send = resolve));
        const reading = fleet.read(new AbortController().signal);
        fleet.take(batch([machine("a", { last_at: 5, load: 5 }), machine("b", { last_at: 1, load: 1 })]));
        send(
            Response.json({ now: 9, machines: [machine("a", { last_at: 3 }), machine("b", { last_at: 3, load: 3 })] }),
        );
        await reading;
        expect(fleet.machines.value?.map((each) => each.load)).toEqual([5, 3]);
    });

    it("knows nothing before it was read", () => {
        const fleet = new Fleet();
        fleet.take(batch([machine("a")], ["b"]));
        expect(fleet.machines.value).toBeNull();
    });
});
