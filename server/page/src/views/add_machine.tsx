import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, get, type Enrolment, type EnrolmentState } from "../api";
import { useNow } from "../clock";
import { span } from "../model/format";
import { shown } from "../model/visible";
import { address } from "../model/address";
import { t } from "../texts";
import { useLive } from "./app";
import { Copy, Field, Problem, useHeading, useTitle, wordsOf } from "./common";

/** Of many machines one always reports: it is not asked more often than that. */
const restMs = 1000;

export function AddMachine(): JSX.Element {
    const { session } = useLive();
    const [name, setName] = useState("");
    const [made, setMade] = useState<Enrolment | null>(null);
    const [withdrawn, setWithdrawn] = useState(false);
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<string | null>(null);
    useTitle(t.add.title);
    useHeading(true);
    if (session.role !== "administrator") {
        return (
            <div class="narrow-view">
                <h1 tabIndex={-1}>{t.add.title}</h1>
                <p>{t.add.forReader}</p>
            </div>
        );
    }

    const run = async (work: () => Promise<void>): Promise<void> => {
        setBusy(true);
        setError(null);
        try {
            await work();
        } catch (failure) {
            setError(wordsOf(failure));
        }
        setBusy(false);
    };
    const make = (event: Event): void => {
        event.preventDefault();
        void run(async () => {
            setMade(await ask<Enrolment>("POST", "/enrolments", { server_name: name.trim() || null }));
            setWithdrawn(false);
        });
    };
    const withdraw = (id: string): void =>
        void run(async () => {
            await ask("DELETE", `/enrolments/${encodeURIComponent(id)}`);
            setMade(null);
            setWithdrawn(true);
        });

    return (
        <div class="narrow-view">
            <h1 tabIndex={-1}>{t.add.title}</h1>
            <p>{t.add.explain}</p>
            {!made && (
                <form class="inline" onSubmit={make}>
                    <Field
                        id="add-name"
                        label={t.add.name}
                        hint={t.add.nameHint}
                        value={name}
                        onInput={setName}
                        maxLength={255}
                        autocomplete="off"
                    />
                    <button type="submit" class="main" disabled={busy}>
                        {t.add.prepare}
                    </button>
                </form>
            )}
            <Problem text={error} />
            {withdrawn && <p role="status">{t.add.withdrawn}</p>}
            {made && (
                <>
                    <Lines enrolment={made} />
                    <Progress key={made.id} id={made.id} />
                    <div class="buttons">
                        <button type="button" onClick={() => setMade(null)}>
                            {t.add.make}
                        </button>
                        <button type="button" disabled={busy} onClick={() => withdraw(made.id)}>
                            {t.add.withdraw}
                        </button>
                    </div>
                </>
            )}
        </div>
    );
}

function Lines({ enrolment }: { enrolment: Enrolment }): JSX.Element {
    const now = useNow();
    return (
        <>
            {enrolment.command !== null ? (
                <Copy text={enrolment.command} label={t.add.commandLabel} />
            ) : (
                <>
                    <p>{t.add.steps}</p>
                    <ol class="steps">
                        {(enrolment.steps ?? []).map((step) => (
                            <li key={step.command}>
                                <p>{step.text}</p>
                                <Copy text={step.command} label={t.add.commandLabel} />
                            </li>
                        ))}
                    </ol>
                </>
            )}
            <p class="soft">{enrolment.ends_at > now ? t.add.ends(span(enrolment.ends_at - now)) : t.add.ended}</p>
        </>
    );
}

/** Asks how far it is whenever the server tells of a change anywhere; while it waits also from time to time, for the step that no event tells of. */
function Progress({ id }: { id: string }): JSX.Element {
    const { events } = useLive();
    const [state, setState] = useState<EnrolmentState | null>(null);
    const over = state?.state === "reported" || state?.state === "ended";
    useEffect(() => {
        if (over) return;
        const abort = new AbortController();
        let asking = false;
        let last = -Infinity;
        const look = (): void => {
            const now = performance.now();
            if (asking || document.hidden || now - last < restMs) return;
            asking = true;
            last = now;
            get<EnrolmentState>(`/enrolments/${encodeURIComponent(id)}`, abort.signal)
                .then(setState, () => undefined)
                .finally(() => (asking = false));
        };
        look();
        const stop = events.follow(look);
        const timer = setInterval(look, 5000);
        return () => {
            abort.abort();
            stop();
            clearInterval(timer);
        };
    }, [id, over]);

    const machine = state?.machines[0];
    const name = shown(machine?.name);
    return (
        <div role="status" class={`progress ${state?.state ?? "waiting"}`}>
            {state?.state === "reported" && machine ? (
                <>
                    <p>
                        <strong>{t.add.reported(name)}</strong>
                    </p>
                    <a class="button main" href={address(["machine", machine.id])}>
                        {t.add.look(name)}
                    </a>
                </>
            ) : state?.state === "ended" ? (
                <p>{t.add.ended}</p>
            ) : (
                <>
                    <p>
                        <span class="pulse" aria-hidden="true" />{" "}
                        {state?.state === "enrolled" ? t.add.enrolled(name) : t.add.waiting}
                    </p>
                    <p class="soft">{t.add.waitingLong}</p>
                </>
            )}
        </div>
    );
}
