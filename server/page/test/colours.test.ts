import { describe, expect, it } from "vitest";
import { contrast, cssOf, readable, type Scheme } from "../src/model/colours";

const numbers = (css: string | undefined): [number, number, number] => {
    const found = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(css ?? "");
    expect(found).not.toBeNull();
    return [Number(found?.[1]), Number(found?.[2]), Number(found?.[3])];
};
const grounds: Record<Scheme, [number, number, number]> = { light: [250, 250, 251], dark: [17, 19, 24] };

describe.each(["light", "dark"] as const)("colours in the %s", (scheme) => {
    it("are readable on the page, all sixteen", () => {
        for (let front = 0; front < 16; ++front)
            expect(contrast(numbers(cssOf({ front }, scheme).color), grounds[scheme])).toBeGreaterThanOrEqual(4.5);
    });

    it("are readable on each other, even on themselves", () => {
        for (let back = 0; back < 16; ++back) {
            for (let front = 0; front < 16; ++front) {
                const css = cssOf({ front, back }, scheme);
                expect(contrast(numbers(css.color), numbers(css.backgroundColor))).toBeGreaterThanOrEqual(4.5);
            }
        }
    });

    it("give a background alone a text that is read on it", () => {
        const css = cssOf({ back: [128, 128, 128] }, scheme);
        expect(contrast(numbers(css.color), numbers(css.backgroundColor))).toBeGreaterThanOrEqual(4.5);
    });

    it("turn inverse text around", () => {
        const css = cssOf({ inverse: true }, scheme);
        expect(contrast(numbers(css.color), numbers(css.backgroundColor))).toBeGreaterThanOrEqual(4.5);
        expect(numbers(css.backgroundColor)).not.toEqual(grounds[scheme]);
    });
});

describe("colours", () => {
    it("move no further than they must", () => {
        expect(readable([0, 0, 0], [255, 255, 255])).toEqual([0, 0, 0]);
        expect(readable([255, 255, 255], [255, 255, 255])).not.toEqual([255, 255, 255]);
    });

    it("come with the attributes of text", () => {
        expect(cssOf({ bold: true, italic: true, underlined: true, struck: true }, "light")).toEqual({
            fontWeight: "600",
            fontStyle: "italic",
            textDecoration: "underline line-through",
        });
    });
});
