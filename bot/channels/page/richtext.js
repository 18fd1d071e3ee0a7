// Texts as a phone shows them: WhatsApp's own markup, links, line breaks. Built from nodes, never from HTML.

import { h } from "./dom.js";

const SPAN = /(?<![\p{L}\p{N}\u2060])(```|[*_~])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/u;
const TAGS = { "*": "strong", "_": "em", "~": "s", "```": "code" };
const LINK = /https:\/\/[^\s<>"]+[^\s<>".,;:!?)]/;

export function rich(text, markedUp) {
  return markedUp ? spans(text) : links(text);
}

function spans(text) {
  const found = SPAN.exec(text);
  if (!found) return links(text);
  const [whole, sign, inner] = found;
  const body = sign === "```" ? [inner] : spans(inner);
  return [...links(text.slice(0, found.index)), h(TAGS[sign], {}, ...body), ...spans(text.slice(found.index + whole.length))];
}

function links(text) {
  const found = LINK.exec(text);
  if (!found) return text ? [text] : [];
  const link = h("a", { href: found[0], target: "_blank", rel: "noopener noreferrer" }, found[0]);
  return [text.slice(0, found.index), link, ...links(text.slice(found.index + found[0].length))].filter((part) => part !== "");
}
