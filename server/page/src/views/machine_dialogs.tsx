import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask, machinePath, type Machine } from "../api";
import { shown } from "../model/visible";
import { address } from "../model/address";
import { go } from "../route";
import { t } from "../texts";
import { Confirm, useRun } from "./confirm";
import { Dialog, Field, Problem, wordsOf } from "./common";

interface Props {
    machine: Machine;
    onChanged: (machine: Machine) => void;
    onClose: () => void;
}

interface Form {
    busy: boolean;
    error: string | null;
    submit: (event: Event) => void;
}

/** A form in a dialog: asks, closes when that went well, and says what went wrong otherwise. */
function useForm(write: () => Promise<void>, onClose: () => void, words: (error: unknown) => string): Form {
    const { busy, error, run } = useRun(words);
    const submit = (event: Event): void => {
        event.preventDefault();
        void run(write).then((well) => well && onClose());
    };
    return { busy, error, submit };
}

interface FormProps {
    form: Form;
    button: string;
    onClose: () => void;
}

function Buttons({ form, button, onClose }: FormProps): JSX.Element {
    return (
        <>
            <Problem text={form.error} />
            <div class="buttons">
                <button type="button" onClick={onClose}>
                    {t.cancel}
                </button>
                <button type="submit" class="main" disabled={form.busy}>
                    {button}
                </button>
            </div>
        </>
    );
}

export function RenameDialog({ machine, onChanged, onClose }: Props): JSX.Element {
    const [name, setName] = useState(machine.name);
    const form = useForm(
        async () => onChanged(await ask<Machine>("PATCH", machinePath(machine.id), { name: name.trim() })),
        onClose,
        (error) => (error instanceof ApiError && error.status === 409 ? t.machine.nameTaken : wordsOf(error)),
    );
    return (
        <Dialog title={t.machine.renameTitle(shown(machine.name))} onClose={onClose}>
            <form onSubmit={form.submit}>
                <Field
                    id="machine-name"
                    label={t.machine.newName}
                    value={name}
                    onInput={setName}
                    required
                    autoFocus
                    maxLength={255}
                    autocomplete="off"
                />
                <Buttons form={form} button={t.machine.rename} onClose={onClose} />
            </form>
        </Dialog>
    );
}

export function TagsDialog({ machine, onChanged, onClose }: Props): JSX.Element {
    const [tags, setTags] = useState(machine.tags.join(", "));
    const list = (): string[] => [
        ...new Set(
            tags
                .split(",")
                .map((tag) => tag.trim())
                .filter(Boolean),
        ),
    ];
    const form = useForm(
        async () => onChanged(await ask<Machine>("PATCH", machinePath(machine.id), { tags: list() })),
        onClose,
        wordsOf,
    );
    return (
        <Dialog title={t.machine.tagsTitle(shown(machine.name))} onClose={onClose}>
            <form onSubmit={form.submit}>
                <Field
                    id="machine-tags"
                    label={t.machine.tagsLabel}
                    value={tags}
                    onInput={setTags}
                    hint={t.machine.tagsHint}
                    autoFocus
                    autocomplete="off"
                />
                <Buttons form={form} button={t.save} onClose={onClose} />
            </form>
        </Dialog>
    );
}

export function RemoveDialog({ machine, onClose }: Props): JSX.Element {
    return (
        <Confirm
            title={t.machine.removeTitle(shown(machine.name))}
            button={t.machine.removeButton}
            words={wordsOf}
            work={async () => {
                await ask("DELETE", machinePath(machine.id));
                go(address(["machines"]));
            }}
            onClose={onClose}
        >
            <p>{t.machine.removeText}</p>
            <p>{t.machine.removeAgent}</p>
        </Confirm>
    );
}
