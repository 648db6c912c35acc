// The contract of /api/v1 in memory, and the built page under the server's own security headers: for work on the page
// without a server. node e2e/mock/server.mjs [--port 8080] [--machines 40] [--interval 60] [--dist dist]

import { createServer } from "node:http";
import { readFileSync, existsSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { World } from "./world.mjs";

const headers = {
    "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
};
const types = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
};
const secret = () => randomBytes(24).toString("base64url");
const here = fileURLToPath(new URL(".", import.meta.url));

class Failure extends Error {
    constructor(status, code, message, more = {}) {
        super(message);
        Object.assign(this, { status, code, more });
    }
}

export function startMock({ port = 0, machines = 40, interval = 60, dist = join(here, "../../dist") } = {}) {
    const world = new World({ count: machines, interval });
    const people = new Map([
        ["admin", { name: "admin", role: "administrator", password: null, created_at: Date.now(), seen_at: null }],
    ]);
    const links = new Map();
    const sessions = new Map();
    const tokens = new Map();
    const enrolments = new Map();
    const streams = new Map();
    let address = "";

    const linkFor = (name, purpose) => {
        const link = secret();
        links.set(link, { name, purpose });
        return link;
    };
    const person = (name) => people.get(name) ?? fail(404, "not_found", "There is nobody of that name.");
    const fail = (status, code, message, more) => {
        throw new Failure(status, code, message, more);
    };
    const facts = (own) => ({
        name: own.name,
        role: own.role,
        ends_at: Date.now() + 7 * 86_400_000,
        server: { version: "1.4.0-mock", url: address },
    });
    const machine = (id) => world.machines.get(id) ?? fail(404, "not_found", "There is no such machine.");
    const tell = (event, data) => {
        for (const stream of streams.keys()) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    };

    function enter(answer, own) {
        const key = secret();
        sessions.set(key, own.name);
        own.seen_at = Date.now();
        answer.setHeader("Set-Cookie", `mock-session=${key}; HttpOnly; SameSite=Strict; Path=/`);
        return facts(own);
    }

    const isSetUp = () => [...people.values()].some((each) => each.role === "administrator" && each.password);

    function findCaller(request) {
        const key = /mock-session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
        const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
        const own = people.get(sessions.get(key)) ?? [...tokens.values()].find((each) => each.token === bearer);
        return own && { own, key };
    }
    const whoIs = (request) => findCaller(request) ?? fail(401, "unauthorized", "Log in first.");

    const open = {
        "GET /session": ({ request }) => {
            const own = findCaller(request)?.own;
            return own ? facts(own) : { name: null, setup: !isSetUp() };
        },
        "POST /session": ({ body, answer }) => {
            if (body.link !== undefined) {
                const link = links.get(body.link);
                if (link?.purpose !== "enter") fail(401, "unauthorized", "This link is not valid (any more).");
                links.delete(body.link);
                return enter(answer, person(link.name));
            }
            const own = people.get(body.name);
            if (!own?.password || own.password !== body.password)
                fail(401, "unauthorized", "Name or password is wrong.");
            return enter(answer, own);
        },
        "POST /link": ({ body }) => {
            const link = links.get(body.link) ?? fail(404, "not_found", "This link is not valid (any more).");
            return { name: link.name, role: person(link.name).role, purpose: link.purpose };
        },
        "POST /password": ({ body, answer, request }) => {
            const link =
                body.link === undefined
                    ? null
                    : (links.get(body.link) ?? fail(404, "not_found", "This link is not valid (any more)."));
            const own = link ? person(link.name) : whoIs(request).own;
            if (!link && own.password !== body.current) fail(400, "invalid", "The current password is wrong.");
            if (body.password.length < 10) fail(400, "invalid", "A password has at least 10 characters.");
            links.delete(body.link);
            own.password = body.password;
            for (const [key, name] of sessions) if (name === own.name) sessions.delete(key);
            return enter(answer, own);
        },
        "GET /openapi.json": () => ({ openapi: "3.1.0" }),
    };

    const inside = {
        "DELETE /session": ({ key }) => void sessions.delete(key),
        "GET /machines": () => ({
            now: Date.now(),
            machines: [...world.machines.values()].map((each) => world.describe(each)),
        }),
        "GET /machines/:": ({ id }) => world.describe(machine(id)),
        "GET /machines/:/commands": ({ id }) => world.commands(machine(id)),
        "GET /machines/:/reports": ({ id, number }) =>
            world.reports(machine(id), number("from", 0), number("to", Date.now()), number("limit", 500)),
        "GET /machines/:/outputs": ({ id, number }) =>
            world.outputs(machine(id), number("at", Date.now()), number("limit", 65_536)),
        "GET /machines/:/series": ({ id, number }) =>
            world.series(machine(id), number("from", 0), number("to", Date.now()), number("points", 500)),
        "GET /machines/:/feedback": ({ id }) =>
            machine(id).hostile
                ? {
                      feedback: [
                          {
                              at: Date.now() - 60_000,
                              code: 100,
                              message: "<b>invalid</b> line",
                              details: 'trafikito_x="\u202e<script>window.pwned=1</script>"',
                          },
                      ],
                  }
                : { feedback: [] },
    };

    const administrators = {
        "GET /people": () => ({
            people: [...people.values()].map(({ password, ...each }) => ({ ...each, has_password: password !== null })),
        }),
        "POST /people": ({ body }) => {
            if (people.has(body.name)) fail(409, "conflict", "There is somebody of that name.");
            people.set(body.name, {
                name: body.name,
                role: body.role,
                password: null,
                created_at: Date.now(),
                seen_at: null,
            });
            return {
                name: body.name,
                role: body.role,
                link: `${address}/#/password/${linkFor(body.name, "password")}`,
                link_ends_at: Date.now() + 86_400_000,
            };
        },
        "POST /people/:/link": ({ id }) => ({
            name: id,
            role: person(id).role,
            link: `${address}/#/password/${linkFor(id, "password")}`,
            link_ends_at: Date.now() + 86_400_000,
        }),
        "DELETE /people/:": ({ id }) => {
            const own = person(id);
            const others = [...people.values()].filter((each) => each.role === "administrator" && each !== own);
            if (own.role === "administrator" && others.length === 0)
                fail(409, "conflict", "The last administrator cannot be removed.");
            people.delete(id);
            for (const [stream, name] of streams) if (name === id) stream.end();
        },
        "GET /tokens": () => ({ tokens: [...tokens.values()].map(({ token, ...shown }) => shown) }),
        "POST /tokens": ({ body }) => {
            const shown = {
                id: randomBytes(4).toString("hex"),
                name: body.name,
                role: body.role,
                created_at: Date.now(),
                ends_at: body.valid_seconds ? Date.now() + body.valid_seconds * 1000 : null,
                used_at: null,
            };
            tokens.set(shown.id, { ...shown, token: secret() });
            return tokens.get(shown.id);
        },
        "DELETE /tokens/:": ({ id }) => void tokens.delete(id),
        "POST /enrolments": ({ body }) => {
            const made = {
                id: randomBytes(4).toString("hex"),
                server_name: body.server_name,
                ends_at: Date.now() + 86_400_000,
                state: "waiting",
                machines: [],
            };
            enrolments.set(made.id, made);
            setTimeout(() => enrolled(made), 1500);
            const command = `curl -fsSk --pinnedpubkey 'sha256//mock' ${address}/install.sh | sudo sh -s -- --user_api_key=enroll-${secret()} --workspace_id=default`;
            return { id: made.id, command, steps: [], ends_at: made.ends_at };
        },
        "GET /enrolments/:": ({ id }) => enrolments.get(id) ?? fail(404, "not_found", "There is no such enrolment."),
        "DELETE /enrolments/:": ({ id }) => void enrolments.delete(id),
        "PATCH /machines/:": ({ id, body }) => {
            const own = machine(id);
            if (
                body.name !== undefined &&
                [...world.machines.values()].some((each) => each !== own && each.name === body.name)
            )
                fail(409, "conflict", "Another machine has that name.");
            if (body.name !== undefined) own.name = body.name;
            if (body.tags !== undefined) own.tags = body.tags;
            tell("machines", [world.describe(own, Date.now(), false)]);
            return world.describe(own);
        },
        "DELETE /machines/:": ({ id }) => {
            machine(id);
            world.machines.delete(id);
            tell("removed", { id });
        },
        "PUT /machines/:/order": ({ id, body }) => {
            machine(id).order = body.commands;
            return world.commands(machine(id));
        },
    };

    function enrolled(made) {
        if (!enrolments.has(made.id)) return;
        const own = world.enrol(made.server_name);
        Object.assign(made, { state: "enrolled", machines: [{ id: own.id, name: own.name, reported_at: null }] });
        setTimeout(() => {
            made.state = "reported";
            made.machines[0].reported_at = Date.now();
            tell("machines", [world.describe(own, Date.now(), false)]);
        }, 1000);
    }

    async function api(request, answer, url) {
        const path = url.pathname.slice("/api/v1".length);
        const segments = path.split("/").slice(1).map(decodeURIComponent);
        const pattern = `${request.method} /${segments.map((each, place) => (place === 1 ? ":" : each)).join("/")}`;
        let body = {};
        if (request.method !== "GET") {
            if (request.headers["x-trafikito-request"] !== "1")
                fail(403, "forbidden", "The header X-Trafikito-Request is missing.");
            const chunks = [];
            for await (const chunk of request) chunks.push(chunk);
            const text = Buffer.concat(chunks).toString();
            if (text && !/^application\/json/.test(request.headers["content-type"] ?? ""))
                fail(400, "invalid", "JSON, please.");
            if (text) body = JSON.parse(text);
        }
        const number = (name, otherwise) =>
            url.searchParams.has(name) ? Number(url.searchParams.get(name)) : otherwise;
        const given = { request, answer, body, id: segments[1], number };
        if (open[pattern]) return open[pattern](given);
        Object.assign(given, whoIs(request));
        if (pattern === "GET /events") return stream(request, answer, given.own);
        if (request.method === "GET" && segments[0] === "machines" && segments[2] === "outputs" && segments[3]) {
            const text =
                world.whole(machine(segments[1]), number("at", Date.now()), segments[3]) ??
                fail(404, "not_found", "There is no such output.");
            answer.writeHead(200, {
                ...headers,
                "Content-Type": "application/octet-stream",
                "Content-Disposition": "attachment",
            });
            return void answer.end(text);
        }
        if (inside[pattern]) return inside[pattern](given);
        if (!administrators[pattern]) fail(404, "not_found", `There is no ${pattern}.`);
        if (given.own.role !== "administrator") fail(403, "forbidden", "Only an administrator may do this.");
        return administrators[pattern](given);
    }

    function stream(request, answer, own) {
        answer.writeHead(200, { ...headers, "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
        answer.write(`retry: 2000\nevent: hello\ndata: ${JSON.stringify({ now: Date.now() })}\n\n`);
        streams.set(answer, own.name);
        request.on("close", () => streams.delete(answer));
    }

    function file(answer, path) {
        const place = join(dist, normalize(path === "/" ? "/index.html" : path));
        if (!place.startsWith(dist) || !existsSync(place)) fail(404, "not_found", "No such file.");
        answer.writeHead(200, {
            ...headers,
            "Content-Type": types[extname(place)] ?? "application/octet-stream",
            "Cache-Control": path === "/" ? "no-cache" : "public, max-age=31536000, immutable",
        });
        answer.end(readFileSync(place));
    }

    const server = createServer(async (request, answer) => {
        const url = new URL(request.url, "http://mock");
        try {
            if (!url.pathname.startsWith("/api/v1/")) return file(answer, url.pathname);
            const result = await api(request, answer, url);
            if (answer.headersSent) return;
            for (const [name, value] of Object.entries(headers)) answer.setHeader(name, value);
            answer.setHeader("Cache-Control", "no-store");
            answer.setHeader("Content-Type", "application/json");
            answer.statusCode =
                result === undefined
                    ? 204
                    : request.method === "POST" && /people|tokens|enrolments/.test(url.pathname)
                      ? 201
                      : 200;
            answer.end(result === undefined ? undefined : JSON.stringify(result));
        } catch (error) {
            const known = error instanceof Failure;
            if (!known) console.error(error);
            answer.writeHead(known ? error.status : 500, { ...headers, "Content-Type": "application/json" });
            answer.end(
                JSON.stringify({
                    error: { code: error.code ?? "broken", message: error.message },
                    ...(error.more ?? {}),
                }),
            );
        }
    });

    // What came in since the last second is told once a second.
    const told = new Map();
    const timer = setInterval(() => {
        const now = Date.now();
        const changed = [];
        const reports = [];
        for (const each of world.machines.values()) {
            const last = world.lastAt(each, now);
            if (last === null || each.state === "late" || told.get(each.id) === last) continue;
            if (told.has(each.id)) {
                changed.push(world.describe(each, now, false));
                reports.push({ machine: each.id, id: last, at: last, late: false });
            }
            told.set(each.id, last);
        }
        if (streams.size === 0) return;
        if (changed.length > 0) tell("machines", changed);
        if (reports.length > 0) tell("reports", reports);
    }, 1000);

    return new Promise((resolve) => {
        server.listen(port, "127.0.0.1", () => {
            address = `http://127.0.0.1:${server.address().port}`;
            resolve({
                address,
                passwordLink: () => `${address}/#/password/${linkFor("admin", "password")}`,
                enterLink: () => `${address}/#/enter/${linkFor("admin", "enter")}`,
                /** No connection, until it is back. */
                leave: () => {
                    server.closeAllConnections();
                    return new Promise((done) => server.close(done));
                },
                comeBack: () => new Promise((done) => server.listen(new URL(address).port, "127.0.0.1", done)),
                stop: () => {
                    clearInterval(timer);
                    for (const each of streams.keys()) each.end();
                    server.closeAllConnections();
                    server.close();
                },
            });
        });
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const { values } = parseArgs({
        options: {
            port: { type: "string" },
            machines: { type: "string" },
            interval: { type: "string" },
            dist: { type: "string" },
        },
    });
    const mock = await startMock({
        port: Number(values.port ?? 8080),
        machines: Number(values.machines ?? 40),
        interval: Number(values.interval ?? 60),
        ...(values.dist ? { dist: values.dist } : {}),
    });
    console.log(`logged in: ${mock.enterLink()}\nset a password: ${mock.passwordLink()}`);
}
