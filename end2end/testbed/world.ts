// The testbed of `make regions` for tests through its ingress: backends, kills, and database queries.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { RowLock } from "./row-lock.ts";

const RECORD = "/run/toast-testbed/testbed.json";
/** The testbed's copy of the binary. */
const PROGRAM = "/var/lib/toast-testbed/toast-testbed";
const PSQL = ["psql", "--host=/run/toast/pg", "--username=postgres", "--dbname=toast", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"];

interface Record {
    inventory: { domain: string; nodes: { name: string; roles: string[]; group?: number | null }[] };
    /** Addresses inside the mesh, by node. */
    mesh: { [node: string]: string };
}

export class World {
    private constructor(private readonly record: Record) {}

    static open(): World {
        if (!existsSync(RECORD)) throw new Error("No world runs on this host. Start one: make regions");
        return new World(JSON.parse(readFileSync(RECORD, "utf8")) as Record);
    }

    get address(): string {
        return `https://${this.record.inventory.domain}`;
    }

    /** The nodes that serve pages. */
    get backends(): string[] {
        return this.withRole("app");
    }

    /** Kills the server of a node (SIGKILL). Its supervisor starts it again. */
    kill(backend: string): void {
        this.run(backend, "systemctl", "kill", "--kill-whom=main", "--signal=KILL", "toast-server");
    }

    /** Runs an action right after a backend was killed; returns when the backend is back. */
    async without(backend: string, work: () => Promise<void>): Promise<void> {
        this.kill(backend);
        await work();
        await this.whole();
    }

    /** Waits until all backends are ready and all ingresses use them. */
    async whole(): Promise<void> {
        const missing = (): string[] =>
            this.backends.filter((name) => !this.succeeds(name, "curl", "--silent", "--fail", "--max-time", "2", `http://${this.meshAddress(name)}:3000/readyz`));
        await expect.poll(missing, { message: "backends that are not ready", timeout: 180_000 }).toEqual([]);
        const unknown = (): string[] =>
            this.withRole("ingress").filter((name) => {
                const rendered = this.run(name, "cat", "/etc/toast/rendered/nginx.conf");
                return this.backends.some((backend) => !rendered.includes(`server ${this.meshAddress(backend)}:3000 `));
            });
        await expect.poll(unknown, { message: "ingresses that do not know all backends", timeout: 180_000 }).toEqual([]);
    }

    /** The response to a request from another client. */
    ask(path: string, ...options: string[]): string {
        return this.run("net-client", "curl", "--silent", "--show-error", "--fail", "--max-time", "10", ...options, `${this.address}${path}`);
    }

    /** Queries the leader of the database; returns the rows, one line each, columns separated by `|`. */
    query(statement: string): string[] {
        const said = this.run(this.leader(), ...PSQL, "--set=ON_ERROR_STOP=1", `--command=${statement}`);
        return said.split("\n").filter(Boolean);
    }

    /** Makes every order of a restaurant wait in the database until the lock is released. */
    async hold(slug: string): Promise<RowLock> {
        const [restaurant] = this.query(`SELECT restaurant_id FROM restaurants WHERE slug = '${slug}'`);
        if (!restaurant) throw new Error(`There is no restaurant ${slug}.`);
        return RowLock.begin(PROGRAM, ["exec", this.leader(), "--", ...PSQL], restaurant);
    }

    /** The backend whose order waits for the lock; none while no order waits. */
    holder(): string | undefined {
        const [address] = this.query(
            `SELECT host(client_addr) FROM pg_stat_activity
             WHERE application_name = 'toast' AND state = 'active' AND query LIKE '%place_order(%'
                AND query_start < clock_timestamp() - interval '100 ms'`,
        );
        return this.backends.find((name) => this.meshAddress(name) === address);
    }

    private leader(): string {
        const members = this.record.inventory.nodes.filter((node) => node.roles.includes("database") && node.group === 0);
        const leads = (name: string): boolean => this.said(name, ...PSQL, "--command=SELECT pg_is_in_recovery()").trim() === "f";
        const leader = members.map((node) => node.name).find(leads);
        if (!leader) throw new Error("The database has no leader.");
        return leader;
    }

    private withRole(role: string): string[] {
        return this.record.inventory.nodes.filter((node) => node.roles.includes(role)).map((node) => node.name);
    }

    private meshAddress(node: string): string {
        return this.record.mesh[node] ?? "nowhere";
    }

    private run(node: string, ...words: string[]): string {
        return execFileSync(PROGRAM, ["exec", node, "--", ...words], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
    }

    /** Empty on failure. */
    private said(node: string, ...words: string[]): string {
        try {
            return this.run(node, ...words);
        } catch {
            return "";
        }
    }

    private succeeds(node: string, ...words: string[]): boolean {
        try {
            this.run(node, ...words);
            return true;
        } catch {
            return false;
        }
    }
}
