// One phone: its caption, the chat and what its holder can do.

import { attempt, post, upload } from "./api.js";
import { dayLine, dayOf, render } from "./bubbles.js";
import { programTime } from "./clock.js";
import { Composer } from "./composer.js";
import { announce, arrows, h, iconButton, newKey, icon } from "./dom.js";
import { closeSheet, openSheet } from "./sheet.js";
import { t } from "./strings.js";
import { showTranscript } from "./transcript.js";

const TYPING_AFTER = 350;
const TYPING_MOST = 6000;

export class PhoneView {
  constructor(phone, zone, entries) {
    this.phone = phone;
    this.zone = zone;
    this.entries = new Map();
    this.pending = new Map();
    this.waiting = 0;
    this.readUpTo = 0;
    this.build();
    this.showAll(entries);
  }

  get look() { return this.phone.look; }
  get address() { return this.phone.address; }

  build() {
    const { name } = this.phone;
    this.log = h("div", { class: "log", role: "log", "aria-label": t("chat_with", { name }), tabindex: "0" });
    this.about = h("span", { class: "about" });
    this.composer = new Composer(this);
    this.screen = h("div", { class: `screen ${this.look}` },
      h("div", { class: "chat-head" },
        h("span", { class: "avatar", "aria-hidden": "true" }, "W"),
        h("div", { class: "chat-name" }, h("strong", {}, t("bot_name")), this.about)),
      this.log,
      this.composer.element);
    this.element = h("section", { class: "phone", id: `phone-${this.phone.id}`, "aria-label": t("phone_of", { name }) },
      this.caption(), this.screen);
    arrowsInKeyboards(this.log);
    this.stuck = true;
    this.log.addEventListener("scroll", () => { this.stuck = this.isAtEnd(); });
    this.sizes = new ResizeObserver(() => { if (this.stuck) this.toEnd(); });
    this.sizes.observe(this.log);
    this.refresh();
  }

  caption() {
    const { name, role } = this.phone;
    this.roleText = role?.[document.documentElement.lang] ?? role?.it ?? "";
    this.below = h("p", {});
    const more = iconButton("dots", t("more", { name }), () => this.openMenu(more), { "aria-haspopup": "dialog" });
    return h("header", { class: "caption" },
      h("div", { class: "who" }, h("h2", {}, name), this.below),
      this.lookSwitch(),
      more);
  }

  lookSwitch() {
    const group = h("div", { class: "looks", role: "radiogroup", "aria-label": t("look") });
    for (const [look, label] of [["whatsapp", "WhatsApp"], ["telegram", "Telegram"]]) {
      const chosen = look === this.look;
      group.append(h("button", {
        type: "button", role: "radio", "aria-checked": String(chosen), tabindex: chosen ? "0" : "-1",
        onclick: () => chosen || attempt(() => post("phone", { phone: this.address, look })),
      }, label));
    }
    arrows(group);
    return group;
  }

  // The phone's own settings changed; its entries did not.
  update(phone, zone) {
    this.phone = phone;
    this.zone = zone;
    this.refresh();
  }

  refresh() {
    this.element.classList.toggle("is-blocked", this.phone.blocked);
    this.about.textContent = this.typing ? t("typing") : this.phone.blocked ? t("blocked") : this.look === "telegram" ? t("bot_about") : t("online");
    this.below.textContent = this.windowClosed() ? t("window_closed") : this.roleText || this.phone.number;
    this.composer.refresh();
    this.showIntro();
  }

  // WhatsApp takes only templates when she has not written for 24 hours.
  windowClosed() {
    const last = this.phone.last_inbound;
    return this.look === "whatsapp" && Boolean(last) && programTime() - new Date(last) >= 86400000;
  }

  showAll(entries) {
    this.log.setAttribute("aria-busy", "true");
    for (const entry of entries) this.show(entry);
    this.log.removeAttribute("aria-busy");
    this.refresh();
    this.toEnd();
  }

  show(entry) {
    const old = this.entries.get(entry.n);
    const element = render(entry, this);
    if (old) {
      const focused = old.element?.contains(document.activeElement);
      if (element && old.element) {
        Object.assign(element.dataset, old.element.dataset);
        old.element.replaceWith(element);
        if (this.stuck) this.toEnd();
      }
      if (focused) (element?.querySelector(".key, .reply") ?? this.composer.text).focus();
    } else if (element) {
      this.place(element, entry);
    }
    this.entries.set(entry.n, { entry, element });
    if (entry.kind === "bubble") {
      this.composer.prompt(entry.prompt ?? "");
      if (!old || entry.edited) this.setTyping(false);
    }
    for (const picture of element?.querySelectorAll("img") ?? []) picture.addEventListener("load", () => { if (this.stuck) this.toEnd(); });
    if (!old) {
      this.showIntro();
      this.composer.refresh();
    }
  }

  // Entries may come late (a later change of an earlier one): each stands by its number, under its day.
  place(element, entry) {
    const day = dayOf(entry, this.zone);
    Object.assign(element.dataset, { n: entry.n, day });
    const later = [...this.log.children].find((other) => Number(other.dataset.n) > entry.n) ?? this.typing ?? null;
    const before = later ? later.previousElementSibling : this.log.lastElementChild;
    if (before?.dataset.day !== day) this.log.insertBefore(dayLine(day), later);
    this.log.insertBefore(element, later);
    if (this.stuck || entry.kind !== "bubble") this.toEnd();
  }

  isAtEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80; }
  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.stuck = true;
  }

  get fresh() { return ![...this.entries.values()].some(({ element }) => element); }

  showIntro() {
    this.intro?.remove();
    this.intro = null;
    if (!this.fresh) return;
    const { name, code } = this.phone;
    const text = this.roleText ? t("intro_role", { name, role: this.roleText.toLowerCase() }) : t("intro", { name });
    this.intro = h("div", { class: "intro" }, h("p", {}, text),
      code ? h("button", { type: "button", class: "chip", onclick: () => this.join(code) }, icon("ticket"), t("intro_code", { code: code.replaceAll("-", "\u2011") })) : null,
      this.look === "whatsapp" ? h("button", { type: "button", class: "chip quiet", onclick: () => this.say(t("hello")) }, t("intro_hello")) : null);
    this.log.append(this.intro);
  }

  // What a person does is posted with a key of its own, so that a repetition is known as one.
  async act(route, body, key = newKey()) {
    this.pending.set(key, { route, body });
    this.startTyping();
    const done = await attempt(() => post(route, { phone: this.address, key, ...body }));
    if (!done) this.setTyping(false);
    return done !== undefined;
  }

  say(text) { return this.act("say", { text }); }
  join(code) { return this.act("join", { code }); }
  locate(place) { return this.act("location", { latitude: place.latitude, longitude: place.longitude }); }
  shareContact() { return this.act("contact", {}); }

  async tap(entry, token, button) {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    await this.act("tap", { message: entry.n, token });
    button.removeAttribute("aria-busy");
  }

  async send(media, blob, name) {
    this.startTyping();
    const done = await attempt(() => upload({ phone: this.address, key: newKey(), media, caption: "" }, blob, name));
    if (!done) this.setTyping(false);
  }

  again(entry) {
    const known = this.pending.get(entry.key);
    if (known) return this.act(known.route, known.body, entry.key);
    if (entry.kind === "said") return this.act("say", { text: entry.text }, entry.key);
    if (entry.kind === "tap") return this.act("tap", { message: entry.ref, token: entry.token }, entry.key);
    return announce(t("error_other"));
  }

  openList(entry, opener) {
    const items = entry.rows.map((row) => ({
      label: row.label, description: row.description, act: () => this.act("tap", { message: entry.n, token: row.token }),
    }));
    openSheet(this.screen, entry.list_label || t("list_title"), items, opener);
  }

  openMenu(opener) {
    const { name, blocked, language } = this.phone;
    const other = language === "it" ? "en" : "it";
    const change = (body) => attempt(() => post("phone", { phone: this.address, ...body }));
    openSheet(this.screen, name, [
      { icon: icon("copy"), label: t("transcript"), act: () => showTranscript(this.phone) },
      { icon: icon("globe"), label: t("phone_language", { language: t(other === "it" ? "italian" : "english") }), act: () => change({ language: other }) },
      { icon: icon("block"), label: t(blocked ? "unblock" : "block"), act: () => this.block(!blocked) },
      { icon: icon("trash"), label: t("hide"), act: () => change({ hidden: true }) },
    ], opener);
  }

  block(blocked) { return attempt(() => post("block", { phone: this.address, key: newKey(), blocked })); }

  startTyping() {
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.setTyping(true), TYPING_AFTER);
  }

  setTyping(on) {
    clearTimeout(this.typingTimer);
    if (on) this.typingTimer = setTimeout(() => this.setTyping(false), TYPING_MOST);
    if (on === Boolean(this.typing)) return;
    this.typing?.remove();
    this.typing = on ? h("div", { class: "message bot typing", "aria-hidden": "true" }, h("div", { class: "bubble" }, h("i"), h("i"), h("i"))) : null;
    if (this.typing) {
      this.log.append(this.typing);
      this.toEnd();
    }
    this.about.textContent = on ? t("typing") : this.look === "telegram" ? t("bot_about") : t("online");
  }

  // Tells the program what has been read, as WhatsApp does, when the phone can be seen.
  reportRead() {
    if (this.look !== "whatsapp" || document.hidden || !this.element.checkVisibility()) return;
    const unread = [...this.entries.values()].map(({ entry }) => entry)
      .filter((entry) => entry.kind === "bubble" && entry.ticks !== "read" && entry.n > this.readUpTo);
    if (!unread.length) return;
    this.readUpTo = Math.max(...unread.map((entry) => entry.n));
    post("read", { phone: this.address, up_to: this.readUpTo }).catch(() => { this.readUpTo = 0; });
  }

  leave() {
    clearTimeout(this.typingTimer);
    this.sizes.disconnect();
    closeSheet(this.screen);
    this.element.remove();
  }
}

// Arrow keys walk through the buttons of the keyboard that has the focus.
function arrowsInKeyboards(log) {
  log.addEventListener("keydown", (event) => {
    const group = document.activeElement?.closest(".keyboard, .replies");
    if (!group || !log.contains(group)) return;
    const keys = [...group.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    keys[(keys.indexOf(document.activeElement) + step + keys.length) % keys.length].focus();
  });
}
