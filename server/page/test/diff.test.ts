import { describe, expect, it } from "vitest";
import { lineChanges } from "../src/model/diff";

const of = (before: string, now: string): unknown => lineChanges(before.split(""), now.split(""));

describe("diff", () => {
    it("finds nothing in what is the same", () => {
        expect(of("abc", "abc")).toEqual({ changed: [false, false, false], gone: 0 });
    });

    it("marks a line that is another", () => {
        expect(of("abc", "axc")).toEqual({ changed: [false, true, false], gone: 1 });
    });

    it("marks what is new at the beginning, between and at the end", () => {
        expect(of("bd", "abcde")).toEqual({ changed: [true, false, true, false, true], gone: 0 });
    });

    it("counts what is gone", () => {
        expect(of("abcde", "ace")).toEqual({ changed: [false, false, false], gone: 2 });
    });

    it("takes lines that moved as gone and new", () => {
        expect(of("abc", "cab")).toEqual({ changed: [true, false, false], gone: 1 });
    });

    it("is bounded", () => {
        const many = (mark: string, count: number): string[] =>
            Array.from({ length: count }, (_, index) => `${mark}${index}`);
        expect(lineChanges(many("a", 2001), many("a", 2001))).toBeNull();
        expect(lineChanges(many("a", 2000), many("b", 2000))).toEqual({
            changed: new Array(2000).fill(true),
            gone: 2000,
        });
        expect(lineChanges(many("a", 2000), many("a", 2000))?.gone).toBe(0);
    });
});
