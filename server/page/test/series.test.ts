import { describe, expect, it } from "vitest";
import type { Point, Series, SeriesAnswer } from "../src/api";
import {
    merged,
    newestAt,
    oldestAt,
    summary,
    tableOf,
    tooManyPoints,
    valueAt,
    widestStep,
    withGaps,
} from "../src/model/series";

const minute = 60_000;
const of = (id: number, points: Point[], more: Partial<Series> = {}): Series => ({
    id,
    command: "c",
    name: `n${id}`,
    instance: "",
    unit: "",
    chart: "",
    points,
    ...more,
});
const every = (step: number, count: number, from = 0): Point[] =>
    Array.from({ length: count }, (_, index) => [from + index * step, index]);

describe("series", () => {
    it("have a gap where two points are too far apart", () => {
        expect(
            withGaps(
                [
                    [0, 1],
                    [minute, 2],
                    [5 * minute, 3],
                ],
                2.5 * minute,
            ),
        ).toEqual([
            [0, 1],
            [minute, 2],
            [3 * minute, null],
            [5 * minute, 3],
        ]);
        expect(
            withGaps(
                [
                    [0, 1],
                    [2.5 * minute, 2],
                ],
                2.5 * minute,
            ),
        ).toHaveLength(2);
    });

    it("take what was thinned long ago as whole", () => {
        expect(widestStep(every(5 * minute, 20), 0, minute)).toBe(12.5 * minute);
        expect(widestStep(every(5 * minute, 3), 0, minute)).toBe(2.5 * minute);
        expect(widestStep(every(minute, 20), 10 * minute, minute)).toBe(25 * minute);
    });

    it("stand in one table, with undefined where only another line has a value", () => {
        const table = tableOf(
            [
                of(1, [
                    [0, 1],
                    [2, 3],
                ]),
                of(2, [[1, 9]]),
            ],
            0,
            minute,
        );
        expect(table.times).toEqual([0, 1, 2]);
        expect(table.values).toEqual([
            [1, undefined, 3],
            [undefined, 9, undefined],
        ]);
        expect(table.banded).toBe(false);
    });

    it("have least and most where they were thinned", () => {
        const table = tableOf([of(1, [[0, 5, 1, 9]]), of(2, [[0, 7]])], minute, minute);
        expect(table.banded).toBe(true);
        expect([table.least[0], table.most[0], table.least[1]]).toEqual([[1], [9], [7]]);
    });

    it("draw nothing for what is no number", () => {
        expect(
            tableOf(
                [
                    of(1, [
                        [0, NaN],
                        [1, Infinity],
                        [2, 1],
                    ]),
                ],
                0,
                minute,
            ).values[0],
        ).toEqual([null, null, 1]);
    });

    it("stand empty where there is nothing", () => {
        expect(tableOf([], 0, minute)).toEqual({ times: [], values: [], least: [], most: [], banded: false });
        expect(tableOf([of(1, [])], 0, minute).times).toEqual([]);
    });

    it("are continued without what left the window", () => {
        const before: SeriesAnswer = {
            from: 0,
            to: 3,
            step_ms: 0,
            series: [
                of(1, [
                    [1, 1],
                    [2, 2],
                    [3, 3],
                ]),
                of(2, [[1, 1]]),
            ],
        };
        const fresh: SeriesAnswer = {
            from: 3,
            to: 5,
            step_ms: 0,
            series: [
                of(1, [
                    [3, 30],
                    [4, 40],
                ]),
                of(3, [[4, 4]]),
            ],
        };
        const joined = merged(before, fresh, 2);
        expect(joined.series.map((one) => one.points)).toEqual([
            [
                [2, 2],
                [3, 30],
                [4, 40],
            ],
            [],
            [[4, 4]],
        ]);
        expect([joined.from, joined.to]).toEqual([2, 5]);
        expect(newestAt(joined)).toBe(4);
        expect(oldestAt(joined)).toBe(2);
    });

    it("know when they are too many", () => {
        expect(tooManyPoints({ from: 0, to: 1, step_ms: 0, series: [of(1, every(1, 4001))] })).toBe(true);
        expect(tooManyPoints({ from: 0, to: 1, step_ms: 0, series: [of(1, every(1, 4000))] })).toBe(false);
        expect(newestAt({ from: 0, to: 1, step_ms: 0, series: [] })).toBeNull();
    });

    it("are said in three numbers", () => {
        expect(
            summary([
                [0, 5, 1, 6],
                [1, 4, 2, 9],
            ]),
        ).toEqual({ newest: 4, least: 1, most: 9 });
        expect(summary([])).toEqual({ newest: null, least: null, most: null });
    });

    it("have a value at a time of another line, but none within a gap", () => {
        const column = [1, undefined, undefined, null, undefined, 2];
        expect([0, 2, 3, 4, 5].map((index) => valueAt(column, index))).toEqual([1, 1, null, null, 2]);
        expect(valueAt(undefined, 0)).toBeNull();
        expect(valueAt([undefined], 0)).toBeNull();
    });
});
