// What improves the pages; every page works without it. No inline script, nothing kept in the browser.
(function () {
  "use strict";

  // The menu folds on a narrow screen; without this file it stays open.
  function foldMenu() {
    var button = document.querySelector(".menu-button");
    if (!button) { return; }
    button.hidden = false;
    button.parentElement.classList.add("folds");
    button.addEventListener("click", function () {
      var open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", open ? "false" : "true");
      button.parentElement.classList.toggle("open", !open);
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
        button.click();
        button.focus();
      }
    });
  }

  // A form that came back with errors shows them first.
  function focusErrors(root) {
    var summary = root.querySelector("[data-focus]");
    if (summary) { summary.focus(); }
  }

  // What a part of the page says after htmx replaced it.
  function announce(event) {
    var said = event.target.querySelector && event.target.querySelector("[data-announce]");
    var region = document.getElementById("annonce");
    if (said && region) { region.textContent = said.textContent.trim(); }
  }

  // A second click on a button that sends a form must not send it twice; going back makes it usable again.
  function guardForms() {
    document.addEventListener("submit", function (event) {
      var form = event.target;
      if (form.method !== "post" || event.defaultPrevented) { return; }
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      window.setTimeout(function () { delete form.dataset.sent; }, 4000);
    });
    window.addEventListener("pageshow", function () {
      document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
    });
  }

  // What is typed and not sent is not lost by a click elsewhere: the browser asks first.
  function guardDrafts() {
    var changed = false;
    document.addEventListener("input", function (event) {
      if (event.target.form && event.target.form.matches("form[data-guard]")) { changed = true; }
    });
    document.addEventListener("submit", function () { changed = false; });
    window.addEventListener("beforeunload", function (event) {
      if (changed) { event.preventDefault(); }
    });
  }

  // A part of the page names the script that it needs: maps and the weekly picker cost nothing to other pages.
  function loadScripts() {
    document.querySelectorAll("[data-script]").forEach(function (part) {
      var folded = part.closest("details:not([open])");
      if (folded) {
        folded.addEventListener("toggle", loadScripts, { once: true });
        return;
      }
      part.dataset.script.split(" ").forEach(function (address) {
        if (document.querySelector('script[src="' + address + '"]')) { return; }
        var script = document.createElement("script");
        script.src = address;
        script.async = false;
        document.head.appendChild(script);
      });
    });
  }

  // The communes are asked for when a commune is about to be typed, once for the page.
  function suggestCommunes() {
    var list = document.getElementById("communes");
    var wanted = list ? null : document.activeElement && document.activeElement.dataset.communes;
    if (wanted) {
      list = document.createElement("datalist");
      list.id = "communes";
      document.body.appendChild(list);
      fetch(wanted).then(function (answer) { return answer.json(); }).then(function (known) {
        known.communes.forEach(function (one) {
          var option = document.createElement("option");
          option.value = one[3] + " (" + one[0] + ")";
          list.appendChild(option);
        });
      });
    }
    if (list) {
      document.querySelectorAll("[data-communes]").forEach(function (input) { input.setAttribute("list", "communes"); });
    }
  }

  // A table that is wider than the screen is scrolled with the keyboard too.
  function reachTables() {
    document.querySelectorAll(".scroll:not([tabindex])").forEach(function (box) {
      var caption = box.querySelector("caption");
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", caption ? caption.textContent.trim() : "Tableau");
    });
  }

  // An answer that htmx cannot show must not pass in silence.
  function tellFailure() {
    var messages = document.getElementById("messages");
    if (!messages) { return; }
    var notice = document.createElement("div");
    notice.className = "notice stop";
    notice.textContent = "L’action n’a pas abouti. Rechargez la page, puis recommencez.";
    messages.replaceChildren(notice);
  }

  document.addEventListener("DOMContentLoaded", function () {
    foldMenu();
    loadScripts();
    reachTables();
    focusErrors(document);
    guardForms();
    guardDrafts();
    suggestCommunes();
    document.addEventListener("focusin", suggestCommunes);
    document.querySelectorAll("[data-print]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { window.print(); });
    });
    document.body.addEventListener("htmx:afterSwap", announce);
    document.body.addEventListener("htmx:afterSwap", loadScripts);
    document.body.addEventListener("htmx:afterSwap", reachTables);
    document.body.addEventListener("htmx:responseError", tellFailure);
    document.body.addEventListener("htmx:sendError", tellFailure);
    // A refusal (409, 422) carries what to show: htmx shows it like any answer.
    document.body.addEventListener("htmx:beforeSwap", function (event) {
      if ([409, 422].indexOf(event.detail.xhr.status) !== -1) {
        event.detail.shouldSwap = true;
        event.detail.isError = false;
      }
    });
  });
})();
