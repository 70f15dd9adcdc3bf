// Only comfort: an advert is checked when it is sent as well. While somebody types, the check speaks beside the form.
"use strict";
const form = document.querySelector("form[data-check]");
const told = document.getElementById("check");
let pause, latest = 0;
const words = (name) => form.elements[name].value.trim() || null;
const whole = (name) => Number(form.elements[name].value.replace(/\D/g, "")) || null;
const line = (strong, text) => {
  const item = document.createElement("li"), head = document.createElement("strong");
  head.textContent = strong;
  item.append(head, " ", text);
  return item;
};
async function check() {
  const asked = ++latest, place = form.elements.place.value;
  const body = {
    title: words("title"), description: words("description"), vacancy_id: form.dataset.own || null,
    employment_type: words("employment_type"), salary_min_idr_month: whole("salary_min_idr_month"),
    salary_max_idr_month: whole("salary_max_idr_month"), province_code: place.slice(0, 2) || null,
    district_code: place.length > 2 ? place : null,
  };
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf_token.value };
  const answer = await fetch(form.dataset.check, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok || asked !== latest) return;
  const { flags, duplicate_of } = await answer.json(), language = document.documentElement.lang;
  const lines = flags.map((one) => line(`“${one.phrase}” - ${one.name[language]}.`, one.remedy[language]));
  if (duplicate_of) lines.push(line(told.dataset.double, ""));
  const list = document.createElement("ul");
  list.append(...lines);
  told.replaceChildren(lines.length ? list : told.dataset.clean);
}
form?.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(check, 600);
});
