import { describe, expect, it } from "vitest";
import { blocks, drawn, mostLinesAtOnce } from "../src/model/outputs";

const texts = (made: ReturnType<typeof drawn>): string[] =>
    made.lines.map((line) => line.spans.map((span) => span.text).join(""));

describe("outputs", () => {
    it("are lines, without an empty one behind the last newline", () => {
        expect(texts(drawn("a\nb\n", null, true, false))).toEqual(["a", "b"]);
        expect(texts(drawn("a\r\nb\r\r\n\n", null, true, false))).toEqual(["a", "b", ""]);
    });

    it("mark what changed, colours aside", () => {
        const made = drawn("\u001b[32ma\u001b[0m\nc\n", "a\nb\n", true, false);
        expect(made.lines.map((line) => line.changed)).toEqual([false, true]);
        expect([made.compared, made.changed, made.gone]).toEqual([true, 1, 1]);
        expect(drawn("a\n", null, true, false).compared).toBe(false);
    });

    it("have the same lines with and without colours", () => {
        const text = "\u001b[31ma\nb\u001b[0m\n\u001b]0;t\nc";
        expect(texts(drawn(text, null, true, false))).toEqual(texts(drawn(text, null, false, false)));
        expect(
            drawn(text, null, false, false).lines.every((line) => line.spans.every((span) => span.style === null)),
        ).toBe(true);
    });

    it("are cut until all is asked for", () => {
        const text = "y\n".repeat(mostLinesAtOnce + 5);
        expect(drawn(text, null, true, false)).toMatchObject({ left: 5 });
        expect(drawn(text, null, true, true).lines).toHaveLength(mostLinesAtOnce + 5);
    });

    it("are gathered in blocks of neighbours", () => {
        const made = drawn("a\nb\nX\nc\n", "a\nb\nc\n", true, false);
        expect(blocks(made.lines).map((block) => [block.changed, block.lines.length])).toEqual([
            [false, 2],
            [true, 1],
            [false, 1],
        ]);
    });
});
