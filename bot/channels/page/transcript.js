// The dialogue of a phone in the format of the project's golden dialogues, ready to copy.

import { attempt, transcript } from "./api.js";
import { announce, h } from "./dom.js";
import { openDialog } from "./sheet.js";
import { t } from "./strings.js";

export async function showTranscript(phone) {
  const text = await attempt(() => transcript(phone.address));
  if (text === undefined) return;
  const title = t("transcript_title", { name: phone.name });
  const area = h("textarea", { class: "transcript", readonly: true, rows: 16, "aria-label": title });
  area.value = text;
  const copy = h("button", { type: "button", class: "primary", onclick: () => copyText(area) }, t("copy"));
  openDialog(title, h("div", {}, h("p", { class: "muted" }, t("transcript_hint")), area), [copy]);
  copy.focus();
}

async function copyText(area) {
  try {
    await navigator.clipboard.writeText(area.value);
  } catch {
    // Without permission for the clipboard the selection still copies.
    area.select();
    document.execCommand("copy");
  }
  announce(t("copied"));
}
