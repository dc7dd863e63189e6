// The page where parts of a picture are covered. The number fields hold what is covered; the frames over the picture
// show them, and drawing, moving and resizing with mouse or finger writes into them.
"use strict";

const NUMBERS = ["left", "top", "width", "height"];
const SMALLEST = 4; // pixels of the picture: less is a slip of the hand
const parts = () => [...document.querySelectorAll("#boxes > .box")];
const stage = () => document.getElementById("stage");
const fieldOf = (row, name) => row.querySelector(`[name=${name}]`);
const boxOf = (row) => Object.fromEntries(NUMBERS.map((name) => [name, Number(fieldOf(row, name).value)]));

function lay(frame, box) {
  const { width, height } = stage().dataset;
  frame.style.left = `${(100 * box.left) / width}%`;
  frame.style.width = `${(100 * box.width) / width}%`;
  frame.style.top = `${(100 * box.top) / height}%`;
  frame.style.height = `${(100 * box.height) / height}%`;
}

function draw() {
  if (!stage()) return;
  stage().querySelectorAll(".part, .offer").forEach((one) => one.remove());
  document.querySelectorAll(".offers li").forEach((one) => {
    const frame = Object.assign(document.createElement("div"), { className: "offer" });
    lay(frame, Object.fromEntries(NUMBERS.map((name) => [name, Number(one.dataset[name])])));
    stage().append(frame);
  });
  parts().forEach((row, place) => {
    const title = document.getElementById("boxes").dataset.part.replace("%", place + 1);
    row.querySelector("legend").textContent = title;
    row.querySelector("[data-removes]").setAttribute("aria-label", `${row.querySelector("[data-removes]").textContent} ${title}`);
    const frame = Object.assign(document.createElement("div"), { className: "part" });
    frame.dataset.place = place;
    frame.append(Object.assign(document.createElement("b"), { textContent: place + 1 }));
    frame.append(Object.assign(document.createElement("i"), { className: "grip" }));
    frame.classList.toggle("chosen", row.contains(document.activeElement));
    lay(frame, boxOf(row));
    stage().append(frame);
  });
}

function put(row, box) {
  NUMBERS.forEach((name) => { fieldOf(row, name).value = Math.round(box[name]); });
  draw();
}

function add(box, kind) {
  const template = document.getElementById("box-row");
  const row = template.content.firstElementChild.cloneNode(true), before = parts().at(-1);
  fieldOf(row, "kind").value = kind ?? (before ? fieldOf(before, "kind").value : fieldOf(row, "kind").value);
  template.before(row);
  put(row, box);
  return row;
}

function remove(row) {
  row.remove();
  draw();
}

const within = (value, least, most) => Math.min(Math.max(value, least), most);

// Where the pointer is, in pixels of the picture.
function spot(event) {
  const whole = stage().getBoundingClientRect(), width = Number(stage().dataset.width), height = Number(stage().dataset.height);
  return {
    x: within(Math.round(((event.clientX - whole.left) / whole.width) * width), 0, width),
    y: within(Math.round(((event.clientY - whole.top) / whole.height) * height), 0, height),
  };
}

let held = null;
document.addEventListener("pointerdown", (event) => {
  if (event.button || !event.isPrimary || !event.target.closest("#stage")) return;
  event.preventDefault();
  const from = spot(event), frame = event.target.closest(".part");
  const row = frame ? parts()[Number(frame.dataset.place)] : add({ left: from.x, top: from.y, width: 0, height: 0 });
  const does = !frame ? "draw" : event.target.closest(".grip") ? "resize" : "move";
  held = { row, from, does, box: boxOf(row) };
  stage().setPointerCapture(event.pointerId);
});
document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const to = spot(event), { box, from } = held, width = Number(stage().dataset.width), height = Number(stage().dataset.height);
  if (held.does === "move") {
    const left = within(box.left + to.x - from.x, 0, width - box.width), top = within(box.top + to.y - from.y, 0, height - box.height);
    put(held.row, { ...box, left, top });
    return;
  }
  const fixed = { x: box.left, y: box.top };
  put(held.row, {
    left: Math.min(fixed.x, to.x),
    top: Math.min(fixed.y, to.y),
    width: Math.abs(to.x - fixed.x),
    height: Math.abs(to.y - fixed.y),
  });
});
const release = () => {
  if (!held) return;
  const { row, does, box } = held, now = boxOf(row);
  held = null;
  if (now.width >= SMALLEST && now.height >= SMALLEST) return;
  if (does === "draw") remove(row);
  else put(row, box);
};
document.addEventListener("pointerup", release);
document.addEventListener("pointercancel", release);

document.addEventListener("click", (event) => {
  const offer = event.target.closest("[data-takes]")?.closest("li");
  if (offer) {
    add(Object.fromEntries(NUMBERS.map((name) => [name, Number(offer.dataset[name])])), offer.dataset.kind);
    offer.remove();
    draw();
  }
  if (event.target.closest("[data-removes]")) {
    remove(event.target.closest(".box"));
    document.getElementById("add").focus();
  }
  if (event.target.closest("#add")) {
    const { width, height } = stage().dataset;
    const row = add({ left: width / 4, top: height / 4, width: Math.max(1, width / 4), height: Math.max(1, height / 10) });
    fieldOf(row, "kind").focus();
  }
});
["input", "focusin", "focusout", "htmx:afterSettle", "DOMContentLoaded"].forEach((kind) => document.addEventListener(kind, () => { if (!held) draw(); }));
