// An echo bot on vk-io as it comes from npm; only the base address is set, and an agent for plain HTTP, since
// vk-io's own is for HTTPS alone.
//
// Says every text back with a callback button under it, and answers a press with a snackbar. The first line it
// prints is its name and version. Takes VK_API_URL (`http://…/method`), VK_TOKEN, and for the benchmark CALLS_A_SECOND:
// how many calls it may make, packed into `execute` if that is limited; 0 for no limit.

import { readFile } from "node:fs/promises";
import { Agent } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Keyboard, VK } from "vk-io";

const calls = process.env.CALLS_A_SECOND;
const pace = calls && (calls === "0" ? { apiLimit: 1e6 } : { apiMode: "parallel", apiLimit: Number(calls) });
const vk = new VK({
  ...pace,
  token: process.env.VK_TOKEN,
  apiBaseUrl: process.env.VK_API_URL,
  agent: new Agent({ keepAlive: true }),
});

vk.updates.on("message_new", async (context) => {
  const keyboard = Keyboard.builder()
    .inline()
    .callbackButton({ label: "Нажмите", payload: { echo: context.conversationMessageId } });
  await context.send(context.text, { keyboard });
});

vk.updates.on("message_event", async (context) => {
  await context.answer({ type: "show_snackbar", text: `Нажато под ${context.eventPayload.echo}` });
});

const library = dirname(createRequire(import.meta.url).resolve("vk-io"));
const { version } = JSON.parse(await readFile(join(library, "..", "package.json"), "utf8"));
console.log("vk-io", version);
await vk.updates.start();
