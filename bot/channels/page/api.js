// The way to the program: what is posted, and the stream of what happened.

import { announce } from "./dom.js";
import { t } from "./strings.js";

const HEADERS = { "X-WIS-Simulator": "1" };

export class Failed extends Error {}

export async function post(route, body) {
  const headers = { ...HEADERS, "Content-Type": "application/json" };
  return answer(fetch(`/simulator/${route}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

export async function upload(fields, file, name) {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  form.append("file", file, name);
  return answer(fetch("/simulator/file", { method: "POST", headers: HEADERS, body: form }));
}

export async function transcript(address) {
  const response = await fetch(`/simulator/transcript?phone=${encodeURIComponent(address)}`);
  if (!response.ok) throw new Failed("other");
  return response.text();
}

// Shows the reason to the person and goes on: the page never stops because one thing failed.
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    const key = `error_${error.message}`;
    announce(error instanceof Failed && t(key) !== key ? t(key) : t("error_other"));
    return undefined;
  }
}

export function listen(handlers, seen = "0", lost = false) {
  const stream = new EventSource(`/simulator/events?after=${seen}`);
  let last = seen;
  stream.addEventListener("state", (event) => handlers.state(JSON.parse(event.data)));
  stream.addEventListener("entry", (event) => {
    last = event.lastEventId;
    handlers.entry(JSON.parse(event.data));
  });
  stream.addEventListener("reset", () => {
    last = "0";
    handlers.reset();
  });
  stream.addEventListener("error", () => {
    if (!lost) announce(t("lost"));
    lost = true;
    // The browser tries a broken connection again by itself, but not one that was refused.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen(handlers, last, true), 3000);
  });
  stream.addEventListener("open", () => {
    if (lost) announce(t("back_online"));
    lost = false;
  });
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Failed("unready");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Failed(body.error ?? "other");
  return body;
}
