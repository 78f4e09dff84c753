// The form of an event says how many slots the waves hold while one types; the server counts again.
(function () {
  "use strict";

  function whole(form, name) {
    var input = form.elements[name];
    var value = input ? parseInt(input.value, 10) : NaN;
    return isNaN(value) || value < 0 ? null : value;
  }

  function minutes(text) {
    var found = /^\s*(\d{1,2})\s*(?:[hH:]\s*(\d{2})?)?\s*$/.exec(text || "");
    return found ? Number(found[1]) * 60 + Number(found[2] || 0) : null;
  }

  function hour(minute) {
    var rest = minute % 60;
    return Math.floor(minute / 60) + "\u00a0h" + (rest ? "\u00a0" + ("0" + rest).slice(-2) : "");
  }

  function counted(count, one, many) { return count + "\u00a0" + (count > 1 ? many : one); }

  function say(form, line) {
    var slot = whole(form, "slot_min"), change = whole(form, "change_min"), waves = whole(form, "waves");
    var length = whole(form, "wave_min"), between = whole(form, "between_min") || 0;
    var starts = minutes(form.elements.starts_min && form.elements.starts_min.value);
    if (!slot || change === null || !waves || !length) { line.hidden = true; return; }
    var step = slot + change, each = Math.floor(length / step), apart = Math.ceil(between / step);
    line.hidden = false;
    if (each < 1) {
      line.className = "notice stop slots-said";
      line.textContent = "Une vague de " + length + " minutes ne contient aucun entretien de " + slot + " minutes.";
      return;
    }
    var text = counted(each, "créneau", "créneaux") + " par vague de " + length + " minutes (" + slot + " + " + change + ")";
    if (starts !== null) {
      var spans = [];
      for (var number = 0; number < waves && number < 6; number += 1) {
        var first = starts + number * (each + apart) * step;
        spans.push(hour(first) + " – " + hour(first + each * step - change));
      }
      text += "\u00a0: " + spans.join(", ");
    }
    line.className = "notice ok slots-said";
    line.textContent = text + ".";
  }

  document.querySelectorAll("form[data-slots]").forEach(function (form) {
    var line = form.querySelector("[data-slots-said]");
    form.addEventListener("input", function () { say(form, line); });
    say(form, line);
  });
})();
