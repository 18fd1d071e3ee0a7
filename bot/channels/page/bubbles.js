// One entry of a chat as an element: bubbles, keyboards, list buttons, notices.

import { h, icon } from "./dom.js";
import { rich } from "./richtext.js";
import { duration, locale, t } from "./strings.js";

// Gives null for what a phone does not show: a tap on Telegram, the transcript's own lines.
export function render(entry, view) {
  switch (entry.kind) {
    case "bubble": return botBubble(entry, view);
    case "said": return own(entry, view, h("div", { class: "text" }, rich(entry.text, view.look === "whatsapp")));
    case "tap": return view.look === "whatsapp" ? own(entry, view, h("div", { class: "text" }, entry.label)) : null;
    case "file": return own(entry, view, file(entry), entry.caption ? h("div", { class: "text" }, entry.caption) : null);
    case "location": return own(entry, view, place(entry));
    case "contact": return own(entry, view, card("contact", t("contact"), entry.contact));
    case "joined": return notice(entry.code ? t("opened_link", { code: entry.code }) : t("opened_chat"));
    case "block": return notice(t("was_blocked"));
    case "unblock": return notice(t("was_unblocked"));
    case "wait": return notice(t("passed", { time: duration(entry.seconds) }), "wait");
    default: return null;
  }
}

export function dayOf(entry, zone) {
  return new Intl.DateTimeFormat(locale(), { timeZone: zone, weekday: "long", day: "numeric", month: "long" })
    .format(new Date(entry.at));
}

export function dayLine(text) {
  return h("div", { class: "day", role: "separator", "aria-label": text, "data-day": text }, h("span", {}, text));
}

function botBubble(entry, view) {
  const message = h("div", { class: "message bot" });
  const body = h("div", { class: "bubble" }, h("span", { class: "sr" }, t("bot_says")));
  if (entry.template) body.append(h("div", { class: "template" }, t("template")));
  if (entry.file) body.append(file(entry));
  if (entry.title) body.append(h("div", { class: "title" }, entry.title));
  if (entry.text) body.append(h("div", { class: "text" }, rich(entry.text, entry.marked_up)));
  body.append(meta(entry, view));
  message.append(body);
  if (entry.rows) {
    const open = h("button", { type: "button", class: "reply list-button", "aria-haspopup": "dialog" }, icon("list"), entry.list_label);
    open.addEventListener("click", () => view.openList(entry, open));
    message.append(h("div", { class: "replies" }, open));
  }
  if (entry.keys) {
    const shape = view.look === "whatsapp" ? "replies" : "keyboard";
    message.append(h("div", { class: shape, role: "group", "aria-label": entry.title || t("list_title") },
      entry.keys.map((row) => h("div", { class: "key-row" }, row.map((key) => keyButton(key, entry, view))))));
  }
  return message;
}

function keyButton(key, entry, view) {
  const button = h("button", { type: "button", class: view.look === "whatsapp" ? "reply" : "key" }, key.label);
  button.addEventListener("click", () => view.tap(entry, key.token, button));
  return button;
}

function own(entry, view, ...content) {
  const message = h("div", { class: "message mine" },
    h("div", { class: "bubble" }, h("span", { class: "sr" }, t("person_says", { name: view.phone.name })), content, meta(entry, view)));
  if (entry.ticks === "failed") {
    message.append(h("button", { type: "button", class: "again", onclick: () => view.again(entry) }, icon("warn"), `${t("failed")}. ${t("again")}`));
  }
  return message;
}

function meta(entry, view) {
  const time = new Intl.DateTimeFormat(locale(), { timeZone: view.zone, hour: "2-digit", minute: "2-digit" }).format(new Date(entry.at));
  return h("div", { class: "meta" },
    entry.edited ? h("span", {}, t("edited")) : null,
    h("time", { datetime: entry.at }, time),
    view.look === "whatsapp" || entry.kind !== "bubble" ? ticks(entry.ticks, entry.kind === "bubble") : null);
}

function ticks(rank, ofBot) {
  if (!rank || rank === "failed") return null;
  const label = ofBot ? t("bot_knows", { rank: t(rank) }) : t(rank);
  return h("span", { class: `ticks ${rank}`, role: "img", "aria-label": label, title: label }, icon(rank === "sent" ? "tick1" : "tick2"));
}

function file(entry) {
  const { id, name, mime, size } = entry.file;
  const source = `/simulator/file/${encodeURIComponent(id)}`;
  if (entry.media === "photo") return h("img", { class: "photo", src: source, alt: name || t("photo"), loading: "lazy" });
  if (entry.media === "voice") return h("audio", { controls: true, preload: "none", src: source, "aria-label": t("voice") });
  return h("a", { class: "card", href: source, download: name, "aria-label": t("download", { name }) },
    h("span", { class: "card-icon" }, icon("file")),
    h("span", { class: "card-text" }, h("strong", {}, name), h("small", {}, `${kind(mime, name)} · ${weight(size)}`)));
}

function place(entry) {
  return card("place", t("location"), `${entry.latitude}, ${entry.longitude}`);
}

function card(name, title, detail) {
  return h("div", { class: "card" }, h("span", { class: "card-icon" }, icon(name)),
    h("span", { class: "card-text" }, h("strong", {}, title), h("small", {}, detail)));
}

function notice(text, extra = "") {
  return h("div", { class: `notice ${extra}` }, h("span", {}, extra === "wait" ? icon("clock") : null, text));
}

function kind(mime, name) {
  return (name.includes(".") ? name.split(".").pop() : mime.split("/").pop()).toUpperCase().slice(0, 8);
}

function weight(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const number = bytes < 1024 * 1024 ? [bytes / 1024, "KB"] : [bytes / 1024 / 1024, "MB"];
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(number[0])} ${number[1]}`;
}
