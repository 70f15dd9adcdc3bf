// Covers the page of a shared computer that nobody has used for a while, and has the service lock it. Without script the
// page leaves by itself; the service refuses a page that was left unused whatever the browser does.
"use strict";
const lockForm = document.getElementById("lock");
const lockAfter = Number(lockForm.dataset.lockSeconds) * 1000;
const TOLD_EVERY = 30000;
let toldAt = Date.now();
// All tabs of the browser are one desk: the last input in any of them counts.
const usedAt = () => Number(localStorage.getItem("padan-used-at"));
const isUnused = () => Date.now() - usedAt() >= lockAfter;
const isCovered = () => document.documentElement.classList.contains("covered");
function cover() {
  if (isCovered()) return;
  document.documentElement.classList.add("covered");
  lockForm.submit();
}
function used() {
  if (isCovered()) return;
  if (isUnused()) return cover();
  localStorage.setItem("padan-used-at", Date.now());
  if (Date.now() - toldAt < TOLD_EVERY) return;
  toldAt = Date.now();
  fetch("/loket/masih", { method: "POST", headers: { "X-CSRF-Token": lockForm.elements.csrf_token.value } })
    .then((answer) => { if (answer.status === 401) cover(); }, () => undefined);
}
localStorage.setItem("padan-used-at", Date.now());
for (const kind of ["pointerdown", "keydown", "scroll"]) document.addEventListener(kind, used, { passive: true });
document.addEventListener("visibilitychange", () => { if (isUnused()) cover(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
setInterval(() => { if (isUnused()) cover(); }, 1000);
