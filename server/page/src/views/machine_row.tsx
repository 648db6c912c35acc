import type { JSX } from "preact";
import { memo } from "./memo";
import type { Machine } from "../api";
import { percent, span, utcMoment } from "../model/format";
import { advanced, sparkPath, type Hour } from "../model/hour";
import { level, loadShare } from "../model/machines";
import { shown } from "../model/visible";
import { address } from "../model/address";
import { t } from "../texts";

interface Props {
    machine: Machine;
    hour: Hour | undefined;
    index: number;
    top: number;
    now: number;
    onFocus: (id: string) => void;
}

const mostTags = 4;

export const MachineRow = memo(function MachineRow({ machine, hour, index, top, now, onFocus }: Props): JSX.Element {
    const share = loadShare(machine);
    return (
        <div
            role="row"
            class="row"
            aria-rowindex={index + 2}
            data-row={index}
            style={{ transform: `translateY(${top}px)` }}
        >
            <div role="cell" class="cell-name">
                <a href={address(["machine", machine.id])} onFocus={() => onFocus(machine.id)}>
                    {shown(machine.name)}
                </a>
                {machine.tags.length > 0 && (
                    <span class="tags">
                        {machine.tags.slice(0, mostTags).map((tag) => (
                            <span key={tag} class="tag">
                                {shown(tag, 24)}
                            </span>
                        ))}
                    </span>
                )}
            </div>
            <div role="cell" class={`cell-state state ${machine.state}`} title={shown(machine.problem)}>
                <span class={`dot ${machine.state}`} aria-hidden="true" />
                <span class="words">{t.stateText(machine.state, machine.since_at, now, shown(machine.problem))}</span>
            </div>
            <div role="cell" class="cell-age">
                {machine.last_at === null ? (
                    t.none
                ) : (
                    <time title={utcMoment(machine.last_at)}>{span(now - machine.last_at)}</time>
                )}
            </div>
            <div
                role="cell"
                class="cell-load"
                title={machine.cpu_count === null ? undefined : t.machines.cpus(machine.cpu_count)}
            >
                <Bar
                    label={t.machines.short.load}
                    share={share}
                    words={machine.load === null ? null : machine.load.toFixed(2)}
                />
            </div>
            <div role="cell" class="cell-memory">
                <Bar
                    label={t.machines.short.memory}
                    share={machine.memory}
                    words={machine.memory === null ? null : percent(machine.memory)}
                />
            </div>
            <div
                role="cell"
                class="cell-disk"
                title={machine.disk_name === null ? undefined : t.machines.fullest(shown(machine.disk_name))}
            >
                <Bar
                    label={t.machines.short.disk}
                    share={machine.disk}
                    words={machine.disk === null ? null : percent(machine.disk)}
                />
            </div>
            <div role="cell" class="cell-hour">
                <Spark hour={hour} now={now} cpus={machine.cpu_count} />
            </div>
        </div>
    );
});

function Bar({ label, share, words }: { label: string; share: number | null; words: string | null }): JSX.Element {
    if (words === null) return <span class="nothing">{t.none}</span>;
    return (
        <span class={`bar-value ${level(share)}`}>
            <span class="bar-label" aria-hidden="true">
                {label}
            </span>
            <span class="number">{words}</span>
            <span class="track" aria-hidden="true">
                <span style={{ width: `${Math.max(0, Math.min(100, share ?? 0))}%` }} />
            </span>
        </span>
    );
}

const sparkWidth = 120;
const sparkHeight = 24;

function Spark({ hour, now, cpus }: { hour: Hour | undefined; now: number; cpus: number | null }): JSX.Element | null {
    if (!hour) return null;
    const { values } = advanced(hour, Math.floor(now / 60_000));
    const numbers = values.filter((value): value is number => value !== null);
    if (numbers.length === 0) return null;
    const most = Math.max(...numbers);
    return (
        <svg
            class="spark"
            viewBox={`0 0 ${sparkWidth} ${sparkHeight}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={t.machines.hourSummary(Math.min(...numbers).toFixed(2), most.toFixed(2))}
        >
            <path
                d={sparkPath(values, sparkWidth, sparkHeight, Math.max(most, (cpus ?? 1) / 2))}
                vector-effect="non-scaling-stroke"
            />
        </svg>
    );
}
