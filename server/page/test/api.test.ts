import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, ask, get, machinePath, query, whenUnauthorized } from "../src/api";

function answering(status: number, body: unknown, headers: Record<string, string> = {}): ReturnType<typeof vi.fn> {
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    const fetch = vi.fn(async () => new Response(text, { status, headers }));
    vi.stubGlobal("fetch", fetch);
    return fetch;
}

async function failure(work: Promise<unknown>): Promise<ApiError> {
    const error = await work.then(
        () => null,
        (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ApiError);
    return error as ApiError;
}

afterEach(() => {
    vi.unstubAllGlobals();
    whenUnauthorized(() => undefined);
});

describe("api", () => {
    it("reads without the header that writes have", async () => {
        const fetch = answering(200, { now: 1 });
        expect(await get("/machines")).toEqual({ now: 1 });
        const [path, request] = fetch.mock.calls[0] as [string, RequestInit];
        expect(path).toBe("/api/v1/machines");
        expect(request.headers).toEqual({ Accept: "application/json" });
        expect(request.credentials).toBe("same-origin");
    });

    it("writes JSON with the header that no form can send", async () => {
        const fetch = answering(201, { id: "1" });
        await ask("POST", "/tokens", { name: "x" });
        const [, request] = fetch.mock.calls[0] as [string, RequestInit];
        expect(request.headers).toMatchObject({ "X-Trafikito-Request": "1", "Content-Type": "application/json" });
        expect(request.body).toBe('{"name":"x"}');
    });

    it("has nothing to say after 204", async () => {
        answering(204, undefined);
        expect(await ask("DELETE", "/session")).toBeUndefined();
    });

    it("throws the error of the server", async () => {
        answering(409, { error: { code: "conflict", message: "Taken." } });
        const error = await failure(get("/x"));
        expect([error.status, error.code, error.message]).toEqual([409, "conflict", "Taken."]);
    });

    it("takes an answer of something in between as a bare status", async () => {
        answering(502, "<html>Bad gateway</html>");
        const error = await failure(get("/x"));
        expect([error.status, error.code, error.message]).toEqual([502, "unknown", ""]);
        answering(500, { error: { code: 5, message: {} } });
        expect((await failure(get("/x"))).message).toBe("");
    });

    it("knows how long to wait", async () => {
        answering(429, { error: { code: "too_many", message: "" } }, { "Retry-After": "17" });
        expect((await failure(get("/x"))).retryAfterSeconds).toBe(17);
    });

    it("tells of a session that has ended, once asked to", async () => {
        const told = vi.fn();
        whenUnauthorized(told);
        answering(401, { error: { code: "unauthorized", message: "" }, setup: true });
        expect((await failure(get("/x"))).setup).toBe(true);
        expect(told).toHaveBeenCalledOnce();
        await failure(ask("POST", "/session", {}, { ownUnauthorized: true }));
        expect(told).toHaveBeenCalledOnce();
    });

    it("says when there was no answer, and passes an abort on", async () => {
        vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("Failed to fetch")));
        expect((await failure(get("/x"))).status).toBe(0);
        const abort = new AbortController();
        abort.abort();
        await expect(get("/x", abort.signal)).rejects.toBeInstanceOf(TypeError);
    });

    it("keeps ids and names within one segment of a path", () => {
        expect(machinePath("../../x?y#z", "outputs", "a/b")).toBe("/machines/..%2F..%2Fx%3Fy%23z/outputs/a%2Fb");
        expect(query({ at: 5, from: null, to: undefined, text: "a&b" })).toBe("?at=5&text=a%26b");
        expect(query({})).toBe("");
    });
});
