// One machine: what it is, its charts, its outputs, what runs there, and what its agent complained of.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, machinePath, type Machine } from "../api";
import type { ReportEvent } from "../events";
import { shown } from "../model/visible";
import { momentOf, rangeOf, ranges, zoomOf, type Range, type Zoom } from "../model/window";
import { address } from "../model/address";
import { go, replaceValues } from "../route";
import { useStore } from "../store";
import { t } from "../texts";
import { useLive } from "./app";
import { Charts } from "./charts";
import { CommandList } from "./commands";
import { Loading, Problem, useHeading, useTitle, wordsOf } from "./common";
import { FeedbackList } from "./feedback";
import { useAsked, useKeys } from "./hooks";
import { MachineHead } from "./machine_head";
import { Outputs } from "./outputs";
import { useSeries } from "./use_series";

/** The machine, kept by events, and the newest report that was told of. */
function useMachine(id: string): {
    machine: Machine | null;
    error: unknown;
    set: (machine: Machine) => void;
    report: ReportEvent | null;
    lateOnes: number;
} {
    const { events } = useLive();
    const begun = useStore(events.begun);
    const asked = useAsked<Machine | null>(
        async (signal) => (begun > 0 ? get<Machine>(machinePath(id), signal) : null),
        id,
        [begun],
    );
    const [report, setReport] = useState<ReportEvent | null>(null);
    const [lateOnes, setLateOnes] = useState(0);
    const latest = useRef(asked);
    latest.current = asked;
    useEffect(
        () =>
            events.follow((batch) => {
                const fresh = batch.machines.filter((machine) => machine.id === id).pop();
                if (fresh) latest.current.set(fresh);
                if (batch.removed.includes(id)) latest.current.again();
                const own = batch.reports.filter((each) => each.machine === id);
                const last = own[own.length - 1];
                if (last) setReport(last);
                if (own.some((each) => each.late)) setLateOnes((before) => before + 1);
            }),
        [events, id],
    );
    return { machine: asked.value, error: asked.error, set: asked.set, report, lateOnes };
}

export function MachineView({ id, values }: { id: string; values: URLSearchParams }): JSX.Element {
    const { machine, error, set, report, lateOnes } = useMachine(id);
    useTitle(machine ? shown(machine.name) : "");
    useHeading(machine !== null || error !== null);
    const { fleet } = useLive();
    fleet.opened = id;
    if (error && !machine) {
        const gone = error instanceof ApiError && error.status === 404;
        return (
            <div class="empty">
                <h1 tabIndex={-1}>{gone ? t.machine.gone : wordsOf(error)}</h1>
                <a class="button" href={address(["machines"])}>
                    {t.machine.back}
                </a>
            </div>
        );
    }
    if (!machine) return <Loading />;
    return (
        <div class="machine">
            <MachineHead machine={machine} onChanged={set} />
            <Problem text={error ? wordsOf(error) : null} />
            {machine.state === "stopped" ? (
                <p>{t.machine.stopped}</p>
            ) : (
                <Inside machine={machine} values={values} report={report} lateOnes={lateOnes} />
            )}
        </div>
    );
}

interface InsideProps {
    machine: Machine;
    values: URLSearchParams;
    report: ReportEvent | null;
    lateOnes: number;
}

function Inside({ machine, values, report, lateOnes }: InsideProps): JSX.Element {
    const { fleet } = useLive();
    const range = rangeOf(values.get("range"));
    const zoom = zoomOf(values.get("zoom"));
    const at = momentOf(values.get("at"));
    const series = useSeries(machine.id, range, zoom, report, lateOnes);

    const setRange = (next: Range): void => replaceValues({ range: next === "1h" ? null : next, zoom: null });
    const setZoom = (next: Zoom | null): void =>
        replaceValues({ zoom: next && `${Math.round(next.from)}-${Math.round(next.to)}` });
    const setMoment = (next: number | null): void => replaceValues({ at: next === null ? null : Math.round(next) });
    const neighbour = async (by: number): Promise<void> => {
        if (fleet.shown.length === 0) {
            // Without an answer there is no neighbour; that the server cannot be reached is said at the top.
            await fleet.read(new AbortController().signal).catch(() => undefined);
            fleet.shown = fleet.machines.value ?? [];
        }
        const place = fleet.shown.findIndex((each) => each.id === machine.id);
        const next = fleet.shown[place + by];
        if (next) go(address(["machine", next.id], { range: range === "1h" ? null : range }));
    };
    const keys: Record<string, () => void> = {
        j: () => void neighbour(1),
        k: () => void neighbour(-1),
        Escape: () => setZoom(null),
    };
    ranges.forEach((each, index) => (keys[String(index + 1)] = () => setRange(each)));
    useKeys(keys);

    return (
        <>
            <Charts
                machine={machine}
                series={series}
                range={range}
                zoom={zoom}
                at={at}
                onRange={setRange}
                onZoom={setZoom}
                onMoment={setMoment}
            />
            <Outputs
                machine={machine}
                window={series.window}
                at={at}
                report={report}
                lateOnes={lateOnes}
                onMoment={setMoment}
            />
            <CommandList id={machine.id} report={report} />
            <FeedbackList id={machine.id} report={report} />
        </>
    );
}
