import { describe, expect, it } from "vitest";
import {
    bytes,
    fullMoment,
    moment,
    percent,
    plainNumber,
    seconds,
    span,
    utcMoment,
    withUnit,
} from "../src/model/format";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe("format", () => {
    it.each([
        [0, "0"],
        [0.0042, "0.0042"],
        [0.5, "0.5"],
        [3.14159, "3.14"],
        [42.04, "42"],
        [42.15, "42.1"],
        [123.4, "123"],
        [3155, "3\u202f155"],
        [1234567, "1\u202f234\u202f567"],
        [-3155, "−3\u202f155"],
        [1e12, "1.00e+12"],
        [NaN, "–"],
        [Infinity, "–"],
    ])("the number %s is %s", (value, text) => expect(plainNumber(value)).toBe(text));

    it.each([
        [0, "0 B"],
        [1023, "1023 B"],
        [1024, "1.00 KiB"],
        [3.5 * 2 ** 20, "3.50 MiB"],
        [8 * 2 ** 30, "8.00 GiB"],
        [200 * 2 ** 30, "200 GiB"],
        [2 ** 70, "1048576 PiB"],
        [-2048, "−2.00 KiB"],
    ])("%s bytes are %s", (value, text) => expect(bytes(value)).toBe(text));

    it.each([
        [0, "0 %"],
        [2.34, "2.3 %"],
        [9.99, "10 %"],
        [99.6, "100 %"],
    ])("%s percent are %s", (value, text) => expect(percent(value)).toBe(text));

    it.each([
        [-5 * second, "0 s"],
        [12 * second, "12 s"],
        [12 * minute, "12 min"],
        [3 * hour + 5 * minute, "3 h 5 min"],
        [11 * hour + 5 * minute, "11 h"],
        [4 * day + 2 * hour, "4 d 2 h"],
        [40 * day + 2 * hour, "40 d"],
    ])("a span of %s ms is %s", (value, text) => expect(span(value)).toBe(text));

    it("says how long a command took", () => {
        expect(seconds(0.004)).toBe("0.004 s");
        expect(seconds(2.5)).toBe("2.5 s");
        expect(seconds(90)).toBe("1 min");
    });

    it("writes units behind numbers, whatever they are", () => {
        expect(withUnit(50, "%")).toBe("50 %");
        expect(withUnit(2048, "B")).toBe("2.00 KiB");
        expect(withUnit(2048, "B/s")).toBe("2.00 KiB/s");
        expect(withUnit(4, "packets/s")).toBe("4 packets/s");
        expect(withUnit(4, "")).toBe("4");
        expect(withUnit(4, null)).toBe("4");
        expect(withUnit(null, "%")).toBe("–");
        expect(withUnit(NaN, "%")).toBe("–");
        expect(withUnit(1, "<script>alert(1)</script>")).toBe("1 <script>aler");
    });

    it("leaves the day out when it is today", () => {
        const at = new Date(2026, 10, 27, 9, 5, 7).getTime();
        expect(moment(at, at + minute)).toBe("09:05:07");
        expect(moment(at, at + 2 * day)).toBe("2026-11-27 09:05:07");
        expect(fullMoment(at)).toBe("2026-11-27 09:05:07");
        expect(utcMoment(Date.UTC(2026, 10, 27, 9, 5, 7))).toBe("2026-11-27 09:05:07 UTC");
    });
});
