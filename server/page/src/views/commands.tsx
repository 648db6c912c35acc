// Which commands of a machine's list run, and what hinders them. Only the machine's owner writes the list.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, get, machinePath, type Commands, type Command } from "../api";
import { useNow } from "../clock";
import type { ReportEvent } from "../events";
import { span } from "../model/format";
import { shown } from "../model/visible";
import { t } from "../texts";
import { useLive } from "./app";
import { Problem, wordsOf } from "./common";
import { EndedChip } from "./ended";
import { useAsked } from "./hooks";

export function CommandList({ id, report }: { id: string; report: ReportEvent | null }): JSX.Element {
    const { session } = useLive();
    const asked = useAsked((signal) => get<Commands>(machinePath(id, "commands"), signal), id, [report]);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<string | null>(null);
    const commands = asked.value?.commands ?? [];
    const wanted = commands.filter((command) => command.wanted);
    const listed = commands.filter((command) => command.listed);

    const put = async (names: string[] | null): Promise<void> => {
        setBusy(true);
        setError(null);
        try {
            asked.set(await ask<Commands>("PUT", machinePath(id, "order"), { commands: names }));
        } catch (failure) {
            setError(wordsOf(failure));
        }
        setBusy(false);
    };
    const turn = (command: Command): void => {
        const rest = wanted.map((each) => each.name).filter((name) => name !== command.name);
        void put(command.wanted ? rest : [...rest, command.name]);
    };
    const administrator = session.role === "administrator";

    return (
        <section aria-labelledby="commands-title">
            <h2 id="commands-title">{t.commands.title}</h2>
            <Problem text={error ?? (asked.error ? wordsOf(asked.error) : null)} />
            {asked.value && commands.length === 0 && <p class="soft">{t.commands.none}</p>}
            {asked.value && commands.length > 0 && (
                <>
                    <p class="soft">
                        {asked.value.all ? t.commands.all : t.commands.some(wanted.length, listed.length)}{" "}
                        {t.commands.what}
                        {asked.value.delay_seconds > 0 &&
                            ` ${t.commands.delay(span(asked.value.delay_seconds * 1000))}`}
                    </p>
                    {administrator && !asked.value.all && (
                        <p>
                            <button type="button" disabled={busy} onClick={() => void put(null)}>
                                {t.commands.runAll}
                            </button>
                        </p>
                    )}
                    <ul class="sheet commands">
                        {commands.map((command) => (
                            <Row
                                key={command.name}
                                command={command}
                                administrator={administrator}
                                busy={busy}
                                onTurn={() => turn(command)}
                            />
                        ))}
                    </ul>
                </>
            )}
        </section>
    );
}

interface RowProps {
    command: Command;
    administrator: boolean;
    busy: boolean;
    onTurn: () => void;
}

function Row({ command, administrator, busy, onTurn }: RowProps): JSX.Element {
    const now = useNow();
    const name = shown(command.name);
    return (
        <li>
            <label class="switch">
                <input
                    type="checkbox"
                    role="switch"
                    aria-label={t.commands.run(name)}
                    checked={command.wanted}
                    disabled={!administrator || busy || (!command.listed && !command.wanted)}
                    onClick={(event) => {
                        // It shows what the server has, and turns when that did.
                        event.preventDefault();
                        onTurn();
                    }}
                />
            </label>
            <div class="what">
                <span class="name">{name}</span>
                {command.line !== null ? (
                    <code>{shown(command.line, 4000)}</code>
                ) : (
                    <span class="soft">{t.commands.notListed}</span>
                )}
                {command.problem && (
                    <span class="problem-note">
                        <span class="hidden">{t.commands.problem}: </span>
                        {shown(command.problem, 1000)}
                    </span>
                )}
            </div>
            <div class="last">
                {command.ended && <EndedChip ended={command.ended} />}
                <span class="soft">
                    {command.last_at === null ? t.commands.never : t.machines.age(span(now - command.last_at))}
                </span>
            </div>
        </li>
    );
}
