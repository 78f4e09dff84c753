// Turns a text input into a weekly picker: teams that alternate, spans of hours, days to tick. The text stays the value.
(function () {
  "use strict";
  var CODES = ["lu", "ma", "me", "je", "ve", "sa", "di"];
  var NAMES = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
  var serial = 0;

  function element(tag, attributes, children) {
    var made = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      if (name === "text") { made.textContent = attributes[name]; } else { made.setAttribute(name, attributes[name]); }
    });
    (children || []).forEach(function (child) { made.appendChild(child); });
    return made;
  }

  function clock(text) {
    var found = /^\s*(\d{1,2})\s*(?:[hH]\s*(\d{2})?|:(\d{2}))\s*$/.exec(text);
    if (!found || Number(found[1]) > 23) { return null; }
    return ("0" + found[1]).slice(-2) + ":" + (found[2] || found[3] || "00");
  }

  function daysOf(text) {
    var days = [], good = true;
    text.trim().toLowerCase().split(/[\s,]+/).filter(Boolean).forEach(function (part) {
      var ends = part.split(/[-–—]/), first = CODES.indexOf(ends[0]), last = CODES.indexOf(ends[ends.length - 1]);
      if (first < 0 || last < 0 || ends.length > 2) { good = false; return; }
      for (var step = 0; step <= (last - first + 7) % 7; step += 1) { days.push((first + step) % 7); }
    });
    return good && days.length ? days : null;
  }

  // Returns teams of spans, or null for what only the server can read.
  function read(text) {
    if (!text.trim()) { return [[{ days: [0, 1, 2, 3, 4], start: "", end: "" }]]; }
    var good = true;
    var teams = text.split("/").map(function (team) {
      return team.split(";").map(function (span) {
        var found = /^(.*?)(\d{1,2}\s*[:hH]\s*\d{0,2})\s*[-–—]\s*(\d{1,2}\s*[:hH]\s*\d{0,2})\s*$/.exec(span.trim());
        var days = found && daysOf(found[1]), start = found && clock(found[2]), end = found && clock(found[3]);
        if (!days || !start || !end) { good = false; return null; }
        return { days: days, start: start, end: end };
      });
    });
    return good ? teams : null;
  }

  function daysText(days) {
    var parts = [], run = [];
    function close() {
      if (run.length) { parts.push(run.length === 1 ? CODES[run[0]] : CODES[run[0]] + "-" + CODES[run[run.length - 1]]); }
      run = [];
    }
    for (var day = 0; day < 7; day += 1) {
      if (days.indexOf(day) < 0) { close(); } else { run.push(day); }
    }
    close();
    return parts.join(" ");
  }

  function write(teams) {
    return teams.map(function (team) {
      return team.filter(function (span) { return span.days.length && span.start && span.end; }).map(function (span) {
        return daysText(span.days) + " " + span.start + "-" + span.end;
      }).join("; ");
    }).filter(Boolean).join(" / ");
  }

  function picker(input) {
    if (input.dataset.picked) { return; }
    var teams = read(input.value);
    if (!teams) { return; }  // a text that the server must judge stays a text
    input.dataset.picked = "1";
    var box = element("div", { "class": "week" });
    var field = input.parentElement;
    field.insertBefore(box, input);
    var plain = element("details", { "class": "week-text" }, [element("summary", { text: "Écrire l’horaire en texte" })]);
    field.insertBefore(plain, input);
    plain.appendChild(input);
    if (input.getAttribute("aria-invalid") === "true") { plain.open = true; }

    function keep() {
      input.value = write(teams);
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function hourInput(span, name, label) {
      serial += 1;
      var time = element("input", { type: "time", id: "heure-" + serial, value: span[name], step: 300 });
      time.addEventListener("input", function () { span[name] = time.value; keep(); });
      return element("span", { "class": "week-hour" }, [element("label", { "for": "heure-" + serial, text: label }), time]);
    }

    function dayBox(span, day) {
      serial += 1;
      var tick = element("input", { type: "checkbox", id: "jour-" + serial });
      tick.checked = span.days.indexOf(day) >= 0;
      tick.addEventListener("change", function () {
        span.days = span.days.filter(function (other) { return other !== day; });
        if (tick.checked) { span.days.push(day); }
        keep();
      });
      return element("span", { "class": "week-day" }, [
        tick, element("label", { "for": "jour-" + serial, text: NAMES[day].slice(0, 3), title: NAMES[day] })
      ]);
    }

    function button(text, act) {
      var made = element("button", { type: "button", "class": "button quiet", text: text });
      made.addEventListener("click", function () { act(); keep(); draw(); });
      return made;
    }

    function draw() {
      box.textContent = "";
      teams.forEach(function (team, number) {
        var name = teams.length > 1 ? "Équipe " + (number + 1) : "Horaires de la semaine";
        var group = element("fieldset", { "class": "week-team" }, [element("legend", { text: name })]);
        team.forEach(function (span, place) {
          var line = element("div", {
            "class": "week-span", role: "group", "aria-label": name + ", plage " + (place + 1)
          }, CODES.map(function (code, day) { return dayBox(span, day); }));
          line.appendChild(hourInput(span, "start", "de"));
          line.appendChild(hourInput(span, "end", "à"));
          if (team.length > 1) { line.appendChild(button("Retirer cette plage", function () { team.splice(place, 1); })); }
          group.appendChild(line);
        });
        group.appendChild(button("Ajouter une plage", function () { team.push({ days: [], start: "", end: "" }); }));
        if (teams.length > 1) { group.appendChild(button("Retirer cette équipe", function () { teams.splice(number, 1); })); }
        box.appendChild(group);
      });
      box.appendChild(button("Ajouter une équipe qui alterne", function () {
        teams.push([{ days: [0, 1, 2, 3, 4], start: "", end: "" }]);
      }));
    }

    input.addEventListener("input", function () {
      var again = read(input.value);
      if (again) { teams = again; draw(); }
    });
    draw();
  }

  function start() { document.querySelectorAll("input[data-week]").forEach(picker); }
  start();
  document.body.addEventListener("htmx:afterSwap", start);
})();
