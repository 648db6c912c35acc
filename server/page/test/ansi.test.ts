import { describe, expect, it } from "vitest";
import { ansiSpans, spanLines, withoutSequences } from "../src/model/ansi";

const e = "\u001b";
const textOf = (text: string): string =>
    ansiSpans(text)
        .map((span) => span.text)
        .join("");
const firstStyle = (text: string): unknown => ansiSpans(text).find((span) => span.text === "x")?.style;

describe("ansi", () => {
    it("makes spans of the sixteen colours", () => {
        expect(ansiSpans(`a${e}[31mb${e}[0mc`)).toEqual([
            { text: "a", style: null },
            { text: "b", style: { front: 1 } },
            { text: "c", style: null },
        ]);
        expect(firstStyle(`${e}[93;104mx`)).toEqual({ front: 11, back: 12 });
    });

    it("reads 256 and true colours in both ways of writing", () => {
        expect(firstStyle(`${e}[38;5;9mx`)).toEqual({ front: 9 });
        expect(firstStyle(`${e}[38;5;196mx`)).toEqual({ front: [255, 0, 0] });
        expect(firstStyle(`${e}[48;5;244mx`)).toEqual({ back: [128, 128, 128] });
        expect(firstStyle(`${e}[38;2;1;2;3;1mx`)).toEqual({ front: [1, 2, 3], bold: true });
        expect(firstStyle(`${e}[38:2::10:20:30mx`)).toEqual({ front: [10, 20, 30] });
        expect(firstStyle(`${e}[38:5:196mx`)).toEqual({ front: [255, 0, 0] });
    });

    it("keeps colours within a byte", () => {
        expect(firstStyle(`${e}[38;2;99999;;3mx`)).toEqual({ front: [255, 0, 3] });
        expect(firstStyle(`${e}[38;5;99999999999999999999mx`)).toEqual({ front: [238, 238, 238] });
    });

    it("takes attributes off again one by one", () => {
        expect(firstStyle(`${e}[1;3;4;7;9;31;42mx`)).toEqual({
            bold: true,
            italic: true,
            underlined: true,
            inverse: true,
            struck: true,
            front: 1,
            back: 2,
        });
        expect(firstStyle(`${e}[1;3;4;7;9;31;42m${e}[22;23;24;27;29;39;49mx`)).toBeNull();
        expect(firstStyle(`${e}[31m${e}[mx`)).toBeNull();
    });

    it("shows concealed text", () => {
        expect(ansiSpans(`${e}[8mx`)).toEqual([{ text: "x", style: null }]);
    });

    it.each([
        ["a title", `${e}]0;title\u0007x`],
        ["a link", `${e}]8;;javascript:alert(1)${e}\\x${e}]8;;${e}\\`],
        ["the clipboard", `${e}]52;c;cm0=\u0007x`],
        ["a device string", `${e}P+q544e${e}\\x`],
        ["the cursor", `${e}[2J${e}[10;3H${e}[?25lx`],
        ["a character set", `${e}(Bx`],
        ["a reset", `${e}cx`],
        ["an escape at the end", `x${e}`],
        ["private colours", `${e}[>4;1mx`],
    ])("takes %s out", (_, text) => {
        expect(textOf(text)).toBe("x");
        expect(withoutSequences(text)).toBe("x");
        expect(firstStyle(text)).toBeNull();
    });

    it("lets a sequence that never ends take its line only", () => {
        expect(textOf(`a${e}]0;title\nb`)).toBe("a\nb");
        expect(textOf(`a${e}[12\nb`)).toBe(`a${e}[12\nb`);
    });

    it("colours no more spans than it was told, and loses no text", () => {
        const text = Array.from({ length: 9000 }, (_, index) => `${e}[${31 + (index % 7)}m.`).join("");
        const spans = ansiSpans(text, 100);
        expect(spans.length).toBeLessThanOrEqual(101);
        expect(spans.map((span) => span.text).join("")).toBe(".".repeat(9000));
    });

    it.each([
        ["open sequences", `${e}[`.repeat(30_000)],
        ["one sequence of many colours", `${e}[${"1;".repeat(30_000)}m`],
        ["a title without an end", `${e}]${"a".repeat(60_000)}`],
        ["device strings without an end", `${e}P`.repeat(30_000)],
        ["escapes", e.repeat(60_000)],
        ["colons", `${e}[${":".repeat(60_000)}`],
    ])("reads %s without going back and forth", (_, rubbish) => {
        // Whoever looks at each place again for each place does not end within the time that a test has.
        expect(withoutSequences(rubbish).length).toBeLessThanOrEqual(rubbish.length);
        expect(textOf(rubbish)).toBe(withoutSequences(rubbish));
    });

    it("cuts spans into lines", () => {
        expect(spanLines(ansiSpans(`a${e}[31mb\nc${e}[0m\n`))).toEqual([
            [
                { text: "a", style: null },
                { text: "b", style: { front: 1 } },
            ],
            [{ text: "c", style: { front: 1 } }],
            [],
        ]);
    });
});
