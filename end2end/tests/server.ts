// The server as a child process, which can be killed and started again at the same address.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import type { Database } from "./database.ts";

const project = path.resolve(import.meta.dirname, "../..");
const program = process.env["TOAST_BIN"] ?? path.join(project, "target/release/toast");
const siteRoot = process.env["TOAST_SITE_ROOT"] ?? path.join(project, "target/site");

export class Toast {
    private process: ChildProcess | undefined;
    private readonly log: number;

    private constructor(
        private readonly database: Database,
        private readonly port: number,
        private readonly metricsPort: number,
        private readonly settings: Readonly<Record<string, string>>,
        name: string,
    ) {
        const folder = path.join(project, "end2end/test-results");
        mkdirSync(folder, { recursive: true });
        this.log = openSync(path.join(folder, `${name}.log`), "a");
    }

    /** `settings` are additional environment variables. */
    static async prepare(database: Database, name: string, settings: Readonly<Record<string, string>> = {}): Promise<Toast> {
        return new Toast(database, await freePort(), await freePort(), settings, name);
    }

    get address(): string {
        // A name: browsers have no passkeys at an IP address.
        return `http://localhost:${this.port}`;
    }

    /** Runs a command of the program; returns its output. */
    command(...words: string[]): string {
        return execFileSync(program, words, { env: this.environment(), encoding: "utf8", stdio: ["ignore", "pipe", this.log] });
    }

    async start(): Promise<void> {
        const started = spawn(program, ["serve"], { env: this.environment(), stdio: ["ignore", this.log, this.log] });
        this.process = started;
        for (let tries = 0; tries < 300; tries += 1) {
            if (started.exitCode !== null) {
                throw new Error(`The server ended at its start with ${started.exitCode}; see end2end/test-results.`);
            }
            if (await this.isReady()) return;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error("The server is not ready after 15 s; see end2end/test-results.");
    }

    /** Kills the server without drain (SIGKILL), as by a power loss. */
    async kill(): Promise<void> {
        await this.end("SIGKILL");
    }

    async stop(): Promise<void> {
        await this.end("SIGTERM");
    }

    private async end(signal: NodeJS.Signals): Promise<void> {
        const running = this.process;
        this.process = undefined;
        if (!running || running.exitCode !== null || running.signalCode !== null) return;
        const ended = new Promise((resolve) => running.once("exit", resolve));
        running.kill(signal);
        await ended;
    }

    private async isReady(): Promise<boolean> {
        try {
            return (await fetch(`${this.address}/readyz`)).ok;
        } catch {
            return false;
        }
    }

    private environment(): NodeJS.ProcessEnv {
        const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TOAST_"));
        return {
            ...Object.fromEntries(inherited),
            TOAST_ADDR: `127.0.0.1:${this.port}`,
            TOAST_METRICS_ADDR: `127.0.0.1:${this.metricsPort}`,
            TOAST_DATABASE_URL: this.database.address,
            TOAST_SITE_ROOT: siteRoot,
            TOAST_LOG: "info",
            TOAST_LOG_FORMAT: "text",
            // Mail needs it: its links lead there.
            TOAST_PUBLIC_URL: this.address,
            ...this.settings,
        };
    }
}

/** Below the ephemeral port range, so that a server can start again at its old address. */
async function freePort(): Promise<number> {
    for (;;) {
        const port = 20_000 + Math.floor(Math.random() * 12_000);
        if (await isFree(port)) return port;
    }
}

async function isFree(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const probe = createServer();
        probe.once("error", () => resolve(false));
        probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
}
