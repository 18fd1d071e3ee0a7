// Where a person writes: the text, the attachments, the start button of Telegram, the way back from a block.

import { h, icon, iconButton } from "./dom.js";
import { PLACES, samplePhoto, sampleVoice } from "./samples.js";
import { openSheet } from "./sheet.js";
import { t } from "./strings.js";

export class Composer {
  constructor(view) {
    this.view = view;
    const { name } = view.phone;
    this.text = h("textarea", { rows: 1, "aria-label": `${t("write")} (${name})`, placeholder: t("write"), enterkeyhint: "send", autocomplete: "off" });
    this.text.addEventListener("input", () => this.fit());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit();
      }
    });
    this.photo = this.input("image/*", (file) => view.send("photo", file, file.name));
    this.document = this.input("", (file) => view.send("document", file, file.name));
    const attach = iconButton("clip", t("attach"), () => this.openAttach(attach), { "aria-haspopup": "dialog" });
    this.sendButton = iconButton("send", t("send"), () => this.submit(), { class: "icon-button send" });
    this.form = h("div", { class: "composer-row" }, attach, this.text, this.sendButton);
    this.start = h("button", { type: "button", class: "wide", onclick: () => view.join(view.phone.code ?? "") }, t("start"));
    this.unblock = h("button", { type: "button", class: "wide", onclick: () => view.block(false) }, t("unblock"));
    this.element = h("div", { class: "composer" }, this.photo, this.document);
  }

  // Shows the one of the three that fits the moment, and keeps what has been typed.
  refresh() {
    const { view } = this;
    const wanted = view.phone.blocked ? this.unblock : view.look === "telegram" && view.fresh ? this.start : this.form;
    if (this.shown === wanted) return;
    const focused = this.shown?.contains(document.activeElement);
    this.shown?.remove();
    this.element.append(wanted);
    this.shown = wanted;
    if (focused) (wanted === this.form ? this.text : wanted).focus();
  }

  prompt(example) { this.text.placeholder = example || t("write"); }

  fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 120)}px`;
  }

  async submit() {
    const text = this.text.value;
    if (!text.trim()) return;
    this.text.value = "";
    this.fit();
    this.text.focus();
    await this.view.say(text);
  }

  openAttach(opener) {
    const { view } = this;
    const { code } = view.phone;
    const items = [
      { icon: icon("photo"), label: t("attach_photo"), act: () => this.photo.click() },
      { icon: icon("photo"), label: t("attach_sample"), act: async () => view.send("photo", await samplePhoto(), "milano.jpg") },
      { icon: icon("file"), label: t("attach_document"), act: () => this.document.click() },
      { icon: icon("mic"), label: t("attach_voice"), act: () => view.send("voice", sampleVoice(), "nota-vocale.wav") },
      ...PLACES.map((place) => ({ icon: icon("place"), label: t("attach_place", { place: place.name }), act: () => view.locate(place) })),
      { icon: icon("contact"), label: t("attach_contact"), description: view.phone.number, act: () => view.shareContact() },
    ];
    if (code) items.push({ icon: icon("ticket"), label: t("attach_code", { code }), act: () => view.join(code) });
    openSheet(view.screen, t("attach"), items, opener);
  }

  input(accept, act) {
    const input = h("input", { type: "file", class: "hidden-file", accept, tabindex: "-1", "aria-hidden": "true" });
    input.addEventListener("change", () => {
      for (const file of input.files) act(file);
      input.value = "";
    });
    return input;
  }
}
