// The start page: supporters see the first name, until somebody writes another one.
const form = document.querySelector("[data-start]");
const name = form?.querySelector("[name=name]");
const alias = form?.querySelector("[data-alias]");

if (name && alias) {
  let own = alias.value !== "" && alias.value !== name.value.trim().split(/\s+/)[0];
  alias.addEventListener("input", () => (own = alias.value !== ""));
  name.addEventListener("input", () => {
    if (!own) alias.value = name.value.trim().split(/\s+/)[0].slice(0, 30);
  });
}
