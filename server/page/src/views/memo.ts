// A view that is drawn anew only when one of its properties is another. (preact/compat has it, with much else.)

import { Component, type ComponentType, type JSX, h } from "preact";

export function memo<P extends object>(view: (properties: P) => JSX.Element): ComponentType<P> {
    return class extends Component<P> {
        override shouldComponentUpdate(next: Readonly<P>): boolean {
            const names = new Set([...Object.keys(next), ...Object.keys(this.props)]) as Set<keyof P>;
            for (const name of names) if (!Object.is(next[name], this.props[name])) return true;
            return false;
        }

        override render(): JSX.Element {
            return h(view as ComponentType<P>, this.props as P & { children?: never });
        }
    };
}
