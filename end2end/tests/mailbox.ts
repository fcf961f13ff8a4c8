// An SMTP server that keeps what it receives, as mail providers would get it.

import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export class Mailbox {
    private readonly mails: ParsedMail[] = [];
    private readonly server = new SMTPServer({
        disabledCommands: ["AUTH", "STARTTLS"],
        onData: (stream, _session, done) => {
            simpleParser(stream).then(
                (mail) => {
                    this.mails.push(mail);
                    done();
                },
                (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
            );
        },
    });

    /** Listens on a free port; the address is for TOAST_SMTP_URL. */
    async open(): Promise<string> {
        const listener = this.server.listen(0, "127.0.0.1");
        await new Promise((resolve) => listener.once("listening", resolve));
        return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
    }

    async close(): Promise<void> {
        await new Promise<void>((resolve) => this.server.close(() => resolve()));
    }

    /** The latest mail to an address whose subject matches; waits for it. */
    async mailTo(address: string, subject: RegExp): Promise<ParsedMail> {
        for (let tries = 0; tries < 600; tries += 1) {
            const found = this.mails.filter((mail) => receivers(mail).includes(address) && subject.test(mail.subject ?? ""));
            const latest = found.at(-1);
            if (latest) return latest;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const had = this.mails.map((mail) => `${receivers(mail).join(", ")}: ${mail.subject}`).join("\n");
        throw new Error(`No mail to ${address} about ${subject} within 30 s; received:\n${had}`);
    }

    /** The path of the only link in the latest mail to an address; it is the same in both parts. */
    async linkTo(address: string, subject: RegExp): Promise<string> {
        const mail = await this.mailTo(address, subject);
        const link = /https?:\/\/[^/\s]+(\/\S+)/.exec(mail.text ?? "")?.[1];
        if (!link) throw new Error(`No link in:\n${mail.text}`);
        if (!(mail.html || "").includes(link)) throw new Error(`The HTML part has another link than ${link}.`);
        return link;
    }
}

function receivers(mail: ParsedMail): string[] {
    const all = Array.isArray(mail.to) ? mail.to : mail.to ? [mail.to] : [];
    return all.flatMap((list) => list.value.map((one) => one.address ?? ""));
}
