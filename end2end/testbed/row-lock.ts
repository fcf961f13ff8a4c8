// A transaction that locks a restaurant's counter row, for which every order of the restaurant waits.

import { type ChildProcess, spawn } from "node:child_process";

const SECONDS_TO_HOLD = 30;

export class RowLock {
    private constructor(
        private readonly session: ChildProcess,
        private readonly ended: Promise<unknown>,
    ) {}

    /** Resolves when the lock is taken. It ends with its session. */
    static async begin(program: string, words: string[], restaurant: string): Promise<RowLock> {
        const session = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
        const ended = new Promise((resolve) => session.once("exit", resolve));
        const held = new Promise<void>((resolve, reject) => {
            const late = setTimeout(() => reject(new Error("The database holds nothing.")), SECONDS_TO_HOLD * 1_000);
            session.stdout.on("data", (said: Buffer) => {
                if (!said.toString().includes("held")) return;
                clearTimeout(late);
                resolve();
            });
        });
        session.stdin.write(
            `BEGIN;
             INSERT INTO order_counters AS c (restaurant_id, last_number, last_seq) VALUES ('${restaurant}', 0, 0)
                ON CONFLICT (restaurant_id) DO UPDATE SET last_number = c.last_number;
             SELECT 'held';\n`,
        );
        const hold = new RowLock(session, ended);
        try {
            await held;
        } catch (error) {
            await hold.release();
            throw error;
        }
        return hold;
    }

    /** Rolls back. */
    async release(): Promise<void> {
        this.session.stdin?.end("ROLLBACK;\n");
        await this.ended;
    }
}
