// The picture viewer: a click enlarges, the wheel and + and - zoom, dragging moves.
"use strict";

document.addEventListener("click", (event) => {
  const thumb = event.target.closest("[data-zoom]");
  if (!thumb) return;
  const dialog = document.getElementById("zoom"), image = dialog.querySelector("img");
  image.src = thumb.dataset.zoom;
  image.alt = thumb.dataset.name;
  scale(image, 0);
  dialog.showModal();
});

const SIZES = ["fit", "whole", "double", "quadruple"];

function scale(image, place) {
  const at = Math.min(Math.max(place, 0), SIZES.length - 1);
  image.dataset.at = at;
  image.className = SIZES[at];
}

document.addEventListener("wheel", (event) => {
  const image = event.target.closest("#zoom img");
  if (!image) return;
  event.preventDefault();
  scale(image, Number(image.dataset.at) + (event.deltaY < 0 ? 1 : -1));
}, { passive: false });

document.addEventListener("keydown", (event) => {
  const image = document.querySelector("#zoom[open] img");
  if (!image || !["+", "=", "-"].includes(event.key)) return;
  scale(image, Number(image.dataset.at) + (event.key === "-" ? -1 : 1));
});

let from = null;
document.addEventListener("pointerdown", (event) => {
  const image = event.target.closest("#zoom img");
  if (!image) return;
  event.preventDefault();
  const sheet = image.parentElement;
  from = { x: event.clientX + sheet.scrollLeft, y: event.clientY + sheet.scrollTop, sheet, moved: false };
});
document.addEventListener("pointermove", (event) => {
  if (!from) return;
  from.moved = true;
  from.sheet.scrollTo(from.x - event.clientX, from.y - event.clientY);
});
document.addEventListener("pointerup", (event) => {
  const image = event.target.closest("#zoom img");
  if (from && !from.moved && image) scale(image, (Number(image.dataset.at) + 1) % SIZES.length);
  from = null;
});
