// The web chat of the sandbox: whoever is chosen on the left writes to the community as that person.
// Everything the server says is put on the page as text or checked addresses, never as markup.

/** How long a callback button spins when nobody answers it; VK's own clients give up about then. */
const ANSWER_MS = 10_000;
/** How long a toast stays; VK shows a snackbar for about this long. */
const TOAST_MS = 10_000;
const TYPING_MS = 5_000;
const CLOCK_MS = 15_000;
const CALLS_SHOWN = 200;
/** Closer than this to the last message counts as reading the end. */
const NEAR_END_PX = 60;
const COLOURS = new Set(["primary", "positive", "negative"]);

const page = Object.fromEntries([...document.querySelectorAll("[id]")].map((node) => [node.id, node]));
const wide = matchMedia("(min-width: 1100px)");

const state = {
  people: [],
  /** The person chosen now, or null. */
  person: null,
  chat: null,
  /** Message number in the conversation → { node, seen, day, dayNode }, where `seen` is its JSON as drawn. */
  drawn: new Map(),
  keysDrawn: "",
  /** What was typed and not sent, by person. */
  drafts: new Map(),
  /** Buttons waiting for the bot: place → timer. */
  waiting: new Map(),
  zone: undefined,
  /** Whether the end of the conversation is in view and should stay there. */
  following: true,
  /** Messages that came while reading above the end. */
  fresh: 0,
};

// ---- small tools ------------------------------------------------------------------------------

const element = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Runs `task` now, and once more later if it was asked for meanwhile; never two at a time. */
const coalesce = (task, pauseMs) => {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      try {
        await task();
      } catch (fault) {
        console.warn(fault);
      }
      await sleep(pauseMs);
    }
    running = false;
  };
};

/** An address that is safe to follow or load, or null. */
const safeAddress = (raw) => {
  if (!raw) return null;
  try {
    const address = new URL(raw, location.href);
    return ["http:", "https:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
};

const outside = (label, raw, attributes) => {
  const href = safeAddress(raw);
  return href ? element("a", { href, target: "_blank", rel: "noopener noreferrer", ...attributes }, label) : element("span", attributes, label);
};

const REASONS = { 404: "такого здесь нет", 409: "сейчас так нельзя", 413: "слишком большой файл" };

/** The JSON that the server answers, or null; a fault's message is for the person, the details are in the console. */
const request = async (path, body) => {
  let options = {};
  if (body instanceof FormData) options = { method: "POST", body };
  else if (body !== undefined) options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, options).catch((fault) => {
    throw new Error("нет связи с песочницей", { cause: fault });
  });
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(REASONS[answer.status] ?? `песочница ответила ${answer.status}`, { cause: text }), { status: answer.status });
  return text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : null;
};

const chatPath = (person, action = "") => `/sandbox/chat/${person}${action && `/${action}`}`;

/** Hours and days as they are where the bot lives; in the browser's own zone until the clock names one. */
const formatsIn = (timeZone) => {
  const format = (options) => new Intl.DateTimeFormat("ru", { ...options, timeZone });
  return { hour: format({ hour: "2-digit", minute: "2-digit" }), day: format({ weekday: "long", day: "numeric", month: "long" }) };
};
let formats = formatsIn(undefined);
const hourOf = (seconds) => formats.hour.format(seconds * 1000);
const dayOf = (seconds) => formats.day.format(seconds * 1000);

const toast = (text, link) => {
  if (!text) return;
  const close = () => node.remove();
  const node = element("div", { class: "toast", "data-testid": "toast" },
    element("span", null, text, link ? " " : null, link ? outside("Открыть", link) : null),
    element("button", { class: "icon", type: "button", "aria-label": "Закрыть", click: close }, "✕"));
  page.toasts.replaceChildren(node);
  setTimeout(close, TOAST_MS);
};

const failed = (what) => (fault) => {
  console.warn(fault, fault.cause);
  toast(`${what}: ${fault.message}.`);
};

// ---- people -----------------------------------------------------------------------------------

const nameOf = (person) => `${person.first_name} ${person.last_name}`.trim();

const faceOf = (person, node) => {
  node.className = `face tint${Math.abs(person.id) % 6}`;
  node.textContent = `${person.first_name.slice(0, 1)}${person.last_name.slice(0, 1)}`;
  return node;
};

const personNode = (person) => {
  const unread = person.unread > 0 && person.id !== state.person;
  return element("li", null,
    element("a", {
      class: "person",
      href: `#${person.id}`,
      "data-testid": "person",
      "data-person": person.id,
      "aria-current": person.id === state.person && "page",
    },
    faceOf(person, element("span", { "aria-hidden": "true" })),
    element("span", { class: "about" },
      element("span", null, nameOf(person)),
      person.last_message ? element("span", { class: "preview" }, person.last_message.split("\n")[0]) : null),
    unread ? element("span", { class: "badge", "data-testid": "unread", "aria-label": `непрочитанных: ${person.unread}` }, person.unread > 99 ? "99+" : `${person.unread}`) : null));
};

const drawPeople = () => {
  const asked = page.search.value.trim().toLocaleLowerCase("ru");
  const found = state.people.filter((person) => nameOf(person).toLocaleLowerCase("ru").includes(asked) || `${person.id}` === asked);
  const held = document.activeElement?.dataset?.person;
  page.people.replaceChildren(...found.map(personNode));
  page.nobody.hidden = found.length > 0 || state.people.length === 0;
  if (held) page.people.querySelector(`[data-person="${held}"]`)?.focus({ preventScroll: true });
  const unread = state.people.reduce((sum, person) => sum + (person.id === state.person ? 0 : person.unread), 0);
  document.title = unread > 0 ? `(${unread}) Песочница` : "Песочница";
};

const loadPeople = async () => {
  const before = JSON.stringify(state.people);
  state.people = await request("/sandbox/people");
  if (JSON.stringify(state.people) !== before) drawPeople();
};
const refreshPeople = coalesce(loadPeople, 400);

// ---- text and attachments ---------------------------------------------------------------------

/** Links as VK's clients find them: addresses, bare VK addresses and `[target|label]`. */
const LINKS = /\[((?:id|club|public)\d+|https?:\/\/[^\s|\]]+)\|([^\]\n]+)\]|https?:\/\/[^\s<>"«»]+|(?<![\w.@/-])(?:vk\.(?:ru|com|me|cc)|t\.me)\/[^\s<>"«»]+/gu;

const linked = (text) => {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(LINKS)) {
    const [whole, target, label] = match;
    const shown = label ?? whole.replace(/[.,;:!?)\]}…]+$/u, "");
    const address = target ? (target.startsWith("http") ? target : `https://vk.ru/${target}`) : shown.startsWith("http") ? shown : `https://${shown}`;
    parts.push(text.slice(at, match.index), outside(shown, address));
    at = match.index + (target ? whole.length : shown.length);
  }
  parts.push(text.slice(at));
  return parts.filter((part) => part !== "");
};

const MARKS = { bold: "strong", italic: "em", underline: "u" };

/** Text with VK's `format_data` put on; its offsets are UTF-16 units, as JavaScript counts. */
const formatted = (text, format) => {
  const items = (format?.items ?? []).filter(({ offset, length }) => offset >= 0 && length > 0 && offset + length <= text.length);
  const cuts = [...new Set([0, text.length, ...items.flatMap(({ offset, length }) => [offset, offset + length])])].sort((one, other) => one - other);
  return cuts.slice(0, -1).flatMap((from, index) => {
    const to = cuts[index + 1];
    const over = items.filter(({ offset, length }) => offset <= from && offset + length >= to);
    const url = over.find(({ type }) => type === "url")?.url;
    const piece = text.slice(from, to);
    return over.reduce((parts, { type }) => (MARKS[type] ? [element(MARKS[type], null, ...parts)] : parts), url ? [outside(piece, url)] : linked(piece));
  });
};

const biggest = (sizes) => [...(sizes ?? [])].sort((one, other) => (other.width ?? 0) - (one.width ?? 0))[0]?.url;

const attachmentNode = (attachment) => {
  const it = attachment[attachment.type] ?? {};
  const address = it.url ?? it.link ?? it.player;
  if (attachment.type === "photo") {
    const source = safeAddress(biggest(it.sizes) ?? it.orig_photo?.url);
    const label = it.text || "Картинка";
    if (source) return outside(element("img", { src: source, alt: label, loading: "lazy" }), source, { class: "picture", "data-testid": "picture" });
  }
  const title = it.title || it.text || { photo: "Картинка", doc: "Документ", wall: "Запись на стене", link: "Ссылка", video: "Видео", audio_message: "Голосовое сообщение", sticker: "Стикер" }[attachment.type] || `Вложение: ${attachment.type}`;
  const wall = attachment.type === "wall" && it.id ? `https://vk.ru/wall${it.owner_id ?? it.from_id}_${it.id}` : null;
  return outside(title, address ?? wall, { class: "file", "data-testid": "attachment" });
};

// ---- keyboards --------------------------------------------------------------------------------

const WORDLESS = { location: "Отправить место", vkpay: "Оплатить через VK Pay", open_app: "Открыть приложение" };

const buttonNode = (button, place, press) => {
  const { type, label, link } = button.action;
  const shown = label || WORDLESS[type] || "Кнопка";
  const attributes = {
    class: `key ${COLOURS.has(button.color) ? button.color : "secondary"}`,
    "data-testid": "button",
    "data-kind": type,
    "data-place": place,
  };
  if (type === "open_link" && safeAddress(link)) return outside(`${shown} ↗`, link, attributes);
  const click = type === "text" || type === "callback" ? press : () => toast("Такая кнопка работает только в самом VK.");
  return element("button", { ...attributes, type: "button", "aria-busy": state.waiting.has(place) && "true", click }, shown);
};

/** Rows of buttons; `pressed(row, col, button)` is called for those that tell the bot something. */
const rowsOf = (keyboard, prefix, pressed) => keyboard.buttons.map((row, rowIndex) => element("div", { class: "row" },
  ...row.map((button, col) => buttonNode(button, `${prefix}.${rowIndex}.${col}`, () => pressed(rowIndex, col, button)))));

const atPlace = (place) => page.conversation.querySelector(`[data-place="${place}"]`);

const settle = (place) => {
  clearTimeout(state.waiting.get(place));
  state.waiting.delete(place);
  atPlace(place)?.removeAttribute("aria-busy");
};

/** Stops the buttons of one message and of the usual keyboard, or all of them. */
const settleMessage = (cmid) => {
  for (const place of [...state.waiting.keys()]) {
    if (cmid === undefined || place.startsWith("keys.") || place.startsWith(`${cmid}.`)) settle(place);
  }
};

/** Presses a button once: a second press waits for the answer to the first. */
const press = async (place, path, body, untilAnswered) => {
  if (state.waiting.has(place)) return;
  const person = state.person;
  state.waiting.set(place, setTimeout(() => settle(place), ANSWER_MS));
  atPlace(place)?.setAttribute("aria-busy", "true");
  try {
    await request(path, body);
    if (!untilAnswered && state.person === person) settle(place);
  } catch (fault) {
    if (state.person === person) settle(place);
    failed("Кнопка не нажалась")(fault);
  }
  refreshChat();
};

const drawKeys = (keyboard) => {
  const seen = JSON.stringify(keyboard);
  const has = Boolean(keyboard?.buttons?.length);
  if (seen !== state.keysDrawn) {
    const held = page.keys.contains(document.activeElement) ? document.activeElement.dataset.place : null;
    const person = state.person;
    const pressed = (row, col, button) => press(`keys.${row}.${col}`, chatPath(person, "key"), { row, col }, button.action.type === "callback");
    page.keys.replaceChildren(...(has ? rowsOf(keyboard, "keys", pressed) : []));
    page.keys.scrollTop = 0;
    state.keysDrawn = seen;
    showKeys(true);
    if (held) atPlace(held) ? atPlace(held).focus({ preventScroll: true }) : rest();
  }
  page["keys-toggle"].hidden = !has;
  if (!has) page.keys.hidden = true;
};

const showKeys = (open) => {
  page.keys.hidden = !open;
  page["keys-toggle"].setAttribute("aria-expanded", `${open}`);
};

// ---- messages ---------------------------------------------------------------------------------

/** What the message answers or hands on, each in one line. */
const quoteNode = (cmid) => {
  const quoted = state.chat?.messages.find((message) => message.cmid === cmid);
  return element("blockquote", { class: "quote" }, quoted?.text.split("\n")[0] || "Сообщение");
};

/** Cards of a carousel; to the server a card is a row of its buttons. */
const carouselNode = (template, cmid, pressed) => element("div", { class: "carousel", role: "group", "aria-label": "Карточки", tabindex: "0", "data-testid": "carousel" },
  ...template.elements.map((card, row) => element("section", { class: "card", "aria-label": card.title || `Карточка ${row + 1}` },
    card.photo ? attachmentNode({ type: "photo", photo: card.photo }) : null,
    card.title ? element("h3", null, card.title) : null,
    card.description ? element("p", { class: "words" }, card.description) : null,
    ...(card.buttons ?? []).map((button, col) => buttonNode(button, `${cmid}.${row}.${col}`, () => pressed(row, col, button))))));

const messageContent = (message, person) => {
  const { cmid, keyboard, template } = message;
  const pressed = (row, col, button) => press(`${cmid}.${row}.${col}`, chatPath(person, "press"), { cmid, row, col }, button.action.type === "callback");
  const bubble = element("div", { class: "bubble" },
    element("span", { class: "visually-hidden" }, message.from_person ? "Вы: " : "Бот: "),
    ...[message.reply_to, ...(message.forwarded ?? [])].filter(Boolean).map(quoteNode),
    message.text ? element("div", { class: "words", "data-testid": "message-text" }, ...formatted(message.text, message.format_data)) : null,
    message.geo ? element("p", { class: "file" }, `Место: ${message.geo.place?.title ?? "на карте"}`) : null,
    ...(message.attachments ?? []).map(attachmentNode),
    element("div", { class: "meta" },
      message.edited ? element("span", { "data-testid": "edited" }, "изменено") : null,
      element("time", { datetime: new Date(message.date * 1000).toISOString() }, hourOf(message.date))));
  return [
    bubble,
    template?.elements ? carouselNode(template, cmid, pressed) : null,
    // A usual keyboard stays with the message that brought it, but is shown below the conversation.
    keyboard?.inline && keyboard.buttons?.length
      ? element("div", { class: "keyboard inline", role: "group", "aria-label": "Кнопки под сообщением", "data-testid": "inline-keyboard" }, ...rowsOf(keyboard, cmid, pressed))
      : null,
  ].filter(Boolean);
};

/** Draws only what changed, so that focus, scroll and a screen reader's place stay where they were. */
const drawMessages = (messages, person) => {
  const held = page.log.contains(document.activeElement) ? document.activeElement.dataset.place : null;
  const alive = new Set(messages.map((message) => message.cmid));
  for (const [cmid, { node, dayNode }] of state.drawn) {
    if (alive.has(cmid)) continue;
    node.remove();
    dayNode?.remove();
    state.drawn.delete(cmid);
  }
  let day = "";
  let before = null;
  let added = 0;
  for (const message of messages) {
    const seen = JSON.stringify(message);
    let drawn = state.drawn.get(message.cmid);
    if (!drawn) {
      drawn = { node: element("article", { class: `message${message.from_person ? " mine" : ""}`, "data-testid": "message", "data-cmid": message.cmid, "data-from": message.from_person ? "person" : "bot" }), seen: "", day: "", dayNode: null };
      state.drawn.set(message.cmid, drawn);
      if (before) before.after(drawn.node);
      else page.log.prepend(drawn.node);
      added += message.from_person ? 0 : 1;
    }
    if (drawn.seen !== seen) {
      drawn.node.replaceChildren(...messageContent(message, person));
      drawn.seen = seen;
    }
    const today = dayOf(message.date);
    const opens = today === day ? "" : today;
    if (drawn.day !== opens) {
      drawn.dayNode?.remove();
      drawn.dayNode = opens ? element("p", { class: "day" }, opens) : null;
      if (opens) drawn.node.before(drawn.dayNode);
      drawn.day = opens;
    }
    day = today;
    before = drawn.node;
  }
  if (held) {
    const cmid = held.split(".")[0];
    (atPlace(held) ?? state.drawn.get(Number(cmid))?.node.querySelector("[data-place]") ?? page.log).focus({ preventScroll: true });
  }
  return added;
};

const nearEnd = () => page.log.scrollHeight - page.log.scrollTop - page.log.clientHeight < NEAR_END_PX;

const toEnd = () => {
  page.log.scrollTop = page.log.scrollHeight;
  state.following = true;
  state.fresh = 0;
  page.down.hidden = true;
};

const drawChat = (chat, person) => {
  // A whole conversation is not read out when it opens, only what comes later.
  page.log.setAttribute("aria-busy", `${state.chat === null}`);
  state.chat = chat;
  const added = drawMessages(chat.messages, person);
  drawKeys(chat.keyboard);
  page.opening.hidden = chat.messages.length > 0;
  page.log.setAttribute("aria-busy", "false");
  if (state.following) toEnd();
  else if (added > 0) {
    state.fresh += added;
    page.down.textContent = `К новым сообщениям: ${state.fresh}`;
    page.down.hidden = false;
  }
};

const refreshChat = coalesce(async () => {
  const person = state.person;
  if (person === null) return;
  let chat;
  try {
    chat = await request(chatPath(person));
  } catch (fault) {
    if (state.person === person) page.status.textContent = `переписка не загрузилась: ${fault.message}`;
    return;
  }
  if (state.person !== person) return;
  drawChat(chat, person);
  if (page.status.dataset.typing === undefined) page.status.textContent = standing();
  if (chat.unread > 0 && document.visibilityState === "visible") {
    await request(chatPath(person, "read"), {});
    refreshPeople();
  }
}, 80);

/** How the person stands with the community. */
const standing = () => {
  if (state.chat?.blocked) return "сообщество вас заблокировало";
  return state.chat?.messages.length > 0 && !state.chat.allowed ? "вы запретили сообществу писать" : "вы пишете сообществу";
};

let typingTimer = 0;
const typing = (on) => {
  clearTimeout(typingTimer);
  if (on) {
    page.status.dataset.typing = "";
    page.status.textContent = "бот печатает…";
    typingTimer = setTimeout(() => typing(false), TYPING_MS);
  } else {
    delete page.status.dataset.typing;
    page.status.textContent = standing();
  }
};

// ---- choosing a person and writing ------------------------------------------------------------

/** Puts the focus where the next key belongs; on a phone that must not call up its keyboard. */
const rest = () => (wide.matches ? page.text : page.log).focus({ preventScroll: true });

const choose = () => {
  const id = Number(location.hash.slice(1)) || null;
  const left = state.person;
  if (state.person !== null) state.drafts.set(state.person, page.text.value);
  settleMessage();
  Object.assign(state, { person: id, chat: null, drawn: new Map(), keysDrawn: "", fresh: 0, following: true });
  typing(false);
  page.log.replaceChildren();
  page.keys.replaceChildren();
  page.toasts.replaceChildren();
  if (!wide.matches) showTools(false);
  page.opening.hidden = true;
  page.down.hidden = true;
  page.text.value = state.drafts.get(id) ?? "";
  const person = state.people.find((other) => other.id === id) ?? { id: id ?? 0, first_name: "Человек", last_name: `${id}` };
  page.name.textContent = nameOf(person);
  faceOf(person, page.face);
  page.welcome.hidden = id !== null;
  page.conversation.hidden = id === null;
  document.body.dataset.view = id === null ? "people" : "chat";
  drawPeople();
  if (id === null) {
    page.people.querySelector(`[data-person="${left}"]`)?.focus();
    return;
  }
  refreshChat();
  rest();
};

let sending = false;
const send = async () => {
  const text = page.text.value.trim();
  const person = state.person;
  if (text === "" || sending) return;
  sending = true;
  try {
    await request(chatPath(person, "write"), { text });
    state.drafts.delete(person);
    if (state.person === person) {
      page.text.value = "";
      toEnd();
    }
  } catch (fault) {
    failed("Не отправлено")(fault);
  }
  sending = false;
  refreshChat();
};

page.composer.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
page.text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
page.attach.addEventListener("click", () => page.file.click());
page.file.addEventListener("change", async () => {
  const [file] = page.file.files;
  if (!file) return;
  const form = new FormData();
  form.append("file", file);
  page.file.value = "";
  page.attach.setAttribute("aria-busy", "true");
  await request(chatPath(state.person, "file"), form).then(toEnd, failed("Файл не отправлен"));
  page.attach.removeAttribute("aria-busy");
  refreshChat();
});
page.start.addEventListener("click", async () => {
  const ref = new URLSearchParams(location.search).get("ref");
  page.start.setAttribute("aria-busy", "true");
  await request(chatPath(state.person, "start"), ref ? { ref } : {}).catch(failed("Не получилось начать"));
  page.start.removeAttribute("aria-busy");
  rest();
  refreshChat();
});
page["keys-toggle"].addEventListener("click", () => showKeys(page.keys.hidden));
page.down.addEventListener("click", () => {
  toEnd();
  page.log.focus();
});
page.log.addEventListener("scroll", () => {
  state.following = nearEnd();
  if (!state.following) return;
  state.fresh = 0;
  page.down.hidden = true;
}, { passive: true });
// Pictures come later than their message, and keyboards change the height: stay at the end.
const stay = () => state.following && toEnd();
page.log.addEventListener("load", stay, true);
new ResizeObserver(stay).observe(page.log);
page.search.addEventListener("input", drawPeople);
addEventListener("hashchange", choose);

// ---- backstage: the clock, faults and what the bot asked of VK ----------------------------------------

const refreshClock = async () => {
  let clock;
  try {
    clock = await request("/demo/clock");
  } catch (fault) {
    if (fault.status !== 404) throw fault;
  }
  page.clock.hidden = !clock;
  if (!clock) return;
  page.now.textContent = clock.text;
  if (clock.zone !== state.zone) {
    state.zone = clock.zone;
    formats = formatsIn(clock.zone);
    for (const drawn of state.drawn.values()) drawn.seen = "";
    refreshChat();
  }
};

/** While it runs, a quarter of an hour passes in each second. */
const RUN = { advance_ms: 900_000 };
const running = () => page["clock-run"].getAttribute("aria-pressed") === "true";
page["clock-run"].addEventListener("click", async () => {
  const start = !running();
  page["clock-run"].setAttribute("aria-pressed", `${start}`);
  page["clock-run"].textContent = start ? "Остановить" : "Пустить: четверть часа в секунду";
  while (start && running()) {
    try {
      await request("/demo/clock", RUN);
      await refreshClock();
    } catch (fault) {
      failed("Часы остановились")(fault);
      page["clock-run"].click();
    }
    await sleep(1_000);
  }
});

for (const button of page.clock.querySelectorAll("[data-shift]")) {
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    await request("/demo/clock", JSON.parse(button.dataset.shift)).catch(failed("Часы не перевелись"));
    button.removeAttribute("aria-busy");
    await refreshClock();
    refreshAll();
  });
}

const sameFaults = (chosen, inForce) => Object.keys(inForce).every((name) => {
  const value = JSON.stringify(inForce[name]);
  return name in chosen ? value === JSON.stringify(chosen[name]) : ["0", "[]"].includes(value) || name === "seed";
});

const showFaults = (inForce) => {
  page.troubles.hidden = false;
  // Faults set by somebody else's script match no line: then none is shown as chosen.
  page.faults.selectedIndex = [...page.faults.options].findIndex((option) => sameFaults(JSON.parse(option.value), inForce));
};

page.faults.addEventListener("change", () => {
  request("/sandbox/faults", JSON.parse(page.faults.value)).then(showFaults, failed("Неполадка не включилась"));
});

const callNode = ({ at_ms_real: at, method, params, result, fault, in_execute: within }) => {
  const wrong = [result?.Err ? `ошибка ${result.Err}` : null, fault ? `сбой: ${typeof fault === "string" ? fault : Object.entries(fault).flat().join(" ")}` : null].filter(Boolean);
  const moment = new Date(at).toLocaleTimeString("ru");
  const line = [
    element("span", { class: "method" }, within ? `↳ ${method}` : method),
    element("span", { class: wrong.length > 0 ? "bad" : "muted" }, [...wrong, moment].join(" · ")),
  ];
  return element("li", { class: "call", "data-testid": "call", "data-method": method }, params.length === 0
    ? element("div", { class: "line" }, ...line)
    : element("details", null,
      element("summary", null, element("span", { class: "line" }, ...line)),
      element("pre", null, params.map(([name, value]) => `${name} = ${value}`).join("\n"))));
};

/** Calls as drawn, by their JSON: a call once unfolded stays so when others come. */
let callsDrawn = new Map();
const refreshCalls = coalesce(async () => {
  if (page.tools.hidden) return;
  // The server tells them as they came; the newest matter most.
  const calls = (await request("/sandbox/calls")).slice(-CALLS_SHOWN).reverse();
  const drawn = new Map();
  const nodes = calls.map((call) => {
    const seen = JSON.stringify(call);
    const node = (!drawn.has(seen) && callsDrawn.get(seen)) || callNode(call);
    drawn.set(seen, node);
    return node;
  });
  callsDrawn = drawn;
  const held = document.activeElement;
  page.calls.replaceChildren(...nodes);
  if (page.calls.contains(held)) held.focus({ preventScroll: true });
  page.calls.hidden = calls.length === 0;
  page["no-calls"].hidden = calls.length > 0;
}, 1000);

/** The panel stands beside the conversation where there is room, else over it as a dialogue would. */
const showTools = (open) => {
  page.tools.hidden = !open;
  for (const beneath of document.querySelectorAll(".people, .chat")) beneath.inert = open && !wide.matches;
  page["tools-toggle"].setAttribute("aria-expanded", `${open}`);
  if (open) refreshCalls();
};
page["tools-toggle"].addEventListener("click", () => {
  showTools(page.tools.hidden);
  if (!wide.matches && !page.tools.hidden) page["tools-close"].focus();
});
const closeTools = () => {
  showTools(false);
  page["tools-toggle"].focus();
};
page["tools-close"].addEventListener("click", closeTools);
page.tools.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeTools();
});
wide.addEventListener("change", () => showTools(wide.matches));

// ---- events -----------------------------------------------------------------------------------

const refreshAll = () => {
  refreshPeople();
  refreshChat();
  refreshCalls();
};

/** The bot's answer to a press: stop the spinner, show what it says. */
const answered = ({ cmid, data }) => {
  settleMessage(cmid);
  if (data?.type === "show_snackbar") toast(data.text);
  if (data?.type === "open_link") toast("Бот предлагает ссылку.", data.link);
  if (data?.type === "open_app") toast("Бот открывает приложение VK: в песочнице их нет.");
};

const happened = (event) => {
  refreshPeople();
  refreshCalls();
  // After `lagged` nobody knows what was missed.
  if (event.type === "lagged") refreshChat();
  if (event.person !== state.person) return;
  if (event.type === "activity") {
    typing(true);
    return;
  }
  if (event.type === "snackbar") answered(event.answer);
  if (event.type === "message" && !event.message.from_person) typing(false);
  refreshChat();
};

const listen = () => {
  const source = new EventSource("/sandbox/events");
  source.addEventListener("open", () => {
    page["link-state"].textContent = "";
    refreshAll();
  });
  source.addEventListener("message", (event) => happened(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    page["link-state"].textContent = "Нет связи…";
    // The browser itself comes back after a dropped connection, but not after a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3_000);
  });
};

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refreshAll();
});

showTools(wide.matches);
await Promise.allSettled([loadPeople(), refreshClock(), request("/sandbox/faults").then(showFaults)]);
choose();
listen();
setInterval(() => {
  if (!page.tools.hidden && !page.clock.hidden) refreshClock().catch(console.warn);
}, CLOCK_MS);
