// Keys. Whatever carries `data-key` is pressed (or, if it is a field, entered) by that key; rows carry `data-row`, and
// j, k and Enter walk them. `?` lists what the page offers. Nothing happens while somebody types.
"use strict";

const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-row]")];
let chosen = "";

function choose(row) {
  rows().forEach((one) => one.classList.toggle("chosen", one === row));
  chosen = row ? row.dataset.row : "";
  row?.querySelector("a, input")?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function walk(by) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.row === chosen);
  const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  choose(all[to]);
}

function press(wanted) {
  const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === wanted && !one.disabled);
  if (!found) return false;
  const field = found.dataset.wants && document.getElementById(found.dataset.wants);
  if (field && !field.value.trim()) field.focus();
  else if (found.matches("input:not([type=checkbox]), textarea, select")) found.focus();
  else found.click();
  return true;
}

// Of several buttons none is the one that Enter means, unless just one wants this very field.
function enter(event) {
  const buttons = [...(event.target.form?.querySelectorAll("button:not([type=button])") ?? [])];
  if (buttons.length < 2) return;
  event.preventDefault();
  const wanting = buttons.filter((one) => one.dataset.wants === event.target.id);
  if (wanting.length === 1) wanting[0].click();
}

// Says at a field why it must be filled in, until somebody does something about it.
function ask(field) {
  field.focus();
  field.setCustomValidity(document.body.dataset.fill);
  field.reportValidity();
  const forget = () => field.setCustomValidity("");
  ["input", "keydown", "pointerdown"].forEach((kind) => document.addEventListener(kind, forget, { once: true, capture: true }));
}

function list() {
  const place = document.querySelector("#keys dl");
  const line = (key, does) => {
    const name = document.createElement("dt"), text = document.createElement("dd");
    name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    text.textContent = does;
    return [name, text];
  };
  const walked = rows().length ? [["j", place.dataset.next], ["k", place.dataset.previous], ["Enter", place.dataset.open]] : [];
  const bound = [...document.querySelectorAll("[data-key]")].map((one) => [one.dataset.key, one.dataset.does]);
  place.replaceChildren(...[...walked, ...bound].flatMap(([key, does]) => line(key, does)));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    if (event.key === "Enter" && event.target.matches("input")) enter(event);
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const walking = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (walking && rows().length) walk(walking);
  else if (event.key === "Enter" && chosen && event.target === document.body) rows().find((row) => row.dataset.row === chosen)?.querySelector("a")?.click();
  else if (!press(event.key)) return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (!opener) return;
  if (opener.dataset.opens === "keys") list();
  document.getElementById(opener.dataset.opens).showModal();
});

// A form that was put into the page just now is HTMX's before it goes: sent by the browser itself, it would lack the token.
const taken = new WeakSet();
document.addEventListener("htmx:afterProcessNode", (event) => taken.add(event.detail.elt));
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (taken.has(form) || !form.matches("[hx-boost]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  htmx.process(form);
  taken.add(form);
  // Not within this sending: a form is not sent while it is being sent.
  setTimeout(() => (event.submitter ? event.submitter.click() : form.requestSubmit()));
}, true);

// A button that wants a comment does not go without one.
document.addEventListener("submit", (event) => {
  const field = event.submitter?.dataset.wants && document.getElementById(event.submitter.dataset.wants);
  if (!field || field.value.trim()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(field);
}, true);

// A list that was written anew keeps its chosen row.
document.addEventListener("htmx:afterSwap", () => {
  const row = rows().find((one) => one.dataset.row === chosen);
  if (row) choose(row);
});
