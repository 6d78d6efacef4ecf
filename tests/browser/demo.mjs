// The demo, tried by a browser: a newcomer gives consent, goes through onboarding with her page, finishes a checklist and
// asks a question with a typo; on Monday she gets the week of her page with its picture; a trainer sends an announcement,
// and she reads it on a phone. Snackbars, files, cards, the clock and the faults are tried too; a head reads the summary. The
// shots `desktop-composer` and `phone-announcement` are the handbook's pictures. Any console error or serious accessibility fault fails the run.
//
//   npm ci && npm test                     starts `target/debug/kurator demo` (build it first) and stops it at the end
//   node demo.mjs http://127.0.0.1:8080/   uses a demo that already runs
//
// KURATOR   the binary (default: target/debug/kurator of this repository)
// CHROMIUM  the browser (default: /usr/bin/chromium, as Debian's package `chromium` installs it)
// SHOTS     where screenshots go (default: a new temporary directory, printed at the end)
// Needs Node 20 and no network beyond loopback; exits 0 when all holds, 1 otherwise.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const WAIT_MS = 15_000;
/** Days of a region pass in this, as slow as a build without optimization is. */
const DAYS_MS = 60_000;
/** Enough for a list of people; a debug build looks at each page each night. */
const PAGES = "40";
const SCHOOL = "vk.ru/olhovsk_school5";
const MENU = ["Чек-листы", "Задать вопрос", "Напоминания", "Обучение", "Моя страница", "Мой прогресс", "Настройки"];
const BROWSER_ARGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// ---- the demo ---------------------------------------------------------------------------------

const freePort = () => new Promise((found, failed) => {
  const server = createServer();
  server.on("error", failed);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => found(port));
  });
});

/** Starts the demo; resolves to its address and a function that stops it and waits for the end. */
const startDemo = async () => {
  const binary = process.env.KURATOR ?? fileURLToPath(new URL("../../target/debug/kurator", import.meta.url));
  const began = performance.now();
  const child = spawn(binary, ["demo", "--pages", PAGES, "--listen", `127.0.0.1:${await freePort()}`], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => child.once("close", done));
  const address = await new Promise((found, failed) => {
    let said = "";
    child.once("error", failed);
    child.once("close", (code) => failed(new Error(`the demo ended (${code}) before it printed its address:\n${said}`)));
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const match = said.match(/http:\/\/127\.0\.0\.1:\d+\S*(?=\s)/);
      if (match) found(match[0]);
    });
  });
  assert.ok((await fetch(address)).ok, "the address that was printed answers");
  console.log(`The demo of ${PAGES} pages answers after ${((performance.now() - began) / 1000).toFixed(2)} s (limit of a release build: 2 s)`);
  const stop = async () => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), WAIT_MS);
    await ended;
    clearTimeout(late);
  };
  return { address, stop };
};

// ---- the conversation as a person sees it -----------------------------------------------------

/** A label as a person means it: no case, no «ё», no emoji or number in front. */
const plain = (label) => label.toLowerCase().replaceAll("ё", "е").replace(/^[^\p{L}\p{N}]+/u, "").trim();

class Chat {
  constructor(page) {
    this.page = page;
  }

  get messages() {
    return this.page.getByTestId("message");
  }

  get last() {
    return this.page.locator('[data-testid="message"][data-from="bot"]').last();
  }

  /** All that the bot can change: its messages with their buttons, and the usual keyboard. */
  state() {
    return this.page.evaluate(() => [...document.querySelectorAll('[data-from="bot"], [data-testid="usual-keyboard"]')].map((node) => node.textContent).join("\u0000"));
  }

  /** Does `action` and waits until the bot has answered and said all it wanted. */
  async answered(what, action) {
    const before = await this.state();
    await action();
    const deadline = Date.now() + WAIT_MS;
    let now = await this.state();
    for (let quiet = 0; quiet < 4;) {
      assert.ok(Date.now() < deadline, `no answer to: ${what}`);
      await this.page.waitForTimeout(150);
      const next = await this.state();
      quiet = next === now && next !== before ? quiet + 1 : 0;
      now = next;
    }
  }

  /** Buttons that a person would press now: those under the bot's last message, then the usual ones. */
  async buttons() {
    const found = [];
    for (const button of [...await this.last.getByTestId("button").all(), ...await this.page.getByTestId("usual-keyboard").getByTestId("button").all()]) {
      if (await button.isVisible()) found.push({ button, label: (await button.innerText()).trim(), kind: await button.getAttribute("data-kind") });
    }
    return found;
  }

  /** Presses the first of `labels` that is there (the whole label, else its beginning); answers which, or null. */
  async pressFirst(labels) {
    const here = await this.buttons();
    for (const wanted of labels.map(plain)) {
      const hit = here.find(({ label }) => plain(label) === wanted) ?? here.find(({ label }) => plain(label).startsWith(wanted));
      if (!hit) continue;
      await this.answered(`button «${hit.label}»`, () => hit.button.click());
      return hit.label;
    }
    return null;
  }

  async mustPress(...labels) {
    const pressed = await this.pressFirst(labels);
    assert.ok(pressed, `none of ${labels.join(", ")} among: ${(await this.buttons()).map(({ label }) => label).join(", ")}`);
    return pressed;
  }

  write(text) {
    return this.answered(`«${text}»`, async () => {
      await this.page.getByTestId("composer-input").fill(text);
      await this.page.keyboard.press("Enter");
    });
  }

  async labels() {
    return (await this.buttons()).map(({ label }) => plain(label));
  }
}

// ---- the story --------------------------------------------------------------------------------

/** A person of the demo who never wrote to the community. */
const newcomer = async (page) => {
  const id = await page.evaluate(async () => {
    for (const person of await (await fetch("/sandbox/people")).json()) {
      const chat = await (await fetch(`/sandbox/chat/${person.id}`)).json();
      if (chat.messages.length === 0) return person.id;
    }
    return null;
  });
  assert.ok(id, "the demo has a person who never wrote");
  return id;
};

const consentAndOnboarding = async (page, chat) => {
  await chat.answered("«Начать»", () => page.getByTestId("start").click());
  assert.match(await page.getByTestId("log").innerText(), /соглас/i, "the bot first asks for consent");
  await chat.mustPress("Согласен");
  for (let step = 0; step < 15 && !(await chat.labels()).includes("чек-листы"); step += 1) {
    if (/ссылку на вашу страницу/i.test(await chat.last.innerText())) {
      await chat.write(SCHOOL);
      assert.match((await chat.messages.allInnerTexts()).slice(-3).join("\n"), /Школа № 5/, "the page is found");
      continue;
    }
    const pressed = await chat.pressFirst(["Школа", "Пропустить", "Продолжить", "Дальше", "Готово", "Меню"]);
    if (pressed) continue;
    const first = (await chat.buttons()).find(({ label }) => !/отмена|назад/i.test(label));
    if (first) await chat.answered(`button «${first.label}»`, () => first.button.click());
    else await chat.write("Пропустить");
  }
  await chat.write("Меню");
  const labels = await chat.labels();
  for (const label of MENU) assert.ok(labels.includes(plain(label)), `the main menu has «${label}»: ${labels}`);
};

/** A button that ticks a step: it carries the step's number or an empty box. */
const isStep = ({ kind, label }) => kind === "callback" && /^[^\p{L}\d]*\d+(?:\D|$)|[⬜☐◻▢□▫]/u.test(label);

const tickStep = async (chat) => {
  await chat.mustPress("Чек-листы");
  for (let depth = 0; depth < 3 && !(await chat.buttons()).some(isStep); depth += 1) {
    const inline = (await chat.buttons()).find(({ kind }) => kind === "callback");
    assert.ok(inline, "a checklist can be opened by a button");
    await chat.answered(`button «${inline.label}»`, () => inline.button.click());
  }
  const step = (await chat.buttons()).find(isStep);
  assert.ok(step, `a step can be ticked: ${(await chat.buttons()).map(({ label }) => label)}`);
  const message = chat.page.locator(`[data-cmid="${await chat.last.getAttribute("data-cmid")}"]`);
  const [count, text] = [await chat.messages.count(), await message.innerText()];
  await chat.answered(`step «${step.label}»`, () => step.button.click());
  assert.notEqual(await message.innerText(), text, "the checklist shows the tick");
  assert.equal(await chat.messages.count(), count, "the checklist is edited in place, nothing is sent anew");
  await message.getByTestId("edited").waitFor({ timeout: WAIT_MS });
  await message.locator('[aria-busy="true"]').waitFor({ state: "detached", timeout: WAIT_MS });
};

/** Ticks whatever is left, page by page, until the list is done. */
const finishChecklist = async (chat) => {
  await chat.write("Чек-листы");
  await chat.mustPress("Публикую фото детей");
  for (let step = 0; step < 20; step += 1) {
    const open = (await chat.buttons()).find(({ kind, label }) => kind === "callback" && label.startsWith("⬜"));
    if (open) await chat.answered(`step «${open.label}»`, () => open.button.click());
    else if (/([0-9]+)\/\1/.test(await chat.last.innerText())) return;
    else await chat.mustPress("Дальше");
  }
  assert.fail(`the checklist does not come to an end: ${await chat.last.innerText()}`);
};

/** Moves the clock and waits until what comes by then has come. */
const mondayNudge = async (page, chat) => {
  const button = page.getByTestId("clock-monday");
  await button.click();
  await page.waitForFunction((node) => !node.hasAttribute("aria-busy"), await button.elementHandle(), { timeout: DAYS_MS });
  const nudge = page.locator('[data-from="bot"]', { has: page.locator("img") }).filter({ hasText: "Школа № 5" }).last();
  await nudge.waitFor({ timeout: WAIT_MS });
  await page.waitForFunction((image) => image.complete && image.naturalWidth > 0, await nudge.locator("img").first().elementHandle(), { timeout: WAIT_MS });
  await nudge.scrollIntoViewIfNeeded();
  return nudge;
};

const choose = async (page, id) => {
  await page.getByTestId("person-search").fill(`${id}`);
  await page.locator(`[data-person="${id}"]`).click();
  await page.getByTestId("person-search").fill("");
};

const TRAINER = 1006;
const HEAD = 1008;
/** The demo's own VK takes this key of the community: what the bot does not send can be drawn all the same. */
const KEY = "demo-key-of-the-sandbox";
const NEWS = "Коллеги, в четверг в 15:00 эфир о комментариях. Приходите с вопросами!";

/** Somebody of the staff meets the bot; her usual keyboard then has «Кабинет». */
const meet = async (page, chat, id) => {
  await choose(page, id);
  await chat.answered("«Начать»", () => page.getByTestId("start").click());
  await chat.mustPress("Согласен");
  for (let step = 0; step < 15 && !(await chat.labels()).includes("кабинет"); step += 1) {
    if (!await chat.pressFirst(["Пропустить", "Школа", "Дальше"])) await chat.write("Пропустить");
  }
};

/** Whatever the bot has said for a moment is gone. */
const quiet = async (page) => {
  for (const toast of await page.getByTestId("toast").all()) await toast.getByRole("button").click().catch(() => {});
  await page.getByTestId("toast").waitFor({ state: "detached", timeout: WAIT_MS });
};

/** The trainer meets the bot, writes an announcement, looks at it and sends it. */
const announce = async (page, chat, shot) => {
  await meet(page, chat, TRAINER);
  await chat.mustPress("Кабинет");
  await chat.mustPress("Новое объявление");
  await chat.write(NEWS);
  const labels = await chat.labels();
  for (const label of ["Кому", "Кнопки", "Вложения", "Когда"]) assert.ok(labels.some((here) => here.startsWith(plain(label))), `the composer has «${label}»: ${labels}`);
  await quiet(page);
  await page.getByTestId("tools-toggle").click();
  await page.locator("#keys-toggle").click();
  await page.getByTestId("log").evaluate((log) => log.scrollTo(0, log.scrollHeight));
  await page.mouse.move(0, 0);
  // The browser takes a moment to see that nothing is under the mouse any more.
  await page.waitForFunction(() => !document.querySelector(".key:hover"));
  await quiet(page);
  await shot("desktop-composer");
  await page.locator("#keys-toggle").click();
  await page.getByTestId("tools-toggle").click();
  for (let step = 0; step < 6; step += 1) {
    const sent = await chat.pressFirst(["Отправить", "Всем", "Сейчас", "Дальше"]);
    if (sent?.startsWith("Отправить")) break;
  }
};

const askWithTypo = async (chat) => {
  await chat.mustPress("Задать вопрос");
  const before = await chat.messages.count();
  await chat.write("как поменять облошку страници");
  const said = (await chat.messages.allInnerTexts()).slice(before + 1).join("\n");
  assert.match(said, /обложк/i, `the answer is about the cover: ${said}`);
};

/** What a person writes stays text, whatever it looks like. */
const textStaysText = async (page, chat) => {
  const text = "<b>жирно</b> & [id1|Имя]\nвторая строка";
  await chat.answered("text with markup", async () => {
    const input = page.getByTestId("composer-input");
    await input.fill("<b>жирно</b> & [id1|Имя]");
    await input.press("Shift+Enter");
    await input.pressSequentially("вторая строка");
    await input.press("Enter");
  });
  const mine = page.locator('[data-from="person"]').last().getByTestId("message-text");
  assert.equal(await mine.innerText(), text.replace("[id1|Имя]", "Имя"));
  assert.equal(await mine.locator("b").count(), 0);
  assert.equal(await mine.locator("a").getAttribute("href"), "https://vk.ru/id1");
};

/** A file of hers is shown in the chat, and the keyboard alone reaches the field and the button that sends. */
const attach = async (page, chat) => {
  await chat.answered("a picture", () => page.getByTestId("file").setInputFiles({
    name: "точка.png",
    mimeType: "image/png",
    buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64"),
  }));
  await page.locator('[data-from="person"] img').last().waitFor({ timeout: WAIT_MS });
  await page.getByTestId("composer-input").focus();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), "send", "Tab goes from the field to the button");
};

/** A snackbar answers a press, and all that is kept about her comes as a file that can be opened. */
const myData = async (page, chat) => {
  await chat.write("Настройки");
  await chat.mustPress("Мои данные");
  const send = (await chat.buttons()).find(({ label }) => label === "Прислать файл");
  assert.ok(send, `the file can be had: ${await chat.labels()}`);
  await send.button.click();
  const toast = page.getByTestId("toasts").getByTestId("toast");
  await toast.waitFor({ timeout: WAIT_MS });
  assert.match(await toast.innerText(), /Собираю файл/);
  assert.equal(await page.getByTestId("toasts").getAttribute("aria-live"), "polite", "a reader hears it");
  await quiet(page);
  const file = page.locator('[data-from="bot"] [data-testid="attachment"]').last();
  await file.waitFor({ timeout: WAIT_MS });
  const link = await file.evaluate((node) => (node.closest("a") ?? node.querySelector("a")).href);
  const kept = await page.evaluate(async (address) => (await fetch(address)).text(), link);
  assert.match(kept, /Согласие на обработку данных/, "the file is what it says it is");
};

/** Cards beside each other, each with its button. */
const carousel = async (page, chat, id) => {
  const card = (title) => ({ title, description: "Что в ней", buttons: [{ action: { type: "text", label: `Открыть ${title}`, payload: "{}" } }] });
  const sent = await page.evaluate(async ([key, peer, template]) => (await fetch("/method/messages.send", {
    method: "POST",
    body: new URLSearchParams({ access_token: key, v: "5.199", peer_ids: peer, random_id: "0", message: "Карточки", template: JSON.stringify(template) }),
  })).json(), [KEY, `${id}`, { type: "carousel", elements: [card("Первая"), card("Вторая")] }]);
  assert.ok(sent.response, `the carousel is taken: ${JSON.stringify(sent)}`);
  const cards = page.getByTestId("carousel").last();
  await cards.waitFor({ timeout: WAIT_MS });
  assert.deepEqual(await cards.locator("h3").allInnerTexts(), ["Первая", "Вторая"]);
  await chat.answered("a button of a card", () => cards.getByTestId("button").last().click());
};

/** VK breaks and is whole again; what was written meanwhile is answered. */
const faults = async (page, chat) => {
  const choice = page.getByTestId("faults");
  await choice.selectOption({ index: 2 });
  await page.waitForFunction(async () => JSON.stringify(await (await fetch("/sandbox/faults")).json()).includes("server_error"), null, { timeout: WAIT_MS });
  const before = await page.locator('[data-from="bot"]').count();
  await page.getByTestId("composer-input").fill("Меню");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(1_500);
  assert.equal(await page.locator('[data-from="bot"]').count(), before, "nothing comes while VK is down");
  await choice.selectOption({ index: 0 });
  await page.waitForFunction((count) => document.querySelectorAll('[data-from="bot"]').length > count, before, { timeout: DAYS_MS });
};

/** The clock goes on by an hour, and runs until it is stopped. */
const clock = async (page) => {
  const now = () => page.evaluate(async () => (await (await fetch("/demo/clock")).json()).now_ms);
  const hour = 3_600_000;
  const before = await now();
  const button = page.getByTestId("clock-hour");
  await button.click();
  await page.waitForFunction((node) => !node.hasAttribute("aria-busy"), await button.elementHandle(), { timeout: DAYS_MS });
  const after = await now();
  assert.ok(after - before >= hour && after - before < 2 * hour, `an hour: ${after - before}`);
  await page.getByTestId("clock-run").click();
  await page.waitForFunction(async (from) => (await (await fetch("/demo/clock")).json()).now_ms >= from + 1_800_000, after, { timeout: DAYS_MS });
  await page.getByTestId("clock-run").click();
  assert.equal(await page.getByTestId("clock-run").getAttribute("aria-pressed"), "false");
};

/** A head reads the summary of the region. */
const summary = async (page, chat) => {
  await meet(page, chat, HEAD);
  await chat.mustPress("Кабинет");
  await chat.mustPress("Сводка");
  assert.match(await chat.last.innerText(), /страниц/i);
};

const backstage = async (page) => {
  await page.locator('[data-testid="call"][data-method="messages.send"]').first().waitFor({ timeout: WAIT_MS });
  const clock = page.getByTestId("clock-now");
  const before = await clock.innerText();
  await page.getByTestId("clock-day").click();
  await page.waitForFunction(([node, text]) => node.innerText !== text, [await clock.elementHandle(), before], { timeout: WAIT_MS });
};

const accessible = async (page, what) => {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  assert.deepEqual(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`), [], `${what}: no serious accessibility fault`);
};

const story = async (page, address, shot) => {
  const chat = new Chat(page);
  await page.goto(address);
  await page.getByTestId("person").first().waitFor({ timeout: WAIT_MS });
  const id = await newcomer(page);
  await page.getByTestId("person-search").fill(`${id}`);
  await page.locator(`[data-person="${id}"]`).click();
  await page.getByTestId("start").waitFor({ timeout: WAIT_MS });
  await shot("desktop-newcomer");
  await page.getByTestId("person-search").fill("");

  await consentAndOnboarding(page, chat);
  await shot("desktop-menu");
  await tickStep(chat);
  await shot("desktop-checklist");
  await finishChecklist(chat);
  await shot("desktop-checklist-done");
  await askWithTypo(chat);
  await shot("desktop-answer");
  await backstage(page);
  await textStaysText(page, chat);
  await mondayNudge(page, chat);
  await shot("desktop-nudge");
  await announce(page, chat, shot);
  await shot("desktop-announcement");
  // Whoever has had all her week's messages by then gets it later, in a digest; the others have it now.
  const told = page.locator("[data-person]", { has: page.getByTestId("unread") }).filter({ hasText: NEWS.slice(0, 18) }).first();
  await told.waitFor({ timeout: WAIT_MS });
  await choose(page, await told.getAttribute("data-person"));
  await page.locator('[data-from="bot"]').filter({ hasText: NEWS }).waitFor({ timeout: WAIT_MS });
  await page.setViewportSize(PHONE);
  await quiet(page);
  await page.evaluate(() => document.activeElement.blur());
  await page.getByTestId("log").evaluate((log) => log.scrollTo(0, log.scrollHeight));
  await shot("phone-announcement");
  await page.setViewportSize(DESKTOP);
  await choose(page, id);
  await attach(page, chat);
  await myData(page, chat);
  await carousel(page, chat, id);
  await shot("desktop-carousel");
  await clock(page);
  await faults(page, chat);
  await shot("desktop-faults");
  await summary(page, chat);
  await choose(page, id);
  await accessible(page, "desktop, light");
  await page.emulateMedia({ colorScheme: "dark" });
  await accessible(page, "desktop, dark");
  await shot("desktop-dark");

  await page.setViewportSize(PHONE);
  await accessible(page, "phone, dark");
  await shot("phone-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await shot("phone-chat");
  await (await page.locator('[data-from="bot"]', { has: page.locator("img") }).last()).scrollIntoViewIfNeeded();
  await shot("phone-nudge");
  await page.getByTestId("tools-toggle").click();
  await page.getByTestId("clock").waitFor({ timeout: WAIT_MS });
  await accessible(page, "phone, backstage");
  await shot("phone-backstage");
  await page.getByTestId("tools-close").click();
  await page.getByTestId("back").click();
  await page.getByTestId("person").first().waitFor({ timeout: WAIT_MS });
  await accessible(page, "phone, people");
  await shot("phone-people");
};

const main = async () => {
  const shots = process.env.SHOTS ?? await mkdtemp(join(tmpdir(), "kurator-shots-"));
  await mkdir(shots, { recursive: true });
  const demo = process.argv[2] ? { address: process.argv[2], stop: () => {} } : await startDemo();
  const profile = await mkdtemp(join(tmpdir(), "kurator-browser-"));
  let context;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: BROWSER_ARGS,
      viewport: DESKTOP,
      colorScheme: "light",
      locale: "ru-RU",
    });
    const [page] = context.pages();
    const errors = [];
    page.on("console", (said) => said.type() === "error" && errors.push(`${said.text()} ${said.location().url}`));
    page.on("pageerror", (fault) => errors.push(String(fault)));
    const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`) });
    try {
      await story(page, demo.address, shot);
    } catch (fault) {
      await shot("failed").catch(() => {});
      throw fault;
    }
    assert.deepEqual(errors, [], "no console error");
    console.log(`The browser test passed; screenshots are in ${shots}`);
  } catch (fault) {
    console.error(`The browser test failed; screenshots are in ${shots}`);
    throw fault;
  } finally {
    await context?.close();
    await demo.stop();
    await rm(profile, { recursive: true, force: true });
  }
};

await main();
