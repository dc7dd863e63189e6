// The edit form: the description's length against its limits, and a row for each file that is picked or dropped.
"use strict";

function count() {
  const line = document.querySelector("[data-count]");
  if (!line) return;
  const text = document.getElementById(line.dataset.count);
  const reason = document.getElementById("reason")?.selectedOptions[0];
  const least = Math.max(Number(text.dataset.least), Number(reason?.dataset.least ?? 0)), most = Number(text.dataset.most);
  const length = text.value.trim().length; // UTF-16 units, as the limits are
  const out = line.querySelector("output");
  const fault = length > most ? line.dataset.long : length < least ? line.dataset.short : "";
  out.textContent = `${length} / ${most}${fault ? ` · ${fault}` : ""}`;
  out.classList.toggle("over", Boolean(fault));
}

function another() {
  const place = document.getElementById("files");
  place.insertBefore(document.getElementById("file-row").content.cloneNode(true), document.getElementById("file-row"));
  return [...place.querySelectorAll("input[type=file]")].at(-1);
}

document.addEventListener("input", (event) => { if (event.target.closest("#fields")) count(); });
document.addEventListener("change", (event) => {
  if (!event.target.matches("#files input[type=file]")) return;
  if ([...document.querySelectorAll("#files input[type=file]")].every((one) => one.files.length)) another();
});
document.addEventListener("dragover", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.classList.remove("dropping"));
document.addEventListener("drop", (event) => {
  const zone = event.target.closest("#edit");
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove("dropping");
  for (const file of event.dataTransfer.files) {
    const free = [...zone.querySelectorAll("#files input[type=file]")].find((one) => !one.files.length) ?? another();
    const one = new DataTransfer();
    one.items.add(file);
    free.files = one.files;
    free.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
document.addEventListener("htmx:afterSettle", count);
document.addEventListener("DOMContentLoaded", count);

// Nobody loses what they typed by leaving without a word; whoever goes on to cover a picture keeps it first.
function edited() {
  const form = document.getElementById("edit");
  const changed = (one) => {
    if (one.type === "file") return one.files.length > 0;
    if (one.matches("[type=checkbox], [type=radio]")) return one.checked !== one.defaultChecked;
    if (!one.options) return one.value !== one.defaultValue;
    const first = [...one.options].findIndex((option) => option.defaultSelected);
    return one.selectedIndex !== Math.max(first, 0);
  };
  return Boolean(form) && ("unsaved" in form.dataset || [...form.querySelectorAll("input:not([type=hidden]), textarea, select")].some(changed));
}
let decided = false; // the console itself sends elsewhere: what was typed is kept, or somebody said that it may go
document.addEventListener("htmx:beforeOnLoad", (event) => { decided = event.detail.xhr.getResponseHeader("HX-Redirect") !== null; });
addEventListener("beforeunload", (event) => { if (edited() && !decided) event.preventDefault(); });
addEventListener("pageshow", () => { decided = false; });
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.closest("#edit") || !edited()) return;
  event.preventDefault();
  if (confirm(document.getElementById("edit").dataset.leave)) event.detail.issueRequest(true);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "fields") document.getElementById("edit").dataset.unsaved = "";
});
document.addEventListener("click", (event) => {
  const form = document.getElementById("edit"), link = event.target.closest("a[data-saves]");
  if (link && edited()) {
    event.preventDefault();
    form.elements.then.value = link.dataset.saves;
    form.requestSubmit();
  } else if (event.target.closest("#edit button.yes")) form.elements.then.value = "";
});
