// Makes the table of amount formats from Intl, and samples for the tests. Run it with
// a Node with full ICU data, when CLDR changes: `node cldr/amounts.mjs` (in end2end).
import { readFileSync, writeFileSync } from "node:fs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const money = read("../../app/src/domain/money/currency.rs");
const currencies = [...money.matchAll(/\b[A-Z][a-z]{2} "([A-Z]{3})"/g)].map(([, code]) => code);
// `modern` is empty in this package; tags that Intl does not support are left out below.
const { full } = JSON.parse(read("../node_modules/cldr-core/availableLocales.json")).availableLocales;
const aliases = ["no", "zh-CN", "zh-HK", "zh-MO", "zh-SG", "zh-TW"];
const tags = [...full, ...aliases].filter((tag) => Intl.NumberFormat.supportedLocalesOf(tag)[0] === tag).sort();

const LARGE = 12345678.9;
const NUMBER = new Set(["integer", "group", "decimal", "fraction"]);

/** The format of a currency in a locale: above zero, below zero, decimal sign, grouping sign, digits of the last group, of the
 * others, fewest digits before the last group, zero; and the symbol. */
function written(tag, currency) {
    const format = new Intl.NumberFormat(tag, { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const around = (amount) => {
        const parts = format.formatToParts(amount);
        const [from, to] = [parts.findIndex((part) => NUMBER.has(part.type)), parts.findLastIndex((part) => NUMBER.has(part.type))];
        const side = (some) => some.map((part) => (part.type === "currency" ? "¤" : part.value)).join("");
        return `${side(parts.slice(0, from))}#${side(parts.slice(to + 1))}`;
    };
    const parts = format.formatToParts(LARGE);
    const value = (type) => parts.find((part) => part.type === type)?.value ?? "";
    const groups = parts.filter((part) => part.type === "integer").map((part) => [...part.value].length);
    const grouped = (amount) => format.formatToParts(amount).some((part) => part.type === "group");
    const fewest = [1234, 12345, 123456, 1234567].findIndex(grouped) + 1;
    const zero = format.formatToParts(0)[format.formatToParts(0).findIndex((part) => part.type === "integer")].value;
    const layout = [around(LARGE), around(-LARGE), value("decimal"), value("group"), groups.at(-1), groups.at(-2) ?? 3, fewest, zero];
    return { layout: JSON.stringify(layout), symbol: value("currency") };
}

const layouts = [];
const number = (layout) => (layouts.includes(layout) ? layouts.indexOf(layout) : layouts.push(layout) - 1);
const most = (all) => all.toSorted((a, b) => all.filter((x) => x === b).length - all.filter((x) => x === a).length)[0];
const known = new Map();
const lines = [];
for (const tag of tags) {
    const all = currencies.map((currency) => ({ currency, ...written(tag, currency) }));
    const usual = most(all.map((one) => one.layout));
    const own = { layout: number(usual), symbols: {}, layouts: {} };
    const parent = known.get(tag.split("-").slice(0, -1).join("-"));
    for (const { currency, layout, symbol } of all) {
        const inherited = parent?.find((one) => one.currency === currency).symbol ?? currency;
        if (symbol !== inherited) own.symbols[currency] = symbol;
        if (layout !== usual) own.layouts[currency] = number(layout);
    }
    known.set(tag, all);
    if (JSON.stringify(parent) === JSON.stringify(all)) continue;
    if (Object.keys(own.symbols).length === 0) delete own.symbols;
    if (Object.keys(own.layouts).length === 0) delete own.layouts;
    lines.push(`${JSON.stringify(tag)}: ${JSON.stringify(own)}`);
}
/** Escapes invisible characters. */
const seen = (text) => text.replace(/[\u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
const source = `Unicode CLDR ${process.versions.cldr}, by end2end/cldr/amounts.mjs; © Unicode, Inc., Unicode License v3`;
const table = `{
"source": ${JSON.stringify(source)},
"layouts": [
${layouts.join(",\n")}
],
"locales": {
${lines.join(",\n")}
}
}
`;
writeFileSync(new URL("../../app/src/domain/money/cldr.json", import.meta.url), seen(table));

/** Locales with their currencies. */
const homes = `ar-AE:AED ar-EG:EGP ar-KW:KWD ar-SA:SAR cs-CZ:CZK da-DK:DKK de-AT:EUR de-CH:CHF de-DE:EUR el-GR:EUR en-AU:AUD
    en-CA:CAD en-GB:GBP en-IE:EUR en-IN:INR en-NZ:NZD en-SG:SGD en-US:USD en-ZA:ZAR es-AR:USD es-CO:COP es-ES:EUR es-MX:MXN
    fi-FI:EUR fr-CA:CAD fr-CH:CHF fr-FR:EUR he-IL:EUR hi-IN:INR hu-HU:HUF it-IT:EUR ja-JP:JPY ko-KR:KRW lt-LT:EUR
    nb-NO:NOK nl-NL:EUR pl-PL:PLN pt-BR:BRL pt-PT:EUR sv-SE:SEK th-TH:THB tr-TR:TRY vi-VN:VND zh-HK:HKD zh-CN:CNY
    ar:KWD ar-IQ:IQD da:DKK de:EUR en:USD en:GBP es:EUR fi:EUR fr:EUR it:EUR ja:JPY nl:EUR pt:BRL tr:TRY vi:VND`;
const rows = homes.trim().split(/\s+/).flatMap((home) => {
    const [tag, own] = home.split(":");
    return [own, "EUR", "USD", "JPY", "CHF"].flatMap((currency) => {
        const shown = new Intl.NumberFormat(tag, { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
        return ["0", "690", "123400", "1234500", "123456700", "-123400"].map((minor) => {
            const digits = exponent(currency);
            const decimal = shift(minor, digits);
            // CLDR writes no minor units for some currencies that have them; amounts with minor units show them nevertheless.
            const places = Number(minor) % 10 ** digits === 0 ? shown : digits;
            const format = new Intl.NumberFormat(tag, { style: "currency", currency, minimumFractionDigits: places, maximumFractionDigits: places });
            return [tag, currency, minor, places, format.format(decimal)].join("\t");
        });
    });
});
function exponent(currency) {
    return Number(money.match(new RegExp(`"${currency}" (\\d)`))[1]);
}
function shift(minor, digits) {
    const [, sign, all] = minor.match(/^(-?)(\d+)$/);
    const padded = all.padStart(digits + 1, "0");
    return digits === 0 ? `${sign}${padded}` : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}
const head = `# What Intl writes (CLDR ${process.versions.cldr}): locale, currency, minor units, decimals shown, amount. By end2end/cldr/amounts.mjs.`;
writeFileSync(new URL("../../app/src/domain/money/intl.tsv", import.meta.url), `${[head, ...new Set(rows)].join("\n")}\n`);
