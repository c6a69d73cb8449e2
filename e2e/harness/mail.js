// Mail that the product sent: the files of the outbox, read as a mail program would.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { until } from "./wait.js";

/** The newest mail to an address whose subject matches; waits for it to be sent. */
export async function mailTo(server, address, subject) {
  return until(`a mail to ${address} with subject ${subject}`, async () =>
    (await mails(server)).find((mail) => mail.to.includes(address) && subject.test(mail.subject)),
  );
}

/** Every mail that was sent, newest first. */
export async function mails(server) {
  const outbox = join(server.dir, "outbox");
  const files = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith(".eml")).sort().reverse();
  return Promise.all(files.map(async (file) => ({ file, ...read(await readFile(join(outbox, file))) })));
}

function read(bytes) {
  const { headers, parts } = parse(bytes.toString("latin1"));
  const text = parts.find((part) => part.type === "text/plain")?.body.toString("utf8") ?? "";
  return {
    to: words(headers.get("to") ?? ""),
    subject: words(headers.get("subject") ?? ""),
    text,
    links: text.match(/https?:\/\/\S+/g) ?? [],
    attachments: parts.filter((part) => part.name),
  };
}

/** Splits a message into headers and its leaves. */
function parse(source) {
  const gap = source.indexOf("\r\n\r\n");
  const headers = new Map(
    source.slice(0, gap).replace(/\r\n[ \t]+/g, " ").split("\r\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const kind = headers.get("content-type") ?? "text/plain";
  const body = source.slice(gap + 4);
  const boundary = kind.match(/boundary="?([^";]+)"?/i)?.[1];
  if (!boundary) {
    const name = `${headers.get("content-disposition") ?? ""};${kind}`.match(/(?:file)?name="?([^";]+)"?/i)?.[1];
    return { headers, parts: [{ type: kind.split(";")[0].trim(), name, body: decode(body, headers.get("content-transfer-encoding")) }] };
  }
  const inner = body.split(`--${boundary}`).slice(1, -1).map((piece) => piece.replace(/^\r\n/, "").replace(/\r\n$/, ""));
  return { headers, parts: inner.flatMap((piece) => parse(piece).parts) };
}

function decode(body, encoding = "7bit") {
  switch (encoding.toLowerCase()) {
    case "base64":
      return Buffer.from(body, "base64");
    case "quoted-printable":
      return Buffer.from(unquote(body.replace(/=\r\n/g, "")), "latin1");
    default:
      return Buffer.from(body, "latin1");
  }
}

const unquote = (text) => text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

/** Encoded words of a header, as a reader shows them. */
function words(value) {
  return value.replace(/\?=\s+=\?/g, "?==?").replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, text) =>
    kind.toLowerCase() === "b"
      ? Buffer.from(text, "base64").toString("utf8")
      : Buffer.from(unquote(text.replace(/_/g, " ")), "latin1").toString("utf8"),
  );
}
