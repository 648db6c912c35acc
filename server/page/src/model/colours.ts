// Colours of outputs as CSS, always readable: a text of the colour of its own background would hide something.

import type { Colour, Style } from "./ansi";

export type Scheme = "light" | "dark";
type Rgb = readonly [number, number, number];

const grounds: Record<Scheme, Rgb> = { light: [250, 250, 251], dark: [17, 19, 24] };
const inks: Record<Scheme, Rgb> = { light: [32, 36, 44], dark: [214, 219, 228] };

const palettes: Record<Scheme, readonly Rgb[]> = {
    light: [
        [36, 41, 47],
        [192, 33, 43],
        [20, 115, 60],
        [138, 94, 0],
        [25, 93, 201],
        [140, 60, 170],
        [12, 112, 128],
        [95, 102, 113],
        [75, 82, 92],
        [214, 40, 51],
        [24, 128, 68],
        [150, 100, 0],
        [40, 104, 224],
        [160, 70, 192],
        [14, 122, 140],
        [110, 118, 129],
    ],
    dark: [
        [110, 118, 129],
        [255, 123, 114],
        [86, 211, 100],
        [227, 179, 65],
        [121, 174, 255],
        [210, 150, 255],
        [86, 211, 219],
        [214, 219, 228],
        [139, 148, 158],
        [255, 161, 152],
        [126, 231, 135],
        [242, 204, 96],
        [165, 202, 255],
        [226, 184, 255],
        [130, 229, 235],
        [255, 255, 255],
    ],
};

function luminance(colour: Rgb): number {
    const [red, green, blue] = colour.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: Rgb, other: Rgb): number {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
    return (light + 0.05) / (dark + 0.05);
}

const mixed = (from: Rgb, to: Rgb, part: number): Rgb =>
    [0, 1, 2].map((index) => Math.round((from[index] ?? 0) * (1 - part) + (to[index] ?? 0) * part)) as unknown as Rgb;

/** `front`, moved towards black or white only as far as 4.5 : 1 needs. */
export function readable(front: Rgb, back: Rgb): Rgb {
    const black: Rgb = [0, 0, 0];
    const white: Rgb = [255, 255, 255];
    const end = contrast(black, back) > contrast(white, back) ? black : white;
    for (let part = 0; part < 1; part += 0.1) {
        const tried = mixed(front, end, part);
        if (contrast(tried, back) >= 4.5) return tried;
    }
    return end;
}

const css = (colour: Rgb): string => `rgb(${colour[0]}, ${colour[1]}, ${colour[2]})`;

export interface CssStyle {
    color?: string;
    backgroundColor?: string;
    fontWeight?: string;
    fontStyle?: string;
    textDecoration?: string;
}

export function cssOf(style: Style, scheme: Scheme): CssStyle {
    const rgb = (colour: Colour): Rgb =>
        typeof colour === "number" ? (palettes[scheme][colour] ?? inks[scheme]) : colour;
    let front = style.front === undefined ? null : rgb(style.front);
    let back = style.back === undefined ? null : rgb(style.back);
    if (style.inverse) [front, back] = [back ?? grounds[scheme], front ?? inks[scheme]];
    const ground = back ?? grounds[scheme];
    if (style.faint) front = mixed(front ?? inks[scheme], ground, 0.35);
    const made: CssStyle = {};
    if (front || back) made.color = css(readable(front ?? inks[scheme], ground));
    if (back) made.backgroundColor = css(back);
    if (style.bold) made.fontWeight = "600";
    if (style.italic) made.fontStyle = "italic";
    if (style.underlined || style.struck) {
        made.textDecoration = [style.underlined ? "underline" : "", style.struck ? "line-through" : ""]
            .join(" ")
            .trim();
    }
    return made;
}
