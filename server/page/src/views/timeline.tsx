// The slider through the reports of a machine, over the same window of time as the charts.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, machinePath, query, type Outputs, type Reports } from "../api";
import { useNow } from "../clock";
import { fullMoment, moment, span, utcMoment } from "../model/format";
import { presence } from "../model/presence";
import type { Zoom } from "../model/window";
import { t } from "../texts";
import { useAsked } from "./hooks";

interface Props {
    id: string;
    window: Zoom;
    at: number | null;
    answer: Outputs | null;
    lateOnes: number;
    intervalMs: number;
    onMoment: (at: number | null) => void;
    onEarlier: () => void;
    onLater: () => void;
}

const mostReports = 2000;
const restMs = 150;

export function Timeline({
    id,
    window,
    at,
    answer,
    lateOnes,
    intervalMs,
    onMoment,
    onEarlier,
    onLater,
}: Props): JSX.Element {
    const now = useNow();
    const reports = useAsked(
        (signal) =>
            get<Reports>(
                machinePath(id, "reports") +
                    query({ from: Math.floor(window.from), to: Math.ceil(window.to), limit: mostReports }),
                signal,
            ),
        id,
        // The window moves with each report.
        [Math.round(window.from / intervalMs), Math.round(window.to / intervalMs), lateOnes],
    );
    const [dragged, setDragged] = useState<number | null>(null);
    const timer = useRef<ReturnType<typeof setTimeout>>();
    useEffect(() => () => clearTimeout(timer.current), []);
    useEffect(() => setDragged(null), [at, answer]);

    const shownReport = answer?.report ?? null;
    const place = dragged ?? at ?? window.to;
    const moved = (value: number): void => {
        setDragged(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onMoment(value >= window.to - intervalMs / 2 ? null : value), restMs);
    };
    const keys = (event: KeyboardEvent): void => {
        const step =
            event.key === "ArrowLeft" || event.key === "ArrowDown"
                ? onEarlier
                : event.key === "ArrowRight" || event.key === "ArrowUp"
                  ? onLater
                  : null;
        if (!step) return;
        event.preventDefault();
        step();
    };
    const words = shownReport
        ? `${fullMoment(shownReport.at)}, ${at === null ? t.outputs.following(span(now - shownReport.at)) : t.outputs.past(span(now - shownReport.at))}`
        : t.outputs.none;

    return (
        <div class={at === null ? "timeline" : "timeline past"}>
            <button
                type="button"
                class="icon"
                aria-label={t.outputs.earlier}
                title={t.outputs.earlier}
                disabled={!answer?.previous}
                onClick={onEarlier}
            >
                ‹
            </button>
            <button
                type="button"
                class="icon"
                aria-label={t.outputs.later}
                title={t.outputs.later}
                disabled={!answer?.next}
                onClick={onLater}
            >
                ›
            </button>
            <div class="slider">
                <svg class="presence" viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true">
                    <path d={presence(reports.value?.reports ?? [], window, intervalMs)} />
                </svg>
                <input
                    type="range"
                    min={Math.floor(window.from)}
                    max={Math.ceil(window.to)}
                    step={1000}
                    value={Math.max(window.from, Math.min(window.to, place))}
                    aria-label={t.outputs.time}
                    aria-valuetext={words}
                    onInput={(event) => moved(Number(event.currentTarget.value))}
                    onKeyDown={keys}
                />
            </div>
            <div class="when">
                {dragged !== null ? (
                    <strong>{moment(dragged, now)}</strong>
                ) : (
                    shownReport && (
                        <>
                            <time title={utcMoment(shownReport.at)}>
                                <strong>{moment(shownReport.at, now)}</strong>
                            </time>
                            {shownReport.late && (
                                <span class="tag" title={t.outputs.lateTitle(fullMoment(shownReport.received_at))}>
                                    {t.outputs.late}
                                </span>
                            )}
                            <span class="soft">
                                {at === null
                                    ? t.outputs.following(span(now - shownReport.at))
                                    : t.outputs.past(span(now - shownReport.at))}
                            </span>
                        </>
                    )
                )}
            </div>
            <button type="button" disabled={at === null} onClick={() => onMoment(null)}>
                {t.outputs.now}
            </button>
        </div>
    );
}
