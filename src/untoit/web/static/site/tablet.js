// A tablet of the day: what is said is kept at once, sealed, and sent when there is a network, until it is acknowledged.
(function () {
  "use strict";
  var NB = "\u00a0", AT_REST_MS = 15000, LONGEST_MS = 60000, IDLE_MS = 30 * 60000, MOST = 50, TRIES = 8;
  var urls = document.body.dataset, Store = window.Store, Screens = window.Screens;
  var device = null, key = null, snapshot = null, said = [], syncedAt = null, failures = 0, timer = 0, idle = 0, sending = false, refill = null, etag = "";

  function now() { return new Date(Date.now()); }
  function ours() { return Date.now() + (device ? device.offset_ms || 0 : 0); }
  function token() { var found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie); return found ? found[1] : ""; }
  function post(url, body) {
    return fetch(url, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body: JSON.stringify(body), signal: AbortSignal.timeout(20000) });
  }

  function status() {
    return Store.waiting().then(function (left) {
      var line = document.getElementById("sync");
      line.textContent = left + " en attente, " + (syncedAt ? "dernière synchro " + Screens.hour(syncedAt) : "pas encore de synchro");
      line.className = "tablet-sync" + (failures ? " late" : "");
      line.dataset.waiting = left;
      return left;
    });
  }
  function tell(text, undo) {
    var place = document.getElementById("dire");
    place.replaceChildren(Screens.el("span", { text: text }));
    if (undo) { place.appendChild(Screens.button("Annuler", function () { takeBack(undo); }, "small")); }
    clearTimeout(place.timer);
    place.timer = setTimeout(function () { place.replaceChildren(); }, 12000);
  }

  // ---- what is known, with what was said here since
  function since(one) { return one.status === "waiting" || !snapshot || one.acked_at > snapshot.at; }
  function live() {
    var undone = {};
    said.forEach(function (one) { if (one.act.kind === "undo" && !one.refused) { undone[one.act.undoes] = true; } });
    return said.filter(function (one) { return !one.refused && !undone[one.act.id]; });
  }
  function people() {
    var byId = {}, list = [];
    snapshot.people.forEach(function (one) {
      var copy = Object.assign({}, one);
      copy.hour = one.meeting ? snapshot.hours[one.meeting.slot] : 0;
      byId[one.id] = copy; list.push(copy);
    });
    // An act that was taken back may already be in the snapshot: what it had changed is not shown any more.
    said.filter(function (one) { return one.act.kind === "undo" && since(one); }).forEach(function (one) {
      var target = said.find(function (other) { return other.act.id === one.act.undoes; });
      if (target && byId[target.act.registration]) { byId[target.act.registration].presence = ""; byId[target.act.registration].since = null; }
    });
    live().filter(since).forEach(function (one) {
      var act = one.act, person = byId[act.registration];
      if (act.kind === "walk_in" && !byId[act.id]) {
        person = { id: act.id, first: act.payload.first_name, initial: (act.payload.initial || "").toUpperCase(), badge: "", walk_in: true, confirmed: true };
        byId[act.id] = person; list.push(person);
      }
      if (!person) { return; }
      if (act.kind === "present" || act.kind === "walk_in") { person.presence = "present"; }
      else if (act.kind === "absent" || act.kind === "late" || act.kind === "left") { person.presence = act.kind; }
      else { return; }
      person.since = act.at;
    });
    return list;
  }
  function meetings() {
    return snapshot.meetings.map(function (one) {
      var copy = Object.assign({}, one), labels = { held: "Noté", missed: "Pas venu·e" };
      copy.noted = labels[one.state] || "";
      live().forEach(function (kept) {
        if (kept.act.meeting !== one.id) { return; }
        copy.noted = kept.act.kind === "missed" ? (copy.noted || labels.missed) : kept.act.payload.label || labels.held;
      });
      return copy;
    });
  }

  // ---- saying something: on the disk first
  function record(kind, fields) {
    device.seq = Math.max(device.seq || 0, said.reduce(function (most, one) { return Math.max(most, one.act.seq); }, 0)) + 1;
    var act = Object.assign({ id: crypto.randomUUID(), seq: device.seq, kind: kind, at: now().toISOString(), offset_ms: device.offset_ms, payload: {} }, fields);
    said.push({ act: act, status: "waiting", acked_at: "", refused: "" });
    return Store.keepAct(key, act).then(function () { status(); soon(200); if (refill) { refill(); } return act; });
  }
  function say(kind, one, payload) {
    var meeting = kind === "missed" || /_outcome$/.test(kind);
    return record(kind, { registration: meeting ? null : one.id, meeting: meeting ? one.id : null, payload: payload || {} }).then(function (act) {
      var words = { present: " est là", absent: " est absent·e", late: " sera en retard", left: " est parti·e", feedback: NB + ": merci" + NB + "!" }[kind] || NB + ": noté";
      tell(Screens.name(one) + words + ".", ["present", "absent", "late", "left"].indexOf(kind) >= 0 ? act : null);
    });
  }
  function takeBack(act) {
    record("undo", { undoes: act.id, registration: act.registration || null }).then(function () { tell("C’est annulé."); });
  }

  // ---- sending
  function soon(ms) { clearTimeout(timer); timer = setTimeout(sync, ms); }
  function wait() { return failures ? Math.min(LONGEST_MS, 1000 * Math.pow(2, failures)) * (0.5 + Math.random()) : AT_REST_MS * (0.8 + 0.4 * Math.random()); }
  function sync() {
    if (!key || sending) { return Promise.resolve(); }
    sending = true;
    return once(function () { return send().then(read); }).then(function () { failures = 0; }, function (error) { failures += 1; if (error && error.final) { failures = 0; } }).then(function () {
      sending = false;
      return key ? status().then(function () { soon(said.some(function (one) { return one.status === "waiting"; }) && !failures ? 300 : wait()); }) : null;
    });
  }
  // Two tabs of the same tablet do not send at the same time.
  function once(work) { return navigator.locks ? navigator.locks.request("journee", { ifAvailable: true }, function (lock) { return lock ? work() : null; }) : work(); }
  function send() {
    var batch = said.filter(function (one) { return one.status === "waiting"; });
    if (!batch.length) { return Promise.resolve(); }
    var some = batch.slice(0, MOST);
    return post(urls.acts, { sent_at: now().toISOString(), waiting: batch.length, acts: some.map(function (one) { return one.act; }) }).then(function (answer) {
      if (answer.status === 404) { return over("Cet appareil n’est plus associé. Associez-le de nouveau pour envoyer ce qui attend."); }
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    }).then(function (told) {
      measured(told.now);
      return Store.mark(told.applied, told.now).then(function () {
        told.applied.forEach(function (one) {
          var kept = said.find(function (other) { return other.act.id === one.id; });
          if (kept) { kept.status = "sent"; kept.acked_at = told.now; kept.refused = one.status === "refused" ? one.sentence : ""; }
          if (one.status === "refused") { tell(one.sentence); }
        });
        if (batch.length > some.length) { return send(); }
        return null;
      });
    });
  }
  function read() {
    return Store.waiting().then(function (left) {
      return fetch(urls.data + "?attente=" + left, { credentials: "same-origin", headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", signal: AbortSignal.timeout(20000) });
    }).then(function (answer) {
      if (answer.status === 410) { return over("La journée est finie, ou cet appareil a été retiré : ce qu’il savait est effacé."); }
      if (answer.status === 404) { return over("Cet appareil n’est plus associé."); }
      if (answer.status === 409) { return answer.json().then(function (told) { Screens.plain(device.event, "Cet appareil s’ouvrira le " + new Date(told.opens_at).toLocaleString("fr-FR", { dateStyle: "long", timeStyle: "short" }) + ". Rien d’autre à faire : gardez cette page."); }); }
      if (answer.status !== 304 && !answer.ok) { throw new Error(String(answer.status)); }
      syncedAt = new Date(ours()).toISOString();
      device.synced_at = syncedAt;
      measured(answer.headers.get("X-Now"));
      if (answer.status === 304) {
        if (snapshot) { snapshot.at = answer.headers.get("X-Now"); }
        return null;
      }
      etag = answer.headers.get("ETag");
      return answer.json().then(function (fresh) {
        var first = !snapshot;
        snapshot = fresh;
        device.wipe_at = fresh.wipe_at;
        return Store.seal(key, fresh).then(function (sealed) { return Store.put("snapshot", sealed); }).then(function () {
          if (first) { home(); } else if (refill) { refill(); }
        });
      });
    });
  }
  function measured(at) {
    if (!at) { return; }
    device.offset_ms = Date.parse(at) - Date.now();
    Store.put("device", device);
  }
  function over(sentence) {
    snapshot = null; etag = "";
    return Store.wipe().then(function (left) {
      var error = new Error("over");
      error.final = true; key = null; refill = null; said = [];
      Screens.plain("Rencontres", sentence + (left ? " " + left + " actes restent à envoyer." : ""), [Screens.button("Associer cette tablette", function () { pairing(""); }, "primary")]);
      document.getElementById("sync").textContent = "";
      throw error;
    });
  }

  // ---- opening
  function home() {
    refill = null;
    if (!snapshot) { Screens.plain(device.event, "Premier chargement… Il faut le réseau une fois ; ensuite cette page s’en passe."); return; }
    if (snapshot.kind === "stand") { refill = Screens.stand(day); } else { refill = Screens.desk(day); }
  }
  var day = {
    get snapshot() { return snapshot; }, people: people, meetings: meetings, say: say, tell: tell, home: home,
    opinion: function (person) { refill = null; Screens.opinion(day, person); }, lock: lock,
    walkIn: function (fields) { record("walk_in", { payload: fields }).then(function () { home(); tell(fields.first_name + " est enregistré·e et présent·e."); }); },
    leave: function () {
      Store.waiting().then(function (left) {
        if (left) { tell(left + " actes ne sont pas encore partis : attendez le réseau avant de terminer."); return; }
        Screens.plain("Terminer sur cette tablette ?", "Ce qu’elle sait de la journée sera effacé. Il faudra un nouveau code pour s’en resservir.", [
          Screens.button("Effacer et terminer", function () { post(urls.leave, {}).catch(function () { return null; }).then(Store.clear).then(function () { location.replace(urls.app); }); }, "danger"), Screens.button("Continuer la journée", home, "quiet")]);
      });
    }
  };
  function lock() { key = null; snapshot = null; said = []; refill = null; etag = ""; clearTimeout(timer); ask(""); }
  function ask(sentence) {
    Store.waiting().then(function (left) { Screens.locked(device, left, sentence, unlock, function () { pairing(""); }); });
  }
  function unlock(pin) {
    return Store.unlock(device, pin.trim()).then(function (opened) {
      key = opened; device.failures = 0;
      return Store.put("device", device);
    }, function () {
      device.failures = (device.failures || 0) + 1;
      return Store.put("device", device).then(function () {
        if (device.failures >= TRIES) { return Store.wipe().then(function () { Screens.plain("Rencontres", "Trop d’essais : ce que la tablette savait est effacé.", [Screens.button("Associer de nouveau", function () { pairing(""); }, "primary")]); throw new Error("tries"); }); }
        ask("Ces six chiffres ne conviennent pas.");
        throw new Error("pin");
      });
    }).then(function () { return Store.readActs(key); }).then(function (all) {
      said = all; syncedAt = device.synced_at || null;
      return Store.get("snapshot");
    }).then(function (sealed) { return sealed ? Store.open(key, sealed).catch(function () { return null; }) : null; }).then(function (found) {
      snapshot = found;
      home(); status(); restful(); soon(0);
    }).catch(function () { return null; });
  }
  function pairing(code, sentence) {
    Screens.pairing(code, sentence || "", function (signs, pin) {
      post(urls.pair, { code: signs, pin: pin.trim() }).then(function (answer) {
        if (answer.status === 403) { location.reload(); }
        return answer.json().then(function (told) { return { ok: answer.ok, told: told }; });
      }).then(function (found) {
        if (!found.ok) { pairing(signs, found.told.sentence || "Ce code ne convient pas."); return null; }
        if (found.told.kind === "hall") { location.replace(urls.hall); return null; }
        return Store.settle(found.told, pin.trim()).then(function () { return Store.get("device"); }).then(function (kept) { device = kept; history.replaceState(null, "", urls.app); return unlock(pin); });
      }).catch(function () { pairing(signs, "Il faut le réseau pour associer une tablette. Réessayez dans un instant."); });
    });
  }
  function restful() { clearTimeout(idle); idle = setTimeout(function () { if (key) { lock(); } }, IDLE_MS); }
  ["pointerdown", "keydown"].forEach(function (kind) { document.addEventListener(kind, restful); });
  window.addEventListener("online", function () { failures = 0; soon(0); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { soon(0); } });
  setInterval(function () {
    if (device && ours() >= Date.parse(device.wipe_at)) {
      Store.waiting().then(function (left) { if (!left) { over("La journée est finie : ce que la tablette savait est effacé.").catch(function () { return null; }); } else { snapshot = null; Store.wipe(); Screens.plain(device.event, "La journée est finie. " + left + " actes attendent le réseau : gardez cette page ouverte."); refill = null; } });
    }
  }, 30000);

  function asked() { return (location.hash || "").replace(/[^A-Za-z0-9]/g, "").toUpperCase(); }
  // The QR was read while the page was already open.
  window.addEventListener("hashchange", function () { if (asked()) { pairing(asked()); } });

  function start() {
    if (!window.isSecureContext || !window.crypto || !crypto.subtle || !window.indexedDB) {
      Screens.plain("Rencontres", "Cette page garde des noms sur la tablette : elle demande une adresse en https et un navigateur récent. Sinon, prenez les listes imprimées.");
      return;
    }
    if (navigator.serviceWorker) { navigator.serviceWorker.register(urls.sw, { scope: urls.app }).catch(function () { return null; }); }
    if (navigator.storage && navigator.storage.persist) { navigator.storage.persist().catch(function () { return false; }); }
    var code = asked();
    Store.get("device").then(function (found) {
      device = found || null;
      if (!device || code) { pairing(code); return null; }
      if (ours() >= Date.parse(device.wipe_at)) { return Store.wipe().then(function (left) { if (left) { ask("La journée est finie : ouvrez pour envoyer ce qui attend."); } else { device = null; pairing(""); } }); }
      return ask("");
    });
  }
  start();
})();
