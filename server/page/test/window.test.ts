import { describe, expect, it } from "vitest";
import { presence } from "../src/model/presence";
import { momentOf, rangeOf, sinceBeginning, windowOf, zoomOf } from "../src/model/window";

const now = 1_764_000_000_000;
const hour = 3_600_000;

describe("window", () => {
    it("is an hour unless something else is said", () => {
        expect(rangeOf("7d")).toBe("7d");
        for (const text of [null, "", "1y", "constructor"]) expect(rangeOf(text)).toBe("1h");
        expect(windowOf("1h", null, now, null)).toEqual({ from: now - hour, to: now });
    });

    it("is all that is kept, at least five minutes", () => {
        expect(windowOf("all", null, now, now - 100 * hour)).toEqual({ from: now - 100 * hour, to: now });
        expect(windowOf("all", null, now, now - 5)).toEqual({ from: now - hour / 12, to: now });
        expect(windowOf("all", null, now, null)).toEqual({ from: now - 24 * hour, to: now });
    });

    it("begins where the data of a new machine does", () => {
        const window = { from: now - hour, to: now };
        expect(sinceBeginning(window, now - hour / 2)).toEqual({ from: now - hour / 2, to: now });
        expect(sinceBeginning(window, now - 5000)).toEqual({ from: now - hour / 12, to: now });
        for (const oldest of [null, now - hour, now - 2 * hour]) expect(sinceBeginning(window, oldest)).toEqual(window);
    });

    it("is what was zoomed to", () => {
        const zoom = { from: now - 10_000, to: now };
        expect(zoomOf(`${zoom.from}-${zoom.to}`)).toEqual(zoom);
        expect(windowOf("7d", zoom, now, null)).toEqual(zoom);
        for (const text of [null, "", "1-2", `${now}-${now}`, `${now}-${now - hour}`, "a-b", `${now}-${now + hour}x`])
            expect(zoomOf(text)).toBeNull();
    });

    it("reads a moment only where one stands", () => {
        expect(momentOf(String(now))).toBe(now);
        for (const text of [null, "", "-5", "1e12", "NaN", "99999999999999999"]) expect(momentOf(text)).toBeNull();
    });
});

describe("presence", () => {
    const report = (at: number): { id: number; at: number; received_at: number; late: boolean } => ({
        id: at,
        at,
        received_at: at,
        late: false,
    });

    it("draws where there were reports, within the window", () => {
        const reports = [100, 200, 300, 800].map(report);
        expect(presence(reports, { from: 0, to: 1000 }, 100)).toBe("M0.0 0H300.0V6H0.0zM700.0 0H800.0V6H700.0z");
        expect(presence(reports, { from: 250, to: 1250 }, 100)).toBe("M0.0 0H50.0V6H0.0zM450.0 0H550.0V6H450.0z");
        expect(presence([], { from: 0, to: 0 }, 100)).toBe("");
    });
});
