// Ticking rows with the keyboard: `x` the chosen one, `A` all or none; and how many are ticked, on the button.
"use strict";

const boxes = (form) => [...form.querySelectorAll("input[type=checkbox][name=case], input[type=checkbox][name=item]")];

function total() {
  const form = document.querySelector("form[data-counts]");
  if (!form) return;
  const count = boxes(form).filter((one) => one.checked).length;
  form.querySelectorAll("[data-total]").forEach((out) => { out.textContent = count; });
  form.querySelectorAll("button.yes, button.no").forEach((button) => { button.disabled = !count; });
  // A group of which too little is left to look alike needs no yes of its own.
  form.querySelectorAll(".kin").forEach((kin) => {
    const box = kin.querySelector("input[name=confirmed]");
    if (box) box.required = boxes(kin).filter((one) => one.checked).length > 1;
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick]");
  if (!button) return;
  const form = button.closest("form");
  if (button.dataset.tick === "all") {
    const every = boxes(form), on = every.some((one) => !one.checked);
    every.forEach((one) => { one.checked = on; });
  } else {
    form.querySelector("[data-row].chosen input[type=checkbox]")?.click();
  }
  total();
});
document.addEventListener("change", (event) => { if (event.target.matches("form[data-counts] input")) total(); });
document.addEventListener("htmx:afterSettle", total);
window.addEventListener("pageshow", total); // a browser that goes back brings its ticks along
