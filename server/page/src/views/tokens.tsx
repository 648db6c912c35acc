import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, get, type NewToken, type Role, type Token } from "../api";
import { useNow } from "../clock";
import { span } from "../model/format";
import { shown } from "../model/visible";
import { t } from "../texts";
import { Copy, Field, Problem, RoleField, wordsOf } from "./common";
import { Confirm, useRun } from "./confirm";
import { useAsked } from "./hooks";

const day = 86_400;
const lengths = { forever: null, day, month: 30 * day, year: 365 * day } as const;
type Length = keyof typeof lengths;

export function Tokens(): JSX.Element {
    const now = useNow();
    const asked = useAsked((signal) => get<{ tokens: Token[] }>("/tokens", signal), "tokens", []);
    const [fresh, setFresh] = useState<NewToken | null>(null);
    const [leaving, setLeaving] = useState<Token | null>(null);
    const { busy, error, run } = useRun(wordsOf);
    const tokens = asked.value?.tokens ?? [];

    const make = (name: string, role: Role, length: Length): Promise<boolean> =>
        run(async () => {
            setFresh(await ask<NewToken>("POST", "/tokens", { name, role, valid_seconds: lengths[length] }));
            asked.again();
        });
    const facts = (token: Token): string => {
        const parts = [t.settings.roles[token.role], t.settings.made(span(now - token.created_at))];
        parts.push(token.used_at === null ? t.settings.neverUsed : t.settings.used(span(now - token.used_at)));
        if (token.ends_at !== null)
            parts.push(token.ends_at > now ? t.settings.endsIn(span(token.ends_at - now)) : t.settings.endedAt);
        return parts.join(" · ");
    };

    return (
        <section aria-labelledby="tokens-title">
            <h2 id="tokens-title">{t.settings.tokens}</h2>
            <p class="soft">{t.settings.tokensText}</p>
            <Problem text={error ?? (asked.error ? wordsOf(asked.error) : null)} />
            {fresh && (
                <div class="once" role="status">
                    <p>{t.settings.tokenOnce(shown(fresh.name))}</p>
                    <Copy text={fresh.token} label={t.settings.token} />
                </div>
            )}
            {asked.value && tokens.length === 0 && <p class="soft">{t.settings.noTokens}</p>}
            {tokens.length > 0 && (
                <ul class="sheet list">
                    {tokens.map((token) => (
                        <li key={token.id}>
                            <span class="grow">
                                <strong>{shown(token.name)}</strong> <code>{shown(token.id)}</code>
                                <span class="soft">{facts(token)}</span>
                            </span>
                            <button
                                type="button"
                                class="danger"
                                aria-label={t.settings.revokeToken(shown(token.name))}
                                onClick={() => setLeaving(token)}
                            >
                                {t.settings.revoke}
                            </button>
                        </li>
                    ))}
                </ul>
            )}
            <MakeToken busy={busy} onMake={make} />
            {leaving && (
                <Confirm
                    title={`${t.settings.revokeToken(shown(leaving.name))}?`}
                    button={t.settings.revoke}
                    words={wordsOf}
                    work={async () => {
                        await ask("DELETE", `/tokens/${encodeURIComponent(leaving.id)}`);
                        if (fresh?.id === leaving.id) setFresh(null);
                        asked.again();
                    }}
                    onClose={() => setLeaving(null)}
                >
                    <p>{t.settings.reallyToken(shown(leaving.name))}</p>
                </Confirm>
            )}
        </section>
    );
}

function MakeToken({
    busy,
    onMake,
}: {
    busy: boolean;
    onMake: (name: string, role: Role, length: Length) => Promise<boolean>;
}): JSX.Element {
    const [name, setName] = useState("");
    const [role, setRole] = useState<Role>("reader");
    const [length, setLength] = useState<Length>("forever");
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        if (await onMake(name.trim(), role, length)) setName("");
    };
    return (
        <form class="inline" onSubmit={(event) => void submit(event)}>
            <Field
                id="token-name"
                label={t.settings.tokenName}
                value={name}
                onInput={setName}
                required
                maxLength={64}
                autocomplete="off"
            />
            <RoleField id="token-role" value={role} onInput={setRole} />
            <div class="field">
                <label for="token-valid">{t.settings.valid}</label>
                <select
                    id="token-valid"
                    value={length}
                    onChange={(event) => setLength(event.currentTarget.value as Length)}
                >
                    {(Object.keys(lengths) as Length[]).map((each) => (
                        <option key={each} value={each}>
                            {t.settings.validFor[each]}
                        </option>
                    ))}
                </select>
            </div>
            <button type="submit" disabled={busy}>
                {t.settings.makeToken}
            </button>
        </form>
    );
}
