// Moves meetings on the timetable: by dragging (mouse, pen, finger) or by the keyboard. The server decides each time;
// the page shows where it may go before, and what that would break. Without this file, each meeting is a link.
(function () {
  "use strict";
  var root = document.getElementById("planning");
  if (!root) { return; }
  var said = document.getElementById("planning-dit"), sheet = document.getElementById("planning-fiche");
  var may = root.hasAttribute("data-changes"), base = root.dataset.meetings;
  var HEADERS = { "X-Requested-With": "planning" };
  var FAR = 6, HOLD_MS = 350, EVERY_MS = 10000, EDGE = 36, STEP = 18, SCROLL_MS = 40;
  var drag = null, settled = 0;

  function token() { return root.querySelector("input[name=csrfmiddlewaretoken]").value; }
  function id(link) { return link.getAttribute("href").split("/")[1]; }
  function announce(text) { said.textContent = ""; said.textContent = text; }

  function choose(event) {
    var link = event.target.closest && event.target.closest("a.meet");
    if (!link || !root.contains(link)) { return; }
    event.preventDefault();
    if (Date.now() - settled < 300) { return; }
    open(link);
  }

  function notice(kind, text, undo) {
    var place = document.getElementById("messages"), box = document.createElement("div"), line = document.createElement("p");
    box.className = "notice " + kind;
    line.textContent = text;
    box.appendChild(line);
    if (undo) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = "Annuler cette action";
      button.addEventListener("click", function () { button.disabled = true; send(undo, {}, null); });
      box.appendChild(button);
    }
    place.replaceChildren(box);
  }

  function refresh(focusOn) {
    var grid = document.getElementById("grille");
    return fetch(root.dataset.grid, { headers: HEADERS }).then(function (answer) {
      if (!answer.ok || answer.status === 204) { return null; }
      return answer.text();
    }).then(function (html) {
      // Never under a finger: what comes now is asked for again a little later.
      if (html === null || drag) { return; }
      var box = grid.querySelector(".grid-scroll"), left = box ? box.scrollLeft : 0, top = box ? box.scrollTop : 0;
      var had = document.activeElement && document.activeElement.closest && document.activeElement.closest("a.meet");
      var wanted = focusOn || (had && id(had));
      grid.outerHTML = html;
      box = document.querySelector("#grille .grid-scroll");
      if (box) { box.scrollLeft = left; box.scrollTop = top; }
      if (wanted) { focus(wanted); }
    });
  }

  function focus(key) {
    var link = root.querySelector('a.meet[href="rencontres/' + key + '/"]');
    if (link) { link.focus({ preventScroll: false }); }
  }

  // Sends one act; what must be confirmed is asked in a dialog, what is refused is said and the page shows what is.
  function send(url, fields, again, focusOn) {
    var body = new FormData();
    Object.keys(fields).forEach(function (name) { body.append(name, fields[name]); });
    body.append("csrfmiddlewaretoken", token());
    return fetch(url, { method: "POST", body: body, headers: HEADERS, redirect: "manual" }).then(function (answer) {
      if (answer.type === "opaqueredirect") { window.location.reload(); return null; }
      return answer.json();
    }).then(function (told) {
      if (!told) { return; }
      if (told.done) {
        notice("ok", told.sentence, told.undo);
        announce(told.sentence);
        return refresh(focusOn);
      }
      if (told.confirm && again) { confirmed(told.sentences, again); return; }
      notice("stop", told.sentences.join(" "), "");
      announce(told.sentences.join(" "));
      return refresh(focusOn);
    }).catch(function () {
      notice("stop", "L’action n’a pas abouti. Rechargez la page, puis recommencez.", "");
    });
  }

  function confirmed(sentences, again) {
    var title = document.createElement("h2"), list = document.createElement("ul"), row = document.createElement("div");
    title.textContent = "Déplacer quand même ?";
    sentences.forEach(function (text) {
      var line = document.createElement("li");
      line.textContent = text;
      list.appendChild(line);
    });
    row.className = "row form-end";
    var yes = button("Déplacer quand même", "button primary", function () { sheet.close(); again(); });
    row.append(yes, button("Laisser", "button", function () { sheet.close(); }));
    sheet.replaceChildren(title, list, row);
    sheet.showModal();
    yes.focus();
  }

  function button(text, look, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = look;
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function move(link, table, slot, sure) {
    var fields = { place: table + "-" + slot, revision: link.dataset.r };
    if (sure) { fields.confirmed = "1"; }
    return send(base + id(link) + "/", fields, function () { move(link, table, slot, true); }, id(link));
  }

  // The keyboard, and a simple click: the sheet of the meeting, with its places, its lock and its cancellation.
  function open(link) {
    var key = id(link);
    fetch(base + key + "/", { headers: HEADERS }).then(function (answer) {
      if (!answer.ok) { throw new Error(); }
      return answer.text();
    }).then(function (html) {
      sheet.innerHTML = html;
      sheet.prepend(button("Fermer", "button quiet dialog-close", function () { sheet.close(); }));
      sheet.showModal();
      var first = sheet.querySelector("input[type=radio]:checked, input[type=radio]");
      if (first) { first.focus(); }
    }).catch(function () { window.location.href = base + key + "/"; });
    sheet.addEventListener("close", function () { focus(key); }, { once: true });
  }

  sheet.addEventListener("submit", function (event) {
    var form = event.target, fields = {};
    event.preventDefault();
    new FormData(form).forEach(function (value, name) { if (name !== "csrfmiddlewaretoken") { fields[name] = value; } });
    if (form.querySelector("[name=place]") && !fields.place) { return; }
    if (form.querySelector("select") && !form.reportValidity()) { return; }
    var url = form.getAttribute("action");
    sheet.close();
    send(url, fields, function () {
      fields.confirmed = "1";
      send(url, fields, null);
    });
  });

  // Dragging.
  function press(event) {
    var link = event.target.closest && event.target.closest("a.meet");
    if (!may || !link || event.button !== 0 || link.classList.contains("past")) { return; }
    if (!link.closest("tr[data-stand]")) { return; }
    drag = { link: link, x: event.clientX, y: event.clientY, id: event.pointerId, on: false, places: null };
    if (event.pointerType === "touch") {
      drag.hold = window.setTimeout(function () { start(); }, HOLD_MS);
    }
  }

  function start() {
    var here = drag;
    here.on = true;
    here.link.classList.add("dragged");
    document.body.classList.add("dragging");
    here.ghost = document.createElement("span");
    here.ghost.className = here.link.className.replace("dragged", "") + " ghost";
    here.ghost.textContent = here.link.firstChild.textContent;
    document.body.appendChild(here.ghost);
    follow(here.x, here.y);
    here.timer = window.setInterval(scroll, SCROLL_MS);
    announce("Déplacement commencé. Les places possibles sont marquées.");
    fetch(base + id(here.link) + "/places/", { headers: HEADERS }).then(function (answer) { return answer.json(); })
      .then(function (told) {
        if (drag !== here) { return; }
        if (told.locked) { end(); notice("warn", "Cette rencontre est verrouillée : déverrouillez-la pour la déplacer.", ""); return; }
        here.places = {};
        told.places.forEach(function (place) {
          var cell = cellOf(told.stand, place.table, place.slot);
          here.places[place.table + "-" + place.slot] = place;
          if (cell) { cell.classList.add(place.confirm ? "may-must" : place.sentences.length ? "may-warn" : "may"); cell.title = place.sentences.join(" "); }
        });
        if (here.dropped) { drop(here.dropped); }
      }).catch(function () { end(); });
  }

  function cellOf(stand, table, slot) {
    var line = root.querySelector('tr[data-stand="' + stand + '"][data-table="' + table + '"]');
    return line ? line.querySelector('td[data-slot="' + slot + '"]') : null;
  }

  function follow(x, y) {
    drag.ghost.style.transform = "translate(" + (x + 8) + "px," + (y + 8) + "px)";
    var cell = under(x, y), was = root.querySelector("td.over");
    if (was && was !== cell) { was.classList.remove("over"); }
    if (cell) { cell.classList.add("over"); }
    drag.at = [x, y];
  }

  // Held at an edge, the grid scrolls by itself.
  function scroll() {
    if (!drag || !drag.at) { return; }
    var box = root.querySelector(".grid-scroll"), edge = box.getBoundingClientRect(), x = drag.at[0], y = drag.at[1];
    var right = x > edge.right - EDGE ? STEP : x < edge.left + EDGE ? -STEP : 0;
    var down = y > edge.bottom - EDGE ? STEP : y < edge.top + EDGE / 2 ? -STEP : 0;
    var page = y > window.innerHeight - EDGE ? STEP : y < EDGE ? -STEP : 0;
    if (page) { window.scrollBy(0, page); }
    if (right || down || page) { box.scrollBy(right, down); follow(x, y); }
  }

  function under(x, y) {
    var found = document.elementFromPoint(x, y);
    return found && found.closest ? found.closest("#planning td") : null;
  }

  function shift(event) {
    if (!drag || event.pointerId !== drag.id) { return; }
    var far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > FAR;
    if (!drag.on) {
      if (!far) { return; }
      if (event.pointerType === "touch") { window.clearTimeout(drag.hold); drag = null; return; }
      start();
    }
    follow(event.clientX, event.clientY);
  }

  function release(event) {
    if (!drag || event.pointerId !== drag.id) { return; }
    window.clearTimeout(drag.hold);
    if (!drag.on) { drag = null; return; }
    settled = Date.now();
    var cell = under(event.clientX, event.clientY);
    if (!cell) { end(); return; }
    if (drag.places === null) { drag.dropped = cell; return; }
    drop(cell);
  }

  function drop(cell) {
    var link = drag.link, line = cell.closest("tr"), own = link.closest("tr").dataset.stand;
    var table = line.dataset.table, slot = cell.dataset.slot, place = drag.places[table + "-" + slot];
    var stays = cell === link.closest("td");
    end();
    if (stays) { return; }
    if (line.dataset.stand !== own) {
      notice("warn", "Une rencontre se déplace chez le même stand. Pour un autre stand, ajoutez une rencontre.", "");
      return;
    }
    if (place && place.confirm) { confirmed(place.sentences, function () { move(link, table, slot, true); }); return; }
    move(link, table, slot, false);
  }

  function end() {
    if (!drag) { return; }
    window.clearInterval(drag.timer);
    if (drag.ghost) { drag.ghost.remove(); }
    drag.link.classList.remove("dragged");
    document.body.classList.remove("dragging");
    root.querySelectorAll("td.may, td.may-warn, td.may-must, td.over").forEach(function (cell) {
      cell.classList.remove("may", "may-warn", "may-must", "over");
      cell.removeAttribute("title");
    });
    drag = null;
  }

  root.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", shift);
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", function () { if (drag) { window.clearTimeout(drag.hold); } end(); });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { end(); } });
  root.addEventListener("touchmove", function (event) { if (drag && drag.on) { event.preventDefault(); } }, { passive: false });
  root.addEventListener("contextmenu", function (event) { if (drag && drag.on) { event.preventDefault(); } });
  root.addEventListener("dragstart", function (event) { event.preventDefault(); });
  root.addEventListener("click", choose);

  // What somebody else changed meanwhile comes by itself.
  window.setInterval(function () {
    var grid = document.getElementById("grille");
    if (document.hidden || drag || sheet.open) { return; }
    fetch(root.dataset.grid + "&vu=" + grid.dataset.version, { headers: HEADERS }).then(function (answer) {
      if (answer.status === 200 && !drag && !sheet.open) {
        announce("Le planning a été mis à jour.");
        refresh();
      }
    }).catch(function () { /* the network will come back */ });
  }, EVERY_MS);

  if (window.location.hash.indexOf("#m-") === 0) { focus(window.location.hash.slice(3)); }
})();
