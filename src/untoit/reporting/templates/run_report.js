"use strict";
// The page says everything without this script, which only sorts and filters the tandems.
(function () {
  const table = document.querySelector("table.tandems");
  const field = document.getElementById("filtre");
  if (table) {
    const bodies = () => Array.from(table.tBodies);
    const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

    document.getElementById("outils").hidden = false;
    field.addEventListener("input", function () {
      const words = plain(field.value).split(/\s+/).filter(Boolean);
      let found = 0;
      bodies().forEach(function (body) {
        const text = plain(body.textContent);
        body.hidden = !words.every((word) => text.includes(word));
        found += body.hidden ? 0 : 1;
      });
      const said = found === 0 ? "aucun tandem" : found === 1 ? "1 tandem" : found + " tandems";
      document.getElementById("trouves").textContent = words.length ? said : "";
    });

    const all = document.getElementById("tout");
    all.addEventListener("click", function () {
      const open = all.getAttribute("aria-pressed") !== "true";
      table.querySelectorAll("details").forEach((element) => { element.open = open; });
      all.setAttribute("aria-pressed", String(open));
    });

    table.querySelectorAll("th[data-sort]").forEach(function (head) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", function () {
        const key = head.dataset.sort;
        const down = head.getAttribute("aria-sort") === "ascending";
        const value = (body) => body.dataset[key];
        const order = bodies().sort(function (one, other) {
          const a = value(one), b = value(other);
          if (a === "" || b === "") { return a === b ? 0 : a === "" ? 1 : -1; }
          const difference = Number.isNaN(Number(a)) ? a.localeCompare(b, "fr") : Number(a) - Number(b);
          return down ? -difference : difference;
        });
        table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        order.forEach((body) => table.appendChild(body));
      });
    });
  }
})();
