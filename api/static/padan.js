// Only comfort: every page works without this. A form that was sent is not sent twice; a chosen filter applies at once.
"use strict";
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.again) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
const fault = document.querySelector("main [role=alert]");
if (fault) {
  fault.tabIndex = -1;
  fault.focus();
}
