// A sheet that slides over a phone: the rows of a list, or a menu. Esc closes it and the focus goes back.

import { arrows, h, iconButton } from "./dom.js";
import { t } from "./strings.js";

export function openSheet(screen, title, items, opener) {
  closeSheet(screen);
  const rows = items.map((item) =>
    h("button", { type: "button", class: "sheet-row", onclick: () => { close(); item.act(); } },
      item.icon ?? null,
      h("span", { class: "sheet-text" },
        h("span", { class: "sheet-label" }, item.label),
        item.description ? h("span", { class: "sheet-more" }, item.description) : null)));
  const list = h("div", { class: "sheet-rows" }, rows);
  const sheet = h("div", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-label": title },
    h("div", { class: "sheet-head" }, h("h3", {}, title), iconButton("close", t("close"), () => close())),
    list);
  const cover = h("div", { class: "cover", onclick: (event) => { if (event.target === cover) close(); } }, sheet);
  const behind = [...screen.children];

  function close() {
    if (!cover.isConnected) return;
    cover.remove();
    for (const element of behind) element.inert = false;
    (opener?.isConnected ? opener : screen.querySelector("textarea"))?.focus();
  }

  cover.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") {
      const stops = [...sheet.querySelectorAll("button")];
      const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
      if (document.activeElement === edge) {
        event.preventDefault();
        (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
      }
    }
  });
  arrows(list);
  cover.closeSheet = close;
  for (const element of behind) element.inert = true;
  screen.append(cover);
  rows[0]?.focus();
}

export function closeSheet(screen) {
  screen.querySelector(":scope > .cover")?.closeSheet();
}

// A small form over the whole page.
export function openDialog(title, content, actions = []) {
  const dialog = h("dialog", { class: "dialog", "aria-label": title },
    h("div", { class: "sheet-head" }, h("h2", {}, title), iconButton("close", t("close"), () => dialog.close())),
    content,
    actions.length ? h("div", { class: "dialog-actions" }, actions) : null);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
