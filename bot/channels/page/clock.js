// The program's clock: what it shows, and how to move it forward.

import { attempt, post } from "./api.js";
import { announce, h, icon } from "./dom.js";
import { openDialog } from "./sheet.js";
import { duration, locale, t } from "./strings.js";

let offset = 0;
let zone = "Europe/Rome";
let face = null;
let ahead = null;
let back = null;

export function buildClock(region) {
  face = h("time", { class: "face" });
  ahead = h("span", { class: "ahead" });
  back = button(t("clock_now"), reset);
  region.replaceChildren(
    h("div", { class: "now" }, icon("clock"), h("div", { class: "now-text" }, face, ahead)),
    h("div", { class: "moves", role: "group", "aria-label": t("clock_region") },
      button(t("clock_hour"), () => move(3600)),
      button(t("clock_day"), () => move(86400)),
      button(t("clock_week"), () => move(8 * 86400)),
      button(t("clock_custom"), custom),
      back));
  show();
}

export function setClock(seconds, timeZone) {
  offset = seconds;
  zone = timeZone;
  show();
}

export function programTime() { return Date.now() + offset * 1000; }

export function startClock() { setInterval(show, 1000); }

function show() {
  const now = new Date(Date.now() + offset * 1000);
  const style = { timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  const text = new Intl.DateTimeFormat(locale(), style).format(now);
  if (face.textContent !== text) face.textContent = text;
  face.dateTime = now.toISOString();
  const moved = offset > 30;
  ahead.textContent = moved ? t("clock_ahead", { time: duration(offset) }) : "";
  back.hidden = !moved;
}

async function move(seconds) {
  const done = await attempt(() => post("clock", { seconds }));
  if (!done) return;
  setClock(Math.round((new Date(done.now) - Date.now()) / 1000), zone);
  announce(t("clock_moved", { time: duration(offset) }));
}

async function reset() {
  const done = await attempt(() => post("clock", { reset: true }));
  if (done) announce(t("clock_reset"));
}

function custom() {
  const count = h("input", { type: "number", min: "1", max: "366", value: "3", "aria-label": t("clock_how_much"), required: true });
  const unit = h("select", { "aria-label": t("clock_how_much") },
    h("option", { value: "60" }, t("minutes")), h("option", { value: "3600" }, t("hours")), h("option", { value: "86400", selected: true }, t("days")));
  const form = h("form", { method: "dialog", class: "inline-form" }, count, unit, h("button", { class: "primary" }, t("move")));
  const dialog = openDialog(t("clock_how_much"), form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const seconds = Math.round(count.valueAsNumber * Number(unit.value));
    dialog.close();
    if (seconds > 0) move(seconds);
  });
  count.focus();
  count.select();
}

function button(label, onclick) { return h("button", { type: "button", class: "pill", onclick }, label); }
