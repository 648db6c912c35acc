import type { JSX } from "preact";
import { t } from "../texts";
import { Dialog } from "./common";

const { keys } = t.help;
const groups: [string, [string[], string][]][] = [
    [
        t.help.everywhere,
        [
            [["?"], keys.help],
            [["Esc"], keys.escape],
            [["m"], keys.machines],
        ],
    ],
    [
        t.help.list,
        [
            [["/"], keys.search],
            [["j"], keys.next],
            [["k"], keys.previous],
            [["Enter"], keys.open],
        ],
    ],
    [
        t.help.machine,
        [
            [["["], keys.earlier],
            [["]"], keys.later],
            [["n"], keys.newest],
            [["1", "…", "5"], keys.ranges],
            [["c"], keys.colours],
            [["j", "k"], keys.neighbour],
            [["←", "→"], keys.cursor],
        ],
    ],
];

export function Help({ onClose }: { onClose: () => void }): JSX.Element {
    return (
        <Dialog title={t.help.title} onClose={onClose}>
            {groups.map(([title, rows]) => (
                <section key={title}>
                    <h3>{title}</h3>
                    <dl class="keys">
                        {rows.map(([names, words]) => (
                            <div key={words}>
                                <dt>
                                    {names.map((name) => (
                                        <kbd key={name}>{name}</kbd>
                                    ))}
                                </dt>
                                <dd>{words}</dd>
                            </div>
                        ))}
                    </dl>
                </section>
            ))}
        </Dialog>
    );
}
