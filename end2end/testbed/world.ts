// The world of `make regions`, as far as a journey through its ingress needs it: who serves, who dies, what was stored.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect } from "@playwright/test";
import { Hold } from "./hold.ts";

const RECORD = "/run/toast-testbed/testbed.json";
/** The world's own copy, wherever it was built. */
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

    /** The server of a node ends at once, without a farewell. It is started again by what watches over it. */
    kill(backend: string): void {
        this.run(backend, "systemctl", "kill", "--kill-whom=main", "--signal=KILL", "toast-server");
    }

    /** Does something right after a backend has died; goes on when that one is back. */
    async without(backend: string, work: () => Promise<void>): Promise<void> {
        this.kill(backend);
        await work();
        await this.whole();
    }

    /** Waits until every backend is ready, and every ingress knows it. */
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

    /** What another device of the internet is answered. */
    ask(path: string, ...options: string[]): string {
        return this.run("net-client", "curl", "--silent", "--show-error", "--fail", "--max-time", "10", ...options, `${this.address}${path}`);
    }

    /** Asks the leader of the database; answers the rows, one line each, columns apart by `|`. */
    query(statement: string): string[] {
        const said = this.run(this.leader(), ...PSQL, "--set=ON_ERROR_STOP=1", `--command=${statement}`);
        return said.split("\n").filter(Boolean);
    }

    /** Has every order of a restaurant wait in the database, as in a rush, until it is let go. */
    async hold(slug: string): Promise<Hold> {
        const [restaurant] = this.query(`SELECT restaurant_id FROM restaurants WHERE slug = '${slug}'`);
        if (!restaurant) throw new Error(`There is no restaurant ${slug}.`);
        return Hold.begin(PROGRAM, ["exec", this.leader(), "--", ...PSQL], restaurant);
    }

    /** The backend that has an order in its hands which waits; none while there is no such order. */
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

    /** Nothing where it fails. */
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
