import { describe, expect, it } from "vitest";
import type { Series } from "../src/api";
import { chartsOf, lineLabel, mostLines } from "../src/model/charts";

let id = 0;
const of = (chart: string, name: string, more: Partial<Series> = {}): Series => ({
    id: ++id,
    command: "trafikito_c",
    name,
    instance: "",
    unit: "",
    chart,
    points: [[1, 1]],
    ...more,
});

describe("charts", () => {
    it("come in the order that people look for, then by command and name", () => {
        const charts = chartsOf([
            of("", "zeta"),
            of("disks", "disk_used", { instance: "/", unit: "%" }),
            of("load", "load_5"),
            of("load", "load_1"),
            of("", "alpha"),
        ]);
        expect(charts.map((chart) => chart.name)).toEqual(["load", "disks", "alpha", "zeta"]);
        expect(charts[0]?.lines.map((line) => line.name)).toEqual(["load_1", "load_5"]);
    });

    it("do not mix units", () => {
        const charts = chartsOf([
            of("memory", "memory_used_bytes", { unit: "B" }),
            of("memory", "memory_used", { unit: "%" }),
        ]);
        expect(charts.map((chart) => chart.unit)).toEqual(["%", "B"]);
    });

    it("keep values of one name and two commands apart", () => {
        expect(chartsOf([of("", "used", { command: "a" }), of("", "used", { command: "b" })])).toHaveLength(2);
    });

    it("put the instances of a value in one", () => {
        const [chart] = chartsOf([
            of("disks", "disk_used", { instance: "/var10" }),
            of("disks", "disk_used", { instance: "/var9" }),
        ]);
        expect(chart?.lines.map((line) => line.instance)).toEqual(["/var9", "/var10"]);
    });

    it("draw what several commands tell once", () => {
        const [load, ...others] = chartsOf([
            of("load", "load_1", {
                command: "trafikito_top",
                points: [
                    [1, 9],
                    [5, 9],
                    [9, 9],
                ],
            }),
            of("load", "load_1", {
                command: "trafikito_uptime",
                points: [
                    [3, 1],
                    [4, 1],
                    [5, 1],
                    [6, 1],
                ],
            }),
            of("", "load_1", { command: "trafikito_own" }),
        ]);
        expect(load?.lines.map((line) => line.points)).toEqual([
            [
                [1, 9],
                [3, 1],
                [4, 1],
                [5, 1],
                [6, 1],
                [9, 9],
            ],
        ]);
        expect(others.map((chart) => chart.command)).toEqual(["trafikito_own"]);
    });

    it("are not drawn of the number of processors, nor of a swap that is not there", () => {
        expect(
            chartsOf([of("", "cpu_count"), of("swap", "swap_total_bytes", { unit: "B", points: [[1, 0]] })]),
        ).toEqual([]);
        expect(chartsOf([of("swap", "swap_total_bytes", { unit: "B" })])).toHaveLength(1);
        expect(chartsOf([of("swap", "swap_used", { unit: "%", points: [[1, 0]] })])).toHaveLength(1);
    });

    it("draw no more lines than can be told apart, and say so", () => {
        const [chart] = chartsOf(
            Array.from({ length: 40 }, (_, index) => of("disks", "disk_used", { instance: `/${index}` })),
        );
        expect(chart?.lines).toHaveLength(mostLines);
        expect(chart?.left).toBe(40 - mostLines);
    });

    it("name a line by what tells it apart", () => {
        const word = (name: string): string | undefined => (name === "network_sent" ? "sent" : undefined);
        const [network] = chartsOf([
            of("network", "network_sent", { instance: "eth0" }),
            of("network", "other", { instance: "eth0" }),
        ]);
        expect(network?.lines.map((line) => lineLabel(network, line, word))).toEqual(["eth0 sent", "eth0 other"]);
        const [disks] = chartsOf([of("disks", "disk_used", { instance: "/" })]);
        expect(disks?.lines.map((line) => lineLabel(disks, line, word))).toEqual(["/"]);
    });

    it("take hostile names as names", () => {
        const charts = chartsOf([
            of("__proto__", "constructor", { command: "__proto__" }),
            of("", "toString"),
            of("<script>", "x"),
        ]);
        expect(charts.map((chart) => chart.name).sort()).toEqual(["<script>", "__proto__", "toString"]);
        expect(charts.every((chart) => chart.known === null)).toBe(true);
    });
});
