import { describe, expect, it } from "vitest";
import { shown, visibleParts } from "../src/model/visible";

describe("visible", () => {
    it("leaves ordinary text, tabs, newlines and emoji alone", () => {
        const text = "a\tb\nüñ 漢 👩‍💻 שלום";
        expect(visibleParts(text)).toEqual([{ text, odd: false }]);
    });

    it("shows control characters as pictures", () => {
        expect(visibleParts("a\u0000\u0007b\u007f")).toEqual([
            { text: "a", odd: false },
            { text: "␀␇", odd: true },
            { text: "b", odd: false },
            { text: "␡", odd: true },
        ]);
        expect(visibleParts("\u001b\r\b")).toEqual([{ text: "␛␍␈", odd: true }]);
        expect(visibleParts("\u009b")).toEqual([{ text: "⟨U+009B⟩", odd: true }]);
    });

    it.each([
        0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x061c, 0x200b, 0xfeff,
        0x00ad, 0x2028, 0x2029, 0xe0041,
    ])("names U+%s, which is not seen", (code) => {
        const name = `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
        expect(visibleParts(`a${String.fromCodePoint(code)}b`)).toEqual([
            { text: "a", odd: false },
            { text: name, odd: true },
            { text: "b", odd: false },
        ]);
        expect(shown(String.fromCodePoint(code))).toBe(name);
    });

    it("keeps names on one line and short", () => {
        expect(shown("a\nb\tc")).toBe("a␊b␉c");
        expect(shown("x".repeat(500), 10)).toBe("xxxxxxxxxx…");
        expect(shown(null)).toBe("");
        expect(shown("<b>&amp;")).toBe("<b>&amp;");
    });
});
