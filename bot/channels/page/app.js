// The page: the phones side by side, the tabs of a narrow screen, language and theme.

import { attempt, listen, post } from "./api.js";
import { buildClock, setClock, startClock } from "./clock.js";
import { arrows, h, icon, iconButton } from "./dom.js";
import { PhoneView } from "./phone.js";
import { openDialog } from "./sheet.js";
import { language, setLanguage, t } from "./strings.js";

const phones = document.getElementById("phones");
const tabs = document.getElementById("tabs");
const views = new Map();
const entries = new Map();
let state = { phones: [], away: [], clock_offset: 0, time_zone: "Europe/Rome" };
let current = "";

function entriesOf(address) {
  if (!entries.has(address)) entries.set(address, new Map());
  return entries.get(address);
}

function onState(next) {
  state = next;
  setClock(state.clock_offset, state.time_zone);
  const wanted = new Set(state.phones.map((phone) => phone.address));
  const hadFocus = document.activeElement?.closest(".phone")?.id;
  for (const [address, view] of views) {
    if (wanted.has(address)) continue;
    view.leave();
    views.delete(address);
  }
  state.phones.forEach((phone, place) => {
    let view = views.get(phone.address);
    if (view) view.update(phone, state.time_zone);
    else {
      view = new PhoneView(phone, state.time_zone, [...entriesOf(phone.address).values()]);
      views.set(phone.address, view);
    }
    if (phones.children[place] !== view.element) phones.insertBefore(view.element, phones.children[place] ?? null);
    if (hadFocus === view.element.id && !document.activeElement?.closest(".phone")) view.element.querySelector("[role=radio][aria-checked=true]")?.focus();
    view.toEnd();
  });
  if (!state.phones.some((phone) => phone.id === current)) current = state.phones[0]?.id ?? "";
  showTabs();
}

function onEntry(entry) {
  entriesOf(entry.phone).set(entry.n, entry);
  views.get(entry.phone)?.show(entry);
  scheduleRead();
}

function onReset() {
  entries.clear();
  for (const view of views.values()) view.leave();
  views.clear();
  onState(state);
}

// On a narrow screen one phone is shown at a time.
function showTabs() {
  tabs.replaceChildren(...state.phones.map((phone) => h("button", {
    type: "button", role: "tab", id: `tab-${phone.id}`, "aria-controls": `phone-${phone.id}`,
    "aria-selected": String(phone.id === current), tabindex: phone.id === current ? "0" : "-1",
    onclick: () => choose(phone.id),
  }, phone.name)));
  for (const view of views.values()) view.element.classList.toggle("current", view.phone.id === current);
}

function choose(id) {
  current = id;
  showTabs();
  document.getElementById(`tab-${id}`)?.focus();
  for (const view of views.values()) if (view.phone.id === id) view.toEnd();
  scheduleRead();
}

let readTimer = 0;
function scheduleRead() {
  clearTimeout(readTimer);
  readTimer = setTimeout(() => { for (const view of views.values()) view.reportRead(); }, 400);
}

function buildTools() {
  document.getElementById("tools").replaceChildren(
    h("button", { type: "button", class: "pill strong", "aria-label": t("add_phone"), onclick: addPhone }, icon("plus"), h("span", {}, t("add_phone"))),
    h("button", { type: "button", class: "pill", lang: language === "it" ? "en" : "it", "aria-label": t("page_language_label"), onclick: () => { setLanguage(language === "it" ? "en" : "it"); rebuild(); } }, t("page_language")),
    iconButton("theme", t("theme"), switchTheme));
}

function addPhone() {
  const name = h("input", { type: "text", maxlength: "40", required: true, "aria-label": t("new_name"), placeholder: t("new_name"), autocomplete: "off" });
  const look = h("select", { "aria-label": t("look") }, h("option", { value: "whatsapp" }, "WhatsApp"), h("option", { value: "telegram" }, "Telegram"));
  const form = h("form", { method: "dialog", class: "inline-form" }, name, look, h("button", { class: "primary" }, t("create")));
  const back = state.away.map((phone) => h("button", {
    type: "button", class: "pill", onclick: () => { dialog.close(); attempt(() => post("phone", { phone: phone.address })); },
  }, t("bring_back", { name: phone.name })));
  const dialog = openDialog(t("new_title"), h("div", { class: "stack" }, form, back.length ? h("div", { class: "inline-form" }, back) : null));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    dialog.close();
    const added = await attempt(() => post("phone", { name: name.value, look: look.value, language }));
    if (!added) return;
    current = added.phone.split(":")[1];
    showTabs();
    document.getElementById(`phone-${current}`)?.scrollIntoView({ inline: "end", behavior: "smooth" });
  });
  name.focus();
}

function switchTheme() {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  setTheme(dark ? "light" : "dark");
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem("wis-theme", theme); } catch { /* the choice lasts for this visit */ }
}

function rebuild() {
  document.documentElement.lang = language;
  document.title = `WIS – ${t("simulator")}`;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
  buildTools();
  buildClock(document.getElementById("clock"));
  for (const view of views.values()) view.leave();
  views.clear();
  onState(state);
}

try {
  const theme = localStorage.getItem("wis-theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch { /* no storage: the system's theme */ }
arrows(tabs, "[role=tab]");
tabs.addEventListener("focusin", (event) => {
  const id = event.target.id?.replace(/^tab-/, "");
  if (id && id !== current) choose(id);
});
rebuild();
startClock();
document.addEventListener("visibilitychange", scheduleRead);
listen({ state: onState, entry: onEntry, reset: onReset });
