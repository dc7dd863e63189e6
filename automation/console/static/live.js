// Countdowns, and the live view: pictures of the worker's page come over a web socket, and what is done goes back as it is
// done. The server takes it back by closing the socket.
"use strict";

const ends = new WeakMap();

function count() {
  const now = performance.now();
  for (const timer of document.querySelectorAll("[data-left]")) {
    if (!ends.has(timer)) ends.set(timer, now + Number(timer.dataset.left) * 1000);
    const left = Math.max(0, Math.ceil((ends.get(timer) - now) / 1000));
    timer.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left === 0) timer.closest("[hx-trigger]")?.dispatchEvent(new CustomEvent("lapsed"));
  }
}
setInterval(count, 1000);
document.addEventListener("DOMContentLoaded", count);
document.addEventListener("htmx:load", count);

const BUTTONS = ["left", "middle", "right"];
const TWICE = 500; // milliseconds between two presses of Escape, or of a button, that belong together
let socket = null;

const modifiers = (event) =>
  event.getModifierState("AltGraph") ? event.shiftKey * 8 : event.altKey * 1 + event.ctrlKey * 2 + event.metaKey * 4 + event.shiftKey * 8;
const send = (message) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));

function open(view) {
  const [screen, said, start, back] = [".screen", ".said", "[data-view=open]", "[data-view=back]"].map((one) => view.querySelector(one));
  const canvas = view.querySelector("canvas");
  const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${view.dataset.live}`);
  let why = view.dataset.lost;
  socket?.close();
  socket = mine;
  mine.binaryType = "blob";
  said.textContent = view.dataset.opening;
  start.disabled = true;
  mine.onmessage = async ({ data }) => {
    if (typeof data === "string") {
      why = JSON.parse(data).over;
      return;
    }
    const picture = await createImageBitmap(data);
    if (!canvas.isConnected) return mine.close();
    if (screen.hidden) {
      screen.hidden = back.hidden = false;
      said.textContent = view.dataset.yours;
      canvas.focus({ preventScroll: true });
      canvas.scrollIntoView({ block: "nearest" });
    }
    if (canvas.width !== picture.width || canvas.height !== picture.height) Object.assign(canvas, { width: picture.width, height: picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0);
    picture.close();
    if (mine === socket) send({ does: "shows" });
  };
  mine.onclose = () => {
    const here = view.contains(document.activeElement);
    screen.hidden = back.hidden = true;
    start.disabled = false;
    said.textContent = why;
    if (here) start.focus();
    if (mine === socket) socket = null;
  };
  back.onclick = () => {
    why = "";
    mine.close();
  };
  if (!canvas.onpointerdown) touch(canvas, back);
}

function touch(canvas, back) {
  let last = { at: -TWICE, x: 0, y: 0, clicks: 0 }, escaped = -TWICE;
  const point = (does, event, more = {}) => {
    const box = canvas.getBoundingClientRect();
    const share = (at, from, size) => Math.min(1, Math.max(0, (at - from) / size));
    send({
      does, x: share(event.clientX, box.left, box.width), y: share(event.clientY, box.top, box.height),
      buttons: event.buttons & 7, modifiers: modifiers(event), ...more,
    });
    event.preventDefault();
  };
  canvas.onpointerdown = (event) => {
    const near = event.timeStamp - last.at < TWICE && Math.hypot(event.clientX - last.x, event.clientY - last.y) < 6;
    last = { at: event.timeStamp, x: event.clientX, y: event.clientY, clicks: near ? Math.min(last.clicks + 1, 3) : 1 };
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    point("presses", event, { button: BUTTONS[event.button] ?? "none", clicks: last.clicks });
  };
  // Of a button that goes down or up while another is held, browsers tell as a move.
  canvas.onpointermove = (event) => point("moves", event, { button: event.buttons & 1 ? "left" : "none" });
  canvas.onpointerup = (event) => point("releases", event, { button: BUTTONS[event.button] ?? "none", clicks: last.clicks });
  canvas.onpointercancel = (event) => point("releases", event, { button: "left", buttons: 0 });
  canvas.oncontextmenu = (event) => event.preventDefault();
  canvas.addEventListener("wheel", (event) => {
    const size = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1;
    point("turns", event, { dx: event.deltaX * size, dy: event.deltaY * size });
  }, { passive: false });
  const key = (does, event) => {
    event.stopPropagation(); // the console's own keys rest meanwhile
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v") return; // comes as a paste
    event.preventDefault();
    if (event.isComposing) return;
    if (does === "down" && event.key === "Escape" && !event.repeat) {
      if (event.timeStamp - escaped < TWICE) return back.focus();
      escaped = event.timeStamp;
    }
    send({ does, key: event.key, code: event.code, number: event.keyCode & 255, modifiers: modifiers(event) });
  };
  canvas.onkeydown = (event) => key("down", event);
  canvas.onkeyup = (event) => key("up", event);
  const form = canvas.parentElement.querySelector(".words");
  form.onsubmit = (event) => {
    event.preventDefault();
    const field = form.elements.words;
    if (field.value) send({ does: "writes", text: field.value });
    field.value = "";
  };
}

document.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text");
  if (text && document.activeElement?.matches(".screen canvas")) send({ does: "writes", text: text.slice(0, 2000) });
});
document.addEventListener("click", (event) => {
  const start = event.target.closest("[data-view=open]");
  if (start) open(start.closest("[data-live]"));
});
