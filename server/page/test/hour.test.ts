import { describe, expect, it } from "vitest";
import { advanced, hourOf, sparkPath, withValue } from "../src/model/hour";

const minute = 60_000;
const noon = 30_000_000 * minute;

describe("hour", () => {
    it("is always sixty minutes long", () => {
        expect(hourOf(undefined, noon).values).toHaveLength(60);
        expect(hourOf([1, 2], noon).values.slice(-3)).toEqual([null, 1, 2]);
        expect(hourOf(new Array(80).fill(7), noon).values).toHaveLength(60);
    });

    it("moves on with the value of an event", () => {
        const hour = withValue(hourOf([1, 2], noon), noon + 2 * minute, 5);
        expect(hour.values.slice(-4)).toEqual([1, 2, null, 5]);
        expect(hour.minute).toBe(noon / minute + 2);
    });

    it("puts a late value in its place", () => {
        expect(withValue(hourOf([1, 2, 3], noon), noon - minute, 9).values.slice(-3)).toEqual([1, 9, 3]);
        expect(withValue(hourOf([1], noon), noon - 100 * minute, 9)).toEqual(hourOf([1], noon));
    });

    it("is empty after an hour without a value", () => {
        expect(advanced(hourOf([1], noon), noon / minute + 500).values.every((value) => value === null)).toBe(true);
    });

    it("is drawn with gaps, and a lone value as a stroke", () => {
        expect(sparkPath([0, 1, null, null, 1], 40, 12, 1)).toBe("M0.0 11.0L10.0 1.0M40.0 1.0h1");
        expect(sparkPath([null, 1, null, null], 30, 12, 1)).toBe("M10.0 1.0h1");
        expect(sparkPath([1, null, 1], 20, 12, 1)).toBe("M0.0 1.0h1L20.0 1.0");
        expect(sparkPath([], 20, 12, 1)).toBe("");
    });

    it("stays within its box whatever comes", () => {
        expect(sparkPath([5, -5, NaN, Infinity, 1], 40, 12, 1)).toMatch(/^[MLh\d. ]+$/);
        expect(sparkPath([5, -5], 40, 12, 1)).toBe("M0.0 1.0L40.0 11.0");
    });
});
