// The offline pack: opens its sealed part with the passphrase, keeps what is noted until there is a connection, and sends
// each event until the service has answered for it. What is kept is sealed too; nothing is drawn as HTML.
"use strict";
const pack = JSON.parse(document.getElementById("pack").textContent);
const words = JSON.parse(document.getElementById("words").textContent);
const STORE = `padan-pack-${pack.pack_id}`;
const LOCK_AFTER_MS = 5 * 60 * 1000;
const MOST_AT_ONCE = 500;
const at = (id) => document.getElementById(id);
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const text = (content) => btoa(String.fromCharCode(...content));
const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
let key, inside, kept, usedAt = Date.now(), isSending = false;

async function keyOf(passphrase) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(pack.salt), iterations: pack.iterations };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function unsealed(nonce, sealed, about) {
  const how = { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(about) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, sealed)));
}

async function readKept() {
  const stored = localStorage.getItem(STORE);
  if (stored === null) return { waiting: [], refused: [], closed: [], sent: 0 };
  const content = bytes(stored);
  return unsealed(content.slice(0, 12), content.slice(12), STORE);
}

async function writeKept() {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(STORE) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, new TextEncoder().encode(JSON.stringify(kept))));
  localStorage.setItem(STORE, text([...nonce, ...sealed]));
}

function tell(words) {
  at("told").textContent = words;
  at("told").hidden = !words;
}

function made(tag, content, attributes = {}) {
  const element = document.createElement(tag);
  if (typeof content === "string") element.textContent = content;
  else element.append(...content);
  return Object.assign(element, attributes);
}

async function note(person, event) {
  const id = crypto.randomUUID();
  kept.waiting.push({ event_id: id, person, at: new Date().toISOString(), ...event });
  if (event.callback_id) kept.closed.push(event.callback_id);
  await writeKept();
  draw();
  send();
}

async function send() {
  if (isSending || !kept.waiting.length) return;
  isSending = true;
  const events = kept.waiting.slice(0, MOST_AT_ONCE);
  const queue = JSON.stringify({ pack_id: pack.pack_id, events });
  try {
    const answer = await fetch(inside.to, { method: "POST", credentials: "omit", body: new URLSearchParams({ ticket: inside.ticket, queue }) });
    if (!answer.ok) throw new Error(answer.status);
    await settle((await answer.json()).items);
    tell("");
  } catch {
    tell(words.pack_not_sent);
  } finally {
    isSending = false;
  }
  draw();
}

async function settle(items) {
  const told = new Map(items.map((item) => [item.event_id, item]));
  kept.waiting = kept.waiting.filter((event) => !told.has(event.event_id));
  for (const item of items) {
    if (item.state === "refused") kept.refused.push(words[`pack_refused_${item.problem.split(/[ :]/)[0]}`] || words.pack_refused_other);
    else kept.sent += 1;
  }
  await writeKept();
}

function draw() {
  at("counted").textContent = `${filled(words.pack_waiting, { n: kept.waiting.length })} ${filled(words.pack_sent, { n: kept.sent })}`;
  at("refused").replaceChildren(...kept.refused.map((line) => made("li", line)));
  at("send").disabled = at("save").disabled = !kept.waiting.length;
  const isOver = new Date(inside.expires_at) <= new Date();
  if (isOver) tell(words.pack_expired);
  at("calls").replaceChildren(...(isOver ? [] : inside.calls.map(drawCall)));
  if (!isOver && !inside.calls.length) at("calls").textContent = words.pack_nobody;
  drawVacancies(isOver ? [] : inside.vacancies);
}

function drawCall(call) {
  const isClosed = kept.closed.includes(call.callback_id);
  const ends = words.ends.map((end) => made("button", end.text, {
    type: "button", className: "second", disabled: isClosed,
    onclick: () => note(call.person, { kind: "call_closed", callback_id: call.callback_id, state: end.state, note_code: end.word }),
  }));
  const chosen = made("select", inside.vacancies.map((one) => made("option", `${one.title} - ${one.employer || ""}`, { value: one.vacancy_id })));
  chosen.setAttribute("aria-label", words.pack_vacancy);
  const marks = ["saved", "applied"].map((kind) => made("button", words[`pack_${kind}`], {
    type: "button", className: "second", onclick: () => note(call.person, { kind, vacancy_id: chosen.value }),
  }));
  const outcomes = ["employed", "self_employed", "not_working"].map((kind) => made("button", words[`pack_${kind}`], {
    type: "button", className: "second", onclick: () => note(call.person, { kind }),
  }));
  const group = (heading, rows) => [made("h4", heading), ...rows];
  const row = (buttons) => made("p", buttons, { className: "actions" });
  return made("article", [
    made("h3", `${call.masked_name || "?"} (${call.birth_year || "?"})`),
    ...group(words.call_end_title, [row(ends)]),
    ...group(words.pack_work, [row(outcomes)]),
    ...(inside.vacancies.length ? group(words.pack_vacancy, [chosen, row(marks)]) : []),
  ]);
}

function drawVacancies(vacancies) {
  const sought = at("sought").value.toLowerCase();
  const shown = vacancies.filter((one) => `${one.title} ${one.employer} ${one.place}`.toLowerCase().includes(sought));
  at("vacancies").replaceChildren(...shown.map((one) => {
    const pay = one.salary_min_idr_month && filled(words.pay_from, { least: `Rp${one.salary_min_idr_month.toLocaleString(document.documentElement.lang)}` });
    const lines = [one.employer, one.place, one.education_min, pay, one.apply_at].filter(Boolean);
    return made("li", [made("article", [made("h3", one.title), ...lines.map((line) => made("p", line))])]);
  }));
}

function save() {
  const queue = JSON.stringify({ pack_id: pack.pack_id, events: kept.waiting });
  const link = made("a", "", { href: URL.createObjectURL(new Blob([queue], { type: "application/json" })), download: `${STORE}.json` });
  link.click();
}

at("door").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    key = await keyOf(at("passphrase").value);
    inside = await unsealed(bytes(pack.nonce), bytes(pack.sealed), pack.pack_id);
    kept = await readKept();
  } catch {
    return tell(words.pack_wrong);
  }
  tell("");
  at("passphrase").value = "";
  at("door").hidden = true;
  at("inside").hidden = false;
  draw();
  send();
});
at("send").addEventListener("click", send);
at("save").addEventListener("click", save);
at("sought").addEventListener("input", () => drawVacancies(inside.vacancies));
window.addEventListener("online", () => { if (kept) send(); });
for (const kind of ["pointerdown", "keydown", "scroll"]) document.addEventListener(kind, () => { usedAt = Date.now(); });
// Unused, the pack closes: the key is forgotten with the page.
setInterval(() => { if (key && Date.now() - usedAt >= LOCK_AFTER_MS) location.reload(); }, 1000);
