// The screens of a tablet: pairing, PIN, reception, stand, sheets, opinion. What they do is said by acts (tablet.js).
(function () {
  "use strict";
  var NB = "\u00a0";
  var FACES = {
    3: { fr: "Content·e", en: "Happy", ar: "راضٍ", uk: "Задоволений", es: "Contento", pt: "Contente" },
    2: { fr: "Moyen", en: "So-so", ar: "متوسط", uk: "Так собі", es: "Regular", pt: "Mais ou menos" },
    1: { fr: "Pas content·e", en: "Unhappy", ar: "غير راضٍ", uk: "Незадоволений", es: "Descontento", pt: "Descontente" }
  };
  var ASK = {
    fr: "Comment s’est passée votre venue" + NB + "?", en: "How was your visit?", ar: "كيف كانت زيارتك؟",
    uk: "Як пройшов ваш візит?", es: "¿Cómo ha ido su visita?", pt: "Como correu a sua visita?"
  };
  var CALL = { fr: "Je souhaite être rappelé·e", en: "Please call me back", ar: "أرغب في أن يُتصل بي", uk: "Передзвоніть мені", es: "Deseo que me llamen", pt: "Desejo ser contactado" };
  var LANGUAGES = { fr: "Français", en: "English", ar: "العربية", uk: "Українська", es: "Español", pt: "Português" };

  function typed(text) { return String(text).replace(/ ([:;?!»])/g, NB + "$1").replace(/« /g, "«" + NB); }
  function el(tag, options, children) {
    var made = document.createElement(tag);
    Object.keys(options || {}).forEach(function (name) {
      var value = options[name];
      if (name === "text") { made.textContent = typed(value); }
      else if (name === "on") { made.addEventListener(tag === "form" ? "submit" : tag === "input" ? "input" : "click", value); }
      else if (value === true) { made.setAttribute(name, ""); }
      else if (value !== false && value !== null && value !== undefined) { made.setAttribute(name, value); }
    });
    (children || []).filter(Boolean).forEach(function (child) { made.appendChild(child); });
    return made;
  }
  function button(text, on, kind, more) {
    return el("button", Object.assign({ type: "button", "class": "button " + (kind || ""), text: text, on: on }, more || {}));
  }
  function show(children, focus) {
    var main = document.getElementById("contenu");
    main.replaceChildren.apply(main, children.filter(Boolean));
    if (focus) { focus.focus(); }
  }
  function title(text) { document.getElementById("titre").textContent = text; }
  function field(label, input, help) {
    return el("p", { "class": "field" }, [el("label", { "for": input.id, text: label }), help ? el("span", { "class": "muted small", text: help }) : null, input]);
  }
  function folded(text) { return text.normalize("NFD").replace(/[̀-ͯ]/g, "").toLowerCase().trim(); }
  function clock(minute) { return Math.floor(minute / 60) + NB + "h" + (minute % 60 ? NB + ("0" + minute % 60).slice(-2) : ""); }
  function hour(iso) { var at = new Date(iso); return clock(at.getHours() * 60 + at.getMinutes()); }
  function name(person) { return (person.first + " " + (person.initial ? person.initial + "." : "")).trim() || "Badge " + person.badge; }

  // ---- pairing and PIN
  // The page « Appareils » shows « 123 456 »: typed with its space, the PIN is the same.
  function digits(input) { return input.value.replace(/\D/g, ""); }
  function pairing(code, sentence, go) {
    title("Associer cette tablette");
    var signs = el("input", { id: "code", name: "code", autocomplete: "off", autocapitalize: "characters", maxlength: 9, value: code, required: true });
    var pin = el("input", { id: "pin", name: "pin", type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12, required: true });
    show([el("form", { "class": "card stack narrow", on: function (event) { event.preventDefault(); go(signs.value, digits(pin)); } }, [
      el("p", { text: "Le code et les six chiffres sont sur la page « Appareils » de l’événement." }),
      sentence ? el("p", { "class": "notice stop", role: "alert", text: sentence }) : null,
      field("Code de six signes", signs), field("Les six chiffres de l’événement", pin, "Ils seront redemandés à chaque redémarrage."),
      el("button", { type: "submit", "class": "button primary", text: "Associer" })
    ])], code ? pin : signs);
  }
  function locked(device, left, sentence, go, restart) {
    title(device.event);
    var pin = el("input", { id: "pin", name: "pin", type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12, required: true });
    show([el("form", { "class": "card stack narrow", on: function (event) { event.preventDefault(); go(digits(pin)); } }, [
      el("p", { text: device.name + " · " + (left ? left + " en attente d’envoi" : "rien en attente") }),
      sentence ? el("p", { "class": "notice stop", role: "alert", text: sentence }) : null,
      field("Les six chiffres de l’événement", pin), el("button", { type: "submit", "class": "button primary", text: "Ouvrir" }),
      el("p", {}, [button("Associer de nouveau", restart, "quiet")])
    ])], pin);
  }
  function plain(heading, text, actions) { title(heading); show([el("div", { "class": "card stack narrow" }, [el("p", { text: text })].concat(actions || []))]); }

  // ---- reception
  var STATES = { present: "Présent·e", absent: "Absent·e", left: "Parti·e", late: "En retard" };
  function marks(person) {
    var found = [];
    if (person.wave) { found.push("vague" + NB + person.wave); }
    if (person.meeting) { found.push(clock(person.hour) + " · n°" + NB + person.meeting.stand); }
    if (person.accessible) { found.push("♿ plain-pied"); }
    if (person.interpreter) { found.push("interprète " + person.interpreter); }
    if (person.standby) { found.push("en réserve"); }
    if (person.walk_in) { found.push("sans inscription"); }
    if (!person.confirmed && !person.walk_in) { found.push("n’a pas confirmé"); }
    return found.join(" · ");
  }
  function row(person, day) {
    var here = person.presence === "present", more = el("div", { "class": "row", hidden: true }, [
      button("Absent·e", function () { day.say("absent", person); }, "small"),
      [10, 20, 30, 45].map(function (late) { return button("Retard " + late + NB + "min", function () { day.say("late", person, { minutes: late }); }, "small"); })
    ].flat());
    var state = person.presence ? el("span", { "class": "badge state-" + person.presence, text: STATES[person.presence] + (person.since ? " " + hour(person.since) : "") }) : null;
    return el("li", { "class": "tablet-person" + (person.conflict ? " conflict" : "") }, [
      el("div", { "class": "who" }, [el("strong", { text: name(person) }), el("span", { "class": "key", text: person.badge || "nouveau" }), state]),
      el("p", { "class": "muted small", text: marks(person) }),
      person.conflict ? el("p", { "class": "small stop", text: "Présences contradictoires" + NB + ": l’équipe va trancher." }) : null,
      el("div", { "class": "row" }, [
        here ? button("Part", function () { day.say("left", person); day.opinion(person); }, "") : button("Présent·e", function () { day.say("present", person); }, "primary", { "aria-label": name(person) + " est présent·e" }),
        here ? button("Avis", function () { day.opinion(person); }, "quiet") : null,
        button("Plus…", function (event) { more.hidden = !more.hidden; event.target.setAttribute("aria-expanded", String(!more.hidden)); }, "quiet", { "aria-expanded": "false", "aria-label": "Plus, " + name(person) })
      ]), more
    ]);
  }
  function found(people, text) {
    var wanted = folded(text), code = wanted.replace(/[^a-z0-9]/g, "").toUpperCase();
    if (!wanted) { return people.filter(function (one) { return !one.presence || one.presence === "late"; }); }
    return people.filter(function (one) { return folded(one.first).indexOf(wanted) === 0 || (one.badge && code && one.badge.toUpperCase().indexOf(code) === 0); });
  }
  function byCode(people, text) {
    var code = (text.trim().split(/[/?#=]/).pop() || "").toUpperCase();
    return people.find(function (one) { return one.badge && one.badge.toUpperCase() === code; });
  }
  function desk(day) {
    title(day.snapshot.event + " · " + day.snapshot.device);
    var list = el("ul", { "class": "tablet-list", id: "liste" }), counts = el("p", { "class": "muted", id: "compte" });
    var input = el("input", { id: "qui", type: "search", autocomplete: "off", "class": "big", enterkeyhint: "go" });
    function fill() {
      var people = day.people(), seen = found(people, input.value), here = people.filter(function (one) { return one.presence === "present" || one.presence === "left"; }).length;
      counts.textContent = here + (here > 1 ? " présents sur " : " présent sur ") + people.length + " attendus" + (input.value ? "" : " · " + seen.length + " pas encore là");
      list.replaceChildren.apply(list, seen.slice(0, 60).map(function (one) { return row(one, day); }));
      if (!seen.length) { list.appendChild(el("li", { "class": "empty", text: input.value ? "Personne de ce nom ni de ce badge. Essayez trois lettres du prénom, ou « Venue sans inscription »." : "Tout le monde est là." })); }
    }
    input.addEventListener("input", fill);
    var form = el("form", { "class": "tablet-search", on: function (event) {
      event.preventDefault();
      var people = day.people(), one = byCode(people, input.value) || (found(people, input.value).length === 1 && input.value ? found(people, input.value)[0] : null);
      if (one) { day.say("present", one); input.value = ""; } else { day.tell("Plusieurs personnes, ou aucune" + NB + ": choisissez dans la liste."); }
      fill(); input.focus();
    } }, [el("label", { "for": "qui", text: "Badge, ou trois lettres du prénom" }), input]);
    show([form, el("div", { "class": "row" }, [
      button("Venue sans inscription", function () { walkIn(day, input.value); }),
      "BarcodeDetector" in window ? button("Lire un badge", function () { camera(day); }) : null, button("Verrouiller", day.lock, "quiet"), button("Terminer", day.leave, "quiet")
    ]), counts, list], input);
    fill();
    return fill;
  }
  // A reader of badges is a keyboard: what it types goes to the search, wherever the finger was.
  document.addEventListener("keydown", function (event) {
    var input = document.getElementById("qui"), at = document.activeElement;
    if (input && at !== input && event.key.length === 1 && !event.ctrlKey && !event.metaKey && (!at || !/^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName))) { input.focus(); }
  });
  function camera(day) {
    var video = el("video", { playsinline: true, muted: true, "class": "tablet-video" }), detector = new window.BarcodeDetector({ formats: ["qr_code"] }), stream = null, over = false;
    function stop() { over = true; if (stream) { stream.getTracks().forEach(function (track) { track.stop(); }); } day.home(); }
    function look() {
      if (over) { return; }
      detector.detect(video).then(function (codes) {
        var one = codes.length && byCode(day.people(), codes[0].rawValue);
        if (one) { day.say("present", one); stop(); } else { setTimeout(look, 200); }
      }).catch(function () { setTimeout(look, 400); });
    }
    show([video, button("Fermer", stop)]);
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(function (given) {
      stream = given; video.srcObject = given; if (over) { stop(); return null; } return video.play();
    }).then(look).catch(function () { stop(); day.tell("La caméra n’est pas disponible" + NB + ": tapez le code du badge."); });
  }
  function walkIn(day, text) {
    title("Venue sans inscription");
    var first = el("input", { id: "first", required: true, maxlength: 80, autocomplete: "off", value: /\d/.test(text) ? "" : text }), initial = el("input", { id: "initial", maxlength: 1, "class": "short", autocomplete: "off" });
    var phone = el("input", { id: "phone", type: "tel", autocomplete: "off" }), agreed = el("input", { id: "agreed", type: "checkbox", required: true }), near = el("div", { "class": "stack", "aria-live": "polite" });
    var stands = day.snapshot.stands.map(function (stand) { return { stand: stand, box: el("input", { type: "checkbox", id: "s" + stand.number, value: stand.id }) }; });
    first.addEventListener("input", function () {
      var known = first.value.trim().length >= 3 ? found(day.people(), first.value).slice(0, 3) : [];
      near.replaceChildren.apply(near, known.map(function (one) { return el("p", { "class": "notice" }, [el("span", { text: "Déjà inscrit·e" + NB + "? " }), button(name(one) + " · " + one.badge, function () { day.say("present", one); day.home(); }, "small")]); }));
    });
    show([el("form", { "class": "card stack", on: function (event) {
      event.preventDefault();
      day.walkIn({ first_name: first.value.trim(), initial: initial.value.trim(), phone: phone.value.trim(), agreed: agreed.checked,
        stands: stands.filter(function (one) { return one.box.checked; }).map(function (one) { return one.stand.id; }) });
    } }, [
      field("Prénom", first), near, field("Initiale du nom", initial), field("Téléphone (facultatif)", phone, "Pour prévenir d’un rendez-vous."),
      el("fieldset", {}, [el("legend", { text: "Souhaite rencontrer" })].concat(stands.map(function (one) { return el("p", {}, [el("label", {}, [one.box, document.createTextNode(" " + one.stand.name)])]); }))),
      el("p", {}, [el("label", {}, [agreed, document.createTextNode(" La personne est d’accord pour que l’équipe garde son prénom et son téléphone, pour la recontacter.")])]),
      el("div", { "class": "row" }, [el("button", { type: "submit", "class": "button primary", text: "Enregistrer comme présent·e" }), button("Annuler", day.home, "quiet")])
    ])], first);
  }
  function face(value) {
    var NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg");
    function add(tag, values) { var made = document.createElementNS(NS, tag); Object.keys(values).forEach(function (key) { made.setAttribute(key, values[key]); }); svg.appendChild(made); }
    svg.setAttribute("viewBox", "0 0 64 64"); svg.setAttribute("aria-hidden", "true");
    add("circle", { cx: 32, cy: 32, r: 29, fill: "none", stroke: "currentColor", "stroke-width": 3 });
    add("circle", { cx: 22, cy: 26, r: 3.5, fill: "currentColor" }); add("circle", { cx: 42, cy: 26, r: 3.5, fill: "currentColor" });
    add("path", { d: { 3: "M18 39q14 14 28 0", 2: "M19 43h26", 1: "M18 47q14-14 28 0" }[value], fill: "none", stroke: "currentColor", "stroke-width": 3, "stroke-linecap": "round" });
    return svg;
  }
  function opinion(day, person) {
    var language = "fr", wants = el("input", { type: "checkbox", id: "call" }), main = el("div", { "class": "card stack tablet-opinion" });
    function fill() {
      main.lang = language; main.dir = language === "ar" ? "rtl" : "ltr"; title(ASK[language]);
      main.replaceChildren(
        el("div", { "class": "row", role: "group", "aria-label": "Langue" }, Object.keys(LANGUAGES).map(function (code) { return button(LANGUAGES[code], function () { language = code; fill(); }, "small", { lang: code, "aria-pressed": String(code === language) }); })),
        el("div", { "class": "tablet-faces" }, [3, 2, 1].map(function (value) {
          var one = button("", function () { day.say("feedback", person, { face: value, language: language, wants: wants.checked ? ["call"] : [] }); day.home(); }, "face");
          one.append(face(value), el("span", { text: FACES[value][language] })); return one;
        })), el("p", {}, [el("label", {}, [wants, document.createTextNode(" " + CALL[language])])]), button({ fr: "Sans réponse", en: "No answer", ar: "بدون إجابة", uk: "Без відповіді", es: "Sin respuesta", pt: "Sem resposta" }[language], day.home, "quiet")
      );
    }
    fill(); show([main]); main.querySelector(".face").focus();
  }

  // ---- stand
  function stand(day) {
    title(day.snapshot.stand + " · " + day.snapshot.event);
    var list = el("ul", { "class": "tablet-list" });
    function fill() {
      list.replaceChildren.apply(list, day.meetings().map(function (one) {
        return el("li", { "class": "tablet-person" }, [
          el("div", { "class": "who" }, [el("strong", { text: clock(day.snapshot.hours[one.slot] || 0) }), el("strong", { text: name(one) }), el("span", { "class": "key", text: one.badge }),
            el("span", { "class": "badge state-" + (one.noted ? "present" : one.presence), text: one.noted || { present: "Arrivé·e", absent: "Absent·e" }[one.presence] || "Pas encore là" })]),
          one.job ? el("p", { "class": "muted small", text: one.job }) : null,
          el("div", { "class": "row" }, [day.snapshot.sheet ? button(one.noted ? "Changer" : "Noter la suite", function () { sheet(day, one); }, "primary", { "aria-label": (one.noted ? "Changer, " : "Noter la suite, ") + name(one) }) : null,
            day.snapshot.sheet && !one.noted ? button("N’est pas venu·e", function () { day.say("missed", one); }, "quiet") : null])
        ]);
      }));
      if (!list.children.length) { list.appendChild(el("li", { "class": "empty", text: "Aucun rendez-vous pour l’instant. Ceux qui s’ajoutent paraissent ici." })); }
    }
    show([list, el("div", { "class": "row" }, [button("Verrouiller", day.lock, "quiet"), button("Terminer", day.leave, "quiet")])]);
    fill();
    return fill;
  }
  function choose(heading, options, back) { show([el("div", { "class": "card stack" }, [el("h2", { text: heading, tabindex: "-1", "data-focus": true })].concat(options, [button("Retour", back, "quiet")]))]); document.querySelector("[data-focus]").focus(); }
  function sheet(day, one) {
    title(name(one));
    function back() { sheet(day, one); }
    function note(label, said) { day.say(day.snapshot.sheet + "_outcome", one, Object.assign(said, { label: label })); day.home(); }
    function dated(heading, label, said, key, required) {
      var input = el("input", { type: "date", id: "quand", min: day.snapshot.on, required: required });
      choose(heading, [el("form", { "class": "stack", on: function (event) { event.preventDefault(); said[key] = input.value; note(label, said); } }, [field(required ? "Jour" : "Jour (facultatif)", input), el("button", { type: "submit", "class": "button primary", text: "Noter" })])], back);
    }
    if (day.snapshot.sheet === "employer") {
      choose("Quelle suite" + NB + "?", [el("div", { "class": "tablet-choices" }, [
        button("A · Embauche", function () { note("Embauche", { decision: "hire" }); }, "big primary"),
        button("A · Deuxième entretien", function () { dated("Deuxième entretien", "Deuxième entretien", { decision: "second" }, "next_on", false); }, "big"),
        button("B · Vivier", function () { note("Vivier", { decision: "pool" }); }, "big"),
        button("C · Pas de suite", function () {
          choose("Pour quelle raison" + NB + "?", [el("div", { "class": "tablet-choices" }, Object.keys(day.snapshot.reasons).map(function (code) { return button(day.snapshot.reasons[code], function () { note("Pas de suite", { decision: "no", reason: code }); }, "big"); }))], back);
        }, "big")])], day.home);
      return;
    }
    var papers = Object.keys(day.snapshot.documents).map(function (code) { return { code: code, box: el("input", { type: "checkbox", value: code }), words: day.snapshot.documents[code] }; });
    function missing() { return papers.filter(function (paper) { return paper.box.checked; }).map(function (paper) { return paper.code; }); }
    choose("Quelle suite" + NB + "?", [el("details", {}, [el("summary", { text: "Pièces manquantes" })].concat(papers.map(function (paper) { return el("p", {}, [el("label", {}, [paper.box, document.createTextNode(" " + paper.words)])]); }))), el("div", { "class": "tablet-choices" }, [
      button("Intéressé·e", function () { note("Intéressé·e", { decision: "interested", documents: missing() }); }, "big primary"),
      button("Visite prévue", function () { dated("Quel jour, la visite" + NB + "?", "Visite prévue", { decision: "visit", documents: missing() }, "visit_on", true); }, "big"),
      button("À revoir", function () { note("À revoir", { decision: "later", documents: missing() }); }, "big"),
      button("Refus", function () {
        choose("Quelle sorte de raison" + NB + "?", [el("div", { "class": "tablet-choices" }, day.snapshot.families.map(function (family) {
          return button(family.label, function () {
            choose(family.label, [el("div", { "class": "tablet-choices" }, Object.keys(family.reasons).map(function (code) { return button(family.reasons[code], function () { note("Refus", { decision: "refused", reasons: [code], documents: missing() }); }, "big"); }))], back);
          }, "big");
        }))], back);
      }, "big")])], day.home);
  }

  window.Screens = { pairing: pairing, locked: locked, plain: plain, desk: desk, stand: stand, opinion: opinion, button: button, el: el, hour: hour, name: name, STATES: STATES, clock: clock };
})();
