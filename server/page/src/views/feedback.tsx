import type { JSX } from "preact";
import { get, machinePath, type Feedback } from "../api";
import { now } from "../clock";
import type { ReportEvent } from "../events";
import { shown } from "../model/visible";
import { t } from "../texts";
import { Problem, Time, wordsOf } from "./common";
import { useAsked } from "./hooks";

export function FeedbackList({ id, report }: { id: string; report: ReportEvent | null }): JSX.Element {
    const asked = useAsked((signal) => get<{ feedback: Feedback[] }>(machinePath(id, "feedback"), signal), id, [
        report,
    ]);
    const list = asked.value?.feedback ?? [];
    return (
        <section aria-labelledby="feedback-title">
            <h2 id="feedback-title">{t.feedback.title}</h2>
            <Problem text={asked.error ? wordsOf(asked.error) : null} />
            {asked.value && list.length === 0 && <p class="soft">{t.feedback.none}</p>}
            {list.length > 0 && (
                <ul class="sheet feedback">
                    {list.map((one, index) => (
                        <li key={index}>
                            <span class="soft">
                                <Time at={one.at} now={now()} /> · {t.feedback.code(shown(String(one.code), 12))}
                            </span>
                            <span>{shown(one.message, 1000)}</span>
                            {one.details && <code>{shown(one.details, 2000)}</code>}
                        </li>
                    ))}
                </ul>
            )}
        </section>
    );
}
