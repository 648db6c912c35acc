// Characters that are not seen, or that let text disguise itself, are shown by what they are. Everything that a machine
// sent passes here before it is drawn.

// C0 but tab and newline, DEL and C1; marks that turn the direction of writing; separators of lines and what has no width;
// the "tags" of plane 14. ZWJ and ZWNJ stay: scripts and emoji need them, and they move nothing.
const odd =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\uffa0]|[\u{e0000}-\u{e007f}]/gu;

function pictureOf(character: string): string {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** Text with such characters replaced, in parts: `odd` says that a part was not in the text but stands for something. */
export function visibleParts(text: string): { text: string; odd: boolean }[] {
    const found: { text: string; odd: boolean }[] = [];
    let from = 0;
    for (const match of text.matchAll(odd)) {
        if (match.index > from) found.push({ text: text.slice(from, match.index), odd: false });
        const picture = pictureOf(match[0]);
        const last = found[found.length - 1];
        if (last?.odd && match.index === from) last.text += picture;
        else found.push({ text: picture, odd: true });
        from = match.index + match[0].length;
    }
    if (from < text.length) found.push({ text: text.slice(from), odd: false });
    return found;
}

/** For names and other short text on one line: also a newline or a tab is shown, and nothing is longer than `most`. */
export function shown(text: string | null | undefined, most = 200): string {
    if (!text) return "";
    const cut = text.length > most ? `${text.slice(0, most)}…` : text;
    return cut.replace(/[\t\n]/g, pictureOf).replace(odd, pictureOf);
}
