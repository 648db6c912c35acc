import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask, get, type Person, type PersonLink, type Role } from "../api";
import { useNow } from "../clock";
import { span } from "../model/format";
import { shown } from "../model/visible";
import { t } from "../texts";
import { useLive } from "./app";
import { Copy, Field, Problem, RoleField, wordsOf } from "./common";
import { Confirm, useRun } from "./confirm";
import { useAsked } from "./hooks";

const pathOf = (name: string): string => `/people/${encodeURIComponent(name)}`;

export function People(): JSX.Element {
    const { session } = useLive();
    const now = useNow();
    const asked = useAsked((signal) => get<{ people: Person[] }>("/people", signal), "people", []);
    const [link, setLink] = useState<PersonLink | null>(null);
    const [leaving, setLeaving] = useState<Person | null>(null);
    const { busy, error, run } = useRun((failure) =>
        failure instanceof ApiError && failure.status === 409 ? t.settings.nameTaken : wordsOf(failure),
    );

    const add = (name: string, role: Role): Promise<boolean> =>
        run(async () => {
            setLink(await ask<PersonLink>("POST", "/people", { name, role }));
            asked.again();
        });
    const linkAgain = (person: Person): Promise<boolean> =>
        run(async () => setLink(await ask<PersonLink>("POST", `${pathOf(person.name)}/link`)));

    return (
        <section aria-labelledby="people-title">
            <h2 id="people-title">{t.settings.people}</h2>
            <p class="soft">{t.settings.peopleText}</p>
            <Problem text={error ?? (asked.error ? wordsOf(asked.error) : null)} />
            {link && (
                <div class="once" role="status">
                    <p>{t.settings.linkText(shown(link.name), span(link.link_ends_at - now))}</p>
                    <Copy text={link.link} label={t.settings.linkFor(shown(link.name))} />
                </div>
            )}
            <ul class="sheet list">
                {(asked.value?.people ?? []).map((person) => (
                    <li key={person.name}>
                        <span class="grow">
                            <strong>{shown(person.name)}</strong>{" "}
                            {person.name === session.name && <span class="tag">{t.settings.you}</span>}
                            <span class="soft">
                                {t.settings.roles[person.role]} ·{" "}
                                {!person.has_password
                                    ? t.settings.noPassword
                                    : person.seen_at === null
                                      ? t.settings.neverSeen
                                      : t.settings.seen(span(now - person.seen_at))}
                            </span>
                        </span>
                        <button
                            type="button"
                            disabled={busy}
                            aria-label={t.settings.newLinkFor(shown(person.name))}
                            onClick={() => void linkAgain(person)}
                        >
                            {t.settings.newLink}
                        </button>
                        <button
                            type="button"
                            class="danger"
                            aria-label={t.settings.removePerson(shown(person.name))}
                            onClick={() => setLeaving(person)}
                        >
                            {t.settings.remove}
                        </button>
                    </li>
                ))}
            </ul>
            <AddPerson busy={busy} onAdd={add} />
            {leaving && (
                <Confirm
                    title={`${t.settings.removePerson(shown(leaving.name))}?`}
                    button={t.settings.remove}
                    words={(failure) =>
                        failure instanceof ApiError && failure.status === 409
                            ? t.settings.lastAdministrator
                            : wordsOf(failure)
                    }
                    work={async () => {
                        await ask("DELETE", pathOf(leaving.name));
                        asked.again();
                    }}
                    onClose={() => setLeaving(null)}
                >
                    <p>{t.settings.reallyPerson(shown(leaving.name))}</p>
                </Confirm>
            )}
        </section>
    );
}

function AddPerson({
    busy,
    onAdd,
}: {
    busy: boolean;
    onAdd: (name: string, role: Role) => Promise<boolean>;
}): JSX.Element {
    const [name, setName] = useState("");
    const [role, setRole] = useState<Role>("reader");
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        if (await onAdd(name.trim(), role)) setName("");
    };
    return (
        <form class="inline" onSubmit={(event) => void submit(event)}>
            <Field
                id="person-name"
                label={t.settings.personName}
                value={name}
                onInput={setName}
                required
                maxLength={64}
                autocomplete="off"
            />
            <RoleField id="person-role" value={role} onInput={setRole} />
            <button type="submit" disabled={busy}>
                {t.settings.addPerson}
            </button>
        </form>
    );
}
