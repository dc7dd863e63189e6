// Files for an import: picked, picked as a folder, or dropped; what lies in folders keeps its path.
"use strict";

let picked = [];

function show() {
  const form = document.getElementById("import");
  const files = new DataTransfer();
  picked.forEach(({ file }) => files.items.add(file));
  form.elements.files.files = files.files;
  form.elements.paths.value = JSON.stringify(picked.map(({ path }) => path));
  const lines = picked.slice(0, 200).map(({ path }) => Object.assign(document.createElement("li"), { textContent: path }));
  form.querySelector(".picked").replaceChildren(...lines);
}

function add(found) {
  picked = [...picked.filter((one) => !found.some((other) => other.path === one.path)), ...found];
  show();
}

const whole = (entry, path) => new Promise((done, failed) => {
  if (entry.isFile) {
    entry.file((file) => done([{ file, path: path + file.name }]), failed);
    return;
  }
  const reader = entry.createReader(), all = [];
  const more = () => reader.readEntries((some) => {
    if (some.length) {
      all.push(...some);
      more();
    } else Promise.all(all.map((one) => whole(one, `${path}${entry.name}/`))).then((parts) => done(parts.flat()), failed);
  }, failed);
  more();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("#import input[type=file]")) return;
  add([...event.target.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
  if (event.target.id === "folder") event.target.value = "";
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-clears]")) return;
  picked = [];
  show();
});
const zone = (event) => event.target.closest?.("main") && document.getElementById("import");
document.addEventListener("dragover", (event) => {
  if (!zone(event)) return;
  event.preventDefault();
  zone(event).classList.add("dropping");
});
document.addEventListener("dragleave", (event) => zone(event)?.classList.remove("dropping"));
document.addEventListener("drop", async (event) => {
  const form = zone(event);
  if (!form) return;
  event.preventDefault();
  form.classList.remove("dropping");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const loose = [...event.dataTransfer.files].map((file) => ({ file, path: file.name }));
  add(entries.length ? (await Promise.all(entries.map((entry) => whole(entry, "")))).flat() : loose);
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = document.querySelector("#import progress");
  if (!bar || !event.detail.total) return;
  bar.hidden = false;
  bar.value = event.detail.loaded / event.detail.total;
});
document.addEventListener("htmx:afterSwap", () => { picked = []; });
