import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../texts";
import { Dialog, Problem } from "./common";

/** Runs a write, and keeps whether it runs and what went wrong. True when it went well. */
export function useRun(words: (error: unknown) => string): {
    busy: boolean;
    error: string | null;
    run: (work: () => Promise<void>) => Promise<boolean>;
} {
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<string | null>(null);
    const run = async (work: () => Promise<void>): Promise<boolean> => {
        setBusy(true);
        setError(null);
        try {
            await work();
            return true;
        } catch (failure) {
            setError(words(failure));
            return false;
        } finally {
            setBusy(false);
        }
    };
    return { busy, error, run };
}

interface Props {
    title: string;
    children: ComponentChildren;
    button: string;
    words: (error: unknown) => string;
    work: () => Promise<void>;
    onClose: () => void;
}

/** For what cannot be undone. */
export function Confirm({ title, children, button, words, work, onClose }: Props): JSX.Element {
    const { busy, error, run } = useRun(words);
    return (
        <Dialog title={title} onClose={onClose}>
            {children}
            <Problem text={error} />
            <div class="buttons">
                <button type="button" onClick={onClose}>
                    {t.cancel}
                </button>
                <button
                    type="button"
                    class="danger"
                    disabled={busy}
                    onClick={() => void run(work).then((well) => well && onClose())}
                >
                    {button}
                </button>
            </div>
        </Dialog>
    );
}
