import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Machine } from "../api";
import { useNow } from "../clock";
import { span, utcMoment } from "../model/format";
import { shown } from "../model/visible";
import { address } from "../model/address";
import { t } from "../texts";
import { useLive } from "./app";
import { RemoveDialog, RenameDialog, TagsDialog } from "./machine_dialogs";

interface Props {
    machine: Machine;
    onChanged: (machine: Machine) => void;
}

export function MachineHead({ machine, onChanged }: Props): JSX.Element {
    const { session } = useLive();
    const now = useNow();
    const [open, setOpen] = useState<"rename" | "tags" | "remove" | null>(null);
    const dialog = { machine, onChanged, onClose: () => setOpen(null) };
    const facts: [string, JSX.Element | string | null][] = [
        [
            t.machine.facts.data,
            machine.last_at === null ? (
                t.none
            ) : (
                <time title={utcMoment(machine.last_at)}>{t.machines.age(span(now - machine.last_at))}</time>
            ),
        ],
        [t.machine.facts.every, t.machine.every(machine.interval_seconds)],
        [t.machine.facts.system, shown(machine.os, 60)],
        [t.machine.facts.processors, machine.cpu_count === null ? null : String(machine.cpu_count)],
        [t.machine.facts.agent, shown(machine.agent, 60)],
        [t.machine.facts.address, shown(machine.address, 60)],
    ];
    return (
        <>
            <div class="head">
                <div class="title">
                    <h1 tabIndex={-1}>{shown(machine.name)}</h1>
                    <span class={`state badge ${machine.state}`}>
                        <span class={`dot ${machine.state}`} aria-hidden="true" />
                        {t.stateText(machine.state, machine.since_at, now, shown(machine.problem))}
                    </span>
                    <span class="tags">
                        {machine.tags.map((tag) => (
                            <a key={tag} class="tag" href={address(["machines"], { search: tag })}>
                                {shown(tag)}
                            </a>
                        ))}
                    </span>
                </div>
                {session.role === "administrator" && machine.state !== "stopped" && (
                    <div class="actions" role="group" aria-label={t.machine.actions}>
                        <button type="button" onClick={() => setOpen("tags")}>
                            {t.machine.tags}
                        </button>
                        <button type="button" onClick={() => setOpen("rename")}>
                            {t.machine.rename}
                        </button>
                        <button type="button" class="danger" onClick={() => setOpen("remove")}>
                            {t.machine.remove}
                        </button>
                    </div>
                )}
            </div>
            <dl class="facts">
                {facts
                    .filter(([, value]) => value)
                    .map(([name, value]) => (
                        <div key={name}>
                            <dt>{name}</dt>
                            <dd>{value}</dd>
                        </div>
                    ))}
            </dl>
            {open === "rename" && <RenameDialog {...dialog} />}
            {open === "tags" && <TagsDialog {...dialog} />}
            {open === "remove" && <RemoveDialog {...dialog} />}
        </>
    );
}
