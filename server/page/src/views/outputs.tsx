// What the commands of a machine printed, at a moment, and what changed in it.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, machinePath, query, type Machine, type Output, type Outputs as Answer } from "../api";
import type { ReportEvent } from "../events";
import { shown } from "../model/visible";
import type { Zoom } from "../model/window";
import { useStore } from "../store";
import { t } from "../texts";
import { useLive } from "./app";
import { Loading, Problem, wordsOf } from "./common";
import { useAsked, useKeys, useScheme } from "./hooks";
import { OutputView } from "./output";
import { Timeline } from "./timeline";

const mostRecent = 3;

interface Props {
    machine: Machine;
    window: Zoom;
    /** Null: the newest report, following what comes. */
    at: number | null;
    report: ReportEvent | null;
    lateOnes: number;
    onMoment: (at: number | null) => void;
}

function readOutputs(id: string, at: number | null, signal: AbortSignal): Promise<Answer> {
    return get<Answer>(machinePath(id, "outputs") + query({ at }), signal);
}

export function Outputs({ machine, window, at, report, lateOnes, onMoment }: Props): JSX.Element {
    const { events } = useLive();
    const begun = useStore(events.begun);
    const scheme = useScheme();
    const [coloured, setColoured] = useState(true);
    const [marking, setMarking] = useState(true);
    const asked = useAsked((signal) => readOutputs(machine.id, at, signal), machine.id, [
        at,
        at === null ? report : null,
        begun,
    ]);
    const answer = asked.value;
    const before = answer?.previous?.at ?? null;
    // While it follows the newest, the report before is the one that was just shown.
    const recent = useRef<Answer[]>([]);
    useEffect(() => {
        if (answer) recent.current = [answer, ...recent.current].slice(0, mostRecent);
    }, [answer]);
    const known = (): Answer | undefined => recent.current.find((each) => each.report?.at === before);
    const previous = useAsked(
        async (signal) => (marking && before !== null ? (known() ?? readOutputs(machine.id, before, signal)) : null),
        `${machine.id} ${before ?? ""} ${marking}`,
        [],
    );
    const olderTexts = useMemo(
        () => new Map(keyed(previous.value?.outputs ?? []).map(({ key, output }) => [key, output.text])),
        [previous.value],
    );

    const earlier = (): void => {
        if (answer?.previous) onMoment(answer.previous.at);
    };
    const later = (): void => {
        if (!answer?.next) return;
        onMoment(answer.next.at === machine.last_at ? null : answer.next.at);
    };
    useKeys({ "[": earlier, "]": later, n: () => onMoment(null), c: () => setColoured(!coloured) });

    const outputs = keyed(answer?.outputs ?? []);
    return (
        <section aria-labelledby="outputs-title" class="outputs">
            <div class="section-head">
                <h2 id="outputs-title">{t.outputs.title}</h2>
                <div class="switches">
                    <label>
                        <input
                            type="checkbox"
                            checked={marking}
                            onChange={(event) => setMarking(event.currentTarget.checked)}
                        />{" "}
                        {t.outputs.changes}
                    </label>
                    <label>
                        <input
                            type="checkbox"
                            checked={coloured}
                            onChange={(event) => setColoured(event.currentTarget.checked)}
                        />{" "}
                        {t.outputs.colours}
                    </label>
                </div>
            </div>
            <Timeline
                id={machine.id}
                window={window}
                at={at}
                answer={answer}
                lateOnes={lateOnes}
                intervalMs={machine.interval_seconds * 1000}
                onMoment={onMoment}
                onEarlier={earlier}
                onLater={later}
            />
            <Problem text={asked.error ? wordsOf(asked.error) : null} />
            {!answer && !asked.error && <Loading />}
            {answer && !answer.report && <p class="soft">{at === null ? t.outputs.noneYet : t.outputs.none}</p>}
            {answer?.report && (
                <div class="outputs-body">
                    <Index outputs={outputs} />
                    <div class="outputs-list">
                        {outputs.map(({ key, output }, index) => (
                            <OutputView
                                key={key}
                                index={index}
                                id={machine.id}
                                output={output}
                                at={answer.report?.at ?? 0}
                                before={marking ? (olderTexts.get(key) ?? null) : null}
                                coloured={coloured}
                                scheme={scheme}
                            />
                        ))}
                    </div>
                </div>
            )}
        </section>
    );
}

interface Keyed {
    key: string;
    output: Output;
}

/** A report may have a command twice: the second is another one than the first, also in the report before. */
function keyed(outputs: readonly Output[]): Keyed[] {
    const seen = new Map<string, number>();
    return outputs.map((output) => {
        const nth = (seen.get(output.command) ?? 0) + 1;
        seen.set(output.command, nth);
        return { key: `${output.command} ${nth}`, output };
    });
}

/** Where one output is among twenty. */
function Index({ outputs }: { outputs: Keyed[] }): JSX.Element {
    const jump = (index: number): void => {
        const heading = document.getElementById(`output-${index}`);
        heading?.scrollIntoView({ block: "start" });
        heading?.focus({ preventScroll: true });
    };
    return (
        <nav class="outputs-index" aria-label={t.outputs.index}>
            <ul>
                {outputs.map(({ key, output }, index) => (
                    <li key={key}>
                        <button type="button" class="quiet" onClick={() => jump(index)}>
                            <span class={output.ended && !output.ended.good ? "mark bad" : "mark"} aria-hidden="true">
                                {output.ended ? (output.ended.good ? "✓" : "✕") : "·"}
                            </span>
                            {shown(output.command.replace(/^trafikito_/, ""), 60)}
                        </button>
                    </li>
                ))}
            </ul>
        </nav>
    );
}
