import { describe, expect, it } from "vitest";
import { address, parsed } from "../src/model/address";

const valuesOf = (hash: string): Record<string, string> => Object.fromEntries(parsed(hash).values);

describe("address", () => {
    it("is read back as it was written", () => {
        const hash = address(["machine", "a/b?c#d&e %"], { range: "6h", at: 5, zoom: null, search: "x=1&y" });
        expect(parsed(hash).path).toEqual(["machine", "a/b?c#d&e %"]);
        expect(valuesOf(hash)).toEqual({ range: "6h", at: "5", search: "x=1&y" });
    });

    it("leaves out what is empty", () => {
        expect(address(["machines"], { search: "", state: null, sort: undefined })).toBe("#/machines");
        expect(address([])).toBe("#/");
    });

    it.each(["", "#", "#/", "/", "#//"])("is the beginning when it is %j", (hash) =>
        expect(parsed(hash).path).toEqual([]),
    );

    it("takes what was broken on the way as it is", () => {
        expect(parsed("#/machine/%E0%A4%A?at=%zz").path).toEqual(["machine", "%E0%A4%A"]);
        expect(parsed("#/machines?search=a?b?c").values.get("search")).toBe("a?b?c");
        expect(valuesOf("#/machines?__proto__=1")).toEqual(JSON.parse('{"__proto__":"1"}'));
    });
});
