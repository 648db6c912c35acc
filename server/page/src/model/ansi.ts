// Escape sequences of terminals in an output: colours (SGR) become styles, all other sequences are taken out. What comes
// out is text and small numbers only.

/** 0 to 15 of the terminal's palette, or three bytes. */
export type Colour = number | readonly [number, number, number];

export interface Style {
    front?: Colour;
    back?: Colour;
    bold?: boolean;
    faint?: boolean;
    italic?: boolean;
    underlined?: boolean;
    struck?: boolean;
    inverse?: boolean;
}

export interface Span {
    text: string;
    style: Style | null;
}

// CSI …; OSC, DCS, SOS, PM, APC up to their end (BEL or ST); charset and other short sequences. A sequence that never ends
// takes its line with it at most. The 8-bit forms (U+009B …) are no sequences here: they are shown by what they are.
const sequence =
    /\u001b(?:\[([0-9:;<=>?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[ -/]+[0-~]|[0-Z\\`-~]|$)/g;

const mostSpans = 4000;

export function hasSequences(text: string): boolean {
    return text.includes("\u001b");
}

export function withoutSequences(text: string): string {
    return text.replace(sequence, "");
}

/** An output of nothing but colour changes would be more elements than a browser likes: after `most` spans the rest has none. */
export function ansiSpans(text: string, most = mostSpans): Span[] {
    const spans: Span[] = [];
    let style: Style | null = null;
    let from = 0;
    const add = (piece: string): void => {
        if (!piece) return;
        const last = spans[spans.length - 1];
        if (last && last.style === style) last.text += piece;
        else spans.push({ text: piece, style });
    };
    for (const match of text.matchAll(sequence)) {
        add(text.slice(from, match.index));
        from = match.index + match[0].length;
        if (match[2] === "m" && !/[<=>?]/.test(match[1] ?? "")) style = applied(style, match[1] ?? "");
        if (spans.length >= most) {
            style = null;
            add(withoutSequences(text.slice(from)));
            return spans;
        }
    }
    add(text.slice(from));
    return spans;
}

/** Spans cut at newlines: one list a line. The newlines themselves are gone. */
export function spanLines(spans: readonly Span[]): Span[][] {
    const lines: Span[][] = [[]];
    for (const { text, style } of spans) {
        text.split("\n").forEach((piece, index) => {
            if (index > 0) lines.push([]);
            if (piece) lines[lines.length - 1]?.push({ text: piece, style });
        });
    }
    return lines;
}

function applied(before: Style | null, parameters: string): Style | null {
    const next: Style = { ...before };
    // 38:2::R:G:B and 38:5:N are the forms of the standard, 38;2;R;G;B what everybody writes.
    const groups = parameters
        .split(";")
        .map((group) => group.split(":").map((part) => (part === "" ? 0 : Number(part))));
    for (let at = 0; at < groups.length; ++at) {
        const group = groups[at] ?? [0];
        const code = group[0] ?? 0;
        if (code === 38 || code === 48) {
            const rest =
                group.length > 1 ? standardForm(group) : groups.slice(at + 1, at + 5).map((each) => each[0] ?? 0);
            const { colour, used } = extended(rest);
            if (group.length === 1) at += used;
            if (colour !== null) next[code === 38 ? "front" : "back"] = colour;
        } else if (!simple(next, code)) {
            for (const name of Object.keys(next) as (keyof Style)[]) delete next[name];
        }
    }
    return Object.keys(next).length === 0 ? null : next;
}

function standardForm(group: readonly number[]): number[] {
    if (group[1] === 2 && group.length >= 6) return [2, ...group.slice(3, 6)];
    return group.slice(1);
}

const byte = (value: number | undefined): number => Math.max(0, Math.min(255, Math.trunc(value ?? 0) || 0));

function extended(rest: readonly number[]): { colour: Colour | null; used: number } {
    if (rest[0] === 5) return { colour: indexed(byte(rest[1])), used: 2 };
    if (rest[0] === 2) return { colour: [byte(rest[1]), byte(rest[2]), byte(rest[3])], used: 4 };
    return { colour: null, used: 1 };
}

function indexed(index: number): Colour {
    if (index < 16) return index;
    if (index >= 232) {
        const grey = 8 + (index - 232) * 10;
        return [grey, grey, grey];
    }
    const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
    const cube = index - 16;
    return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

/** False for a reset. Concealed text (8) is shown: nothing that was sent hides. */
function simple(style: Style, code: number): boolean {
    if (code === 0) return false;
    if (code === 1) style.bold = true;
    else if (code === 2) style.faint = true;
    else if (code === 3) style.italic = true;
    else if (code === 4 || code === 21) style.underlined = true;
    else if (code === 7) style.inverse = true;
    else if (code === 9) style.struck = true;
    else if (code === 22) {
        delete style.bold;
        delete style.faint;
    } else if (code === 23) delete style.italic;
    else if (code === 24) delete style.underlined;
    else if (code === 27) delete style.inverse;
    else if (code === 29) delete style.struck;
    else if (code >= 30 && code <= 37) style.front = code - 30;
    else if (code === 39) delete style.front;
    else if (code >= 40 && code <= 47) style.back = code - 40;
    else if (code === 49) delete style.back;
    else if (code >= 90 && code <= 97) style.front = code - 82;
    else if (code >= 100 && code <= 107) style.back = code - 92;
    return true;
}
