import type { JSX } from "preact";
import type { Ended } from "../api";
import { span } from "../model/format";
import { shown } from "../model/visible";
import { t } from "../texts";

/** How a command ended, in a word or two, with a mark that is not only a colour. */
export function EndedChip({ ended }: { ended: Ended }): JSX.Element {
    return (
        <span class={ended.good ? "ended good" : "ended bad"}>
            <span aria-hidden="true">{ended.good ? "✓" : "✕"}</span>{" "}
            <span class="hidden">{ended.good ? t.ended.good : t.ended.bad}: </span>
            {shown(ended.words, 60)}
        </span>
    );
}

/** Time, processor, memory, and what is out of the ordinary. */
export function endedFacts(ended: Ended, kept: number): string[] {
    const facts: string[] = [];
    // "exit 0 after 0.012 s" has said it.
    if (ended.seconds !== null && !ended.words.includes(" after ")) facts.push(t.ended.time(ended.seconds));
    if (ended.cpu_seconds !== null) facts.push(t.ended.cpu(ended.cpu_seconds));
    if (ended.memory_bytes !== null) facts.push(t.ended.memory(ended.memory_bytes));
    if (ended.timed_out) facts.push(t.ended.timedOut);
    if (ended.leftovers > 0) facts.push(t.ended.leftovers(ended.leftovers));
    if (ended.bytes_seen !== null && ended.bytes_seen > kept) facts.push(t.ended.seen(ended.bytes_seen));
    if (ended.age_seconds >= 5) facts.push(t.ended.older(span(ended.age_seconds * 1000)));
    return facts;
}
