// A database per worker, on the temporary server in the environment variable.

import { execFileSync } from "node:child_process";

/** URL of a superuser of a server whose data may be lost. */
function serverAddress(): string {
    const address = process.env["TOAST_TEST_DATABASE_URL"];
    if (!address) {
        throw new Error("Set TOAST_TEST_DATABASE_URL to a superuser of a throw-away PostgreSQL; `make test` does that.");
    }
    return address;
}

export class Database {
    readonly address: string;

    constructor(private readonly name: string) {
        const address = new URL(serverAddress());
        address.pathname = `/${name}`;
        this.address = address.toString();
    }

    create(): void {
        this.drop();
        psql(serverAddress(), `CREATE DATABASE ${this.name}`);
    }

    drop(): void {
        psql(serverAddress(), `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
    }

    /** Runs statements; returns the rows, one line each, columns separated by `|`. */
    run(statements: string): string[] {
        return psql(this.address, statements).split("\n").filter(Boolean);
    }
}

function psql(address: string, statements: string): string {
    const options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"];
    return execFileSync("psql", [address, ...options, "--file=-"], { input: statements, encoding: "utf8" });
}
