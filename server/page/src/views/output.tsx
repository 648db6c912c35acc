// One output. All of it is hostile: it becomes text nodes, classes of ours, and colours made of numbers.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { apiRoot, machinePath, query, type Output } from "../api";
import type { Span } from "../model/ansi";
import { cssOf, type CssStyle, type Scheme } from "../model/colours";
import { blocks, drawn, type Drawn } from "../model/outputs";
import { shown, visibleParts } from "../model/visible";
import { t } from "../texts";
import { EndedChip, endedFacts } from "./ended";
import { memo } from "./memo";

interface Props {
    id: string;
    index: number;
    output: Output;
    at: number;
    /** The same command's output of the report before; null: not compared. */
    before: string | null;
    coloured: boolean;
    scheme: Scheme;
}

/** A longer line is no table that must keep its columns: it wraps. */
const longLine = 500;
const mostOddParts = 500;

export const OutputView = memo(function OutputView({
    id,
    index,
    output,
    at,
    before,
    coloured,
    scheme,
}: Props): JSX.Element {
    const [whole, setWhole] = useState(false);
    const made = useMemo(() => drawn(output.text, before, coloured, whole), [output.text, before, coloured, whole]);
    const name = shown(output.command);
    const heading = `output-${index}`;
    const wraps = useMemo(() => output.text.split("\n").some((line) => line.length > longLine), [output.text]);
    return (
        <article class="sheet output" aria-labelledby={heading}>
            <header>
                <h3 id={heading} tabIndex={-1}>
                    {name}
                </h3>
                {output.ended && <EndedChip ended={output.ended} />}
                <span class="soft facts-line">
                    {output.ended && endedFacts(output.ended, output.bytes).join(" · ")}
                </span>
                <span class="soft changes">{changesText(made)}</span>
            </header>
            {output.text === "" ? (
                <p class="soft nothing">{t.outputs.empty}</p>
            ) : (
                <pre
                    class={wraps ? "wraps" : undefined}
                    dir="ltr"
                    tabIndex={0}
                    role="region"
                    aria-label={t.outputs.region(name)}
                >
                    <Lines made={made} scheme={scheme} />
                </pre>
            )}
            {made.left > 0 && (
                <p class="note">
                    <button type="button" onClick={() => setWhole(true)}>
                        {t.outputs.more(made.left)}
                    </button>
                </p>
            )}
            {output.binary && <p class="note">{t.outputs.binary}</p>}
            {output.truncated && (
                <p class="note">
                    {t.outputs.truncated(new Blob([output.text]).size, output.bytes)}{" "}
                    <a href={apiRoot + machinePath(id, "outputs", output.command) + query({ at })} download="">
                        {t.outputs.whole}
                    </a>
                </p>
            )}
        </article>
    );
});

function changesText(made: Drawn): string {
    if (!made.compared) return "";
    return t.outputs.changed(made.changed, made.gone) || t.outputs.same;
}

function Lines({ made, scheme }: { made: Drawn; scheme: Scheme }): JSX.Element {
    return (
        <>
            {blocks(made.lines).map((block, index) =>
                block.changed ? (
                    block.lines.map((line, place) => (
                        <span key={`${index} ${place}`} class="line changed">
                            <span class="hidden">{t.outputs.mark}: </span>
                            <Line spans={line} scheme={scheme} />
                        </span>
                    ))
                ) : (
                    <span key={index} class="line">
                        {block.lines.map((line, place) => (
                            <Line key={place} spans={line} scheme={scheme} />
                        ))}
                    </span>
                ),
            )}
        </>
    );
}

function Line({ spans, scheme }: { spans: Span[]; scheme: Scheme }): JSX.Element {
    return (
        <>
            {spans.map(({ text, style }, index) =>
                style ? (
                    <span key={index} style={cssOf(style, scheme) as Record<keyof CssStyle, string>}>
                        <Visible text={text} />
                    </span>
                ) : (
                    <Visible key={index} text={text} />
                ),
            )}
            {"\n"}
        </>
    );
}

function Visible({ text }: { text: string }): JSX.Element {
    const parts = visibleParts(text);
    if (parts.length > mostOddParts) return <>{parts.map((part) => part.text).join("")}</>;
    return (
        <>
            {parts.map((part, index) =>
                part.odd ? (
                    <span key={index} class="odd" title={t.outputs.odd}>
                        {part.text}
                    </span>
                ) : (
                    part.text
                ),
            )}
        </>
    );
}
