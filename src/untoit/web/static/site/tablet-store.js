// What a tablet keeps, sealed: a snapshot of its table and the acts that wait for the network (docs/explanation/offline.md).
// The key that seals is wrapped by one derived from the PIN and from a secret that scripts cannot read back.
(function () {
  "use strict";
  var ROUNDS = 310000;
  var encoder = new TextEncoder(), decoder = new TextDecoder();
  var opened = null;

  function base() {
    if (opened) { return opened; }
    opened = new Promise(function (done, failed) {
      var asked = indexedDB.open("journee", 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore("keep");
        asked.result.createObjectStore("acts", { keyPath: "id" });
      };
      asked.onsuccess = function () { done(asked.result); };
      asked.onerror = function () { opened = null; failed(asked.error); };
    });
    return opened;
  }

  // Runs work(store) in one transaction; the promise is kept once the disk has it.
  function inside(name, mode, work) {
    return base().then(function (db) {
      return new Promise(function (done, failed) {
        var options = mode === "readwrite" ? { durability: "strict" } : {};
        var transaction = db.transaction(name, mode, options), result = { value: undefined };
        work(transaction.objectStore(name), result);
        transaction.oncomplete = function () { done(result.value); };
        transaction.onerror = transaction.onabort = function () { failed(transaction.error); };
      });
    });
  }
  function get(key) {
    return inside("keep", "readonly", function (store, result) {
      var asked = store.get(key);
      asked.onsuccess = function () { result.value = asked.result; };
    });
  }
  function put(key, value) { return inside("keep", "readwrite", function (store) { store.put(value, key); }); }
  function remove(key) { return inside("keep", "readwrite", function (store) { store.delete(key); }); }
  function rows() {
    return inside("acts", "readonly", function (store, result) {
      var asked = store.getAll();
      asked.onsuccess = function () { result.value = asked.result; };
    });
  }

  function fromBase64(text) {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), function (sign) { return sign.charCodeAt(0); });
  }

  function wrapping(device, pin) {
    return crypto.subtle.sign("HMAC", device.secret, encoder.encode(pin)).then(function (mac) {
      return crypto.subtle.importKey("raw", mac, "PBKDF2", false, ["deriveKey"]);
    }).then(function (material) {
      return crypto.subtle.deriveKey(
        { name: "PBKDF2", hash: "SHA-256", salt: device.salt, iterations: ROUNDS }, material,
        { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]
      );
    });
  }
  function unwrap(device, pin, extractable) {
    return wrapping(device, pin).then(function (key) {
      return crypto.subtle.unwrapKey(
        "raw", device.wrapped, key, { name: "AES-GCM", iv: device.iv }, { name: "AES-GCM", length: 256 }, extractable,
        ["encrypt", "decrypt"]
      );
    });
  }

  // Keeps a device that has just been paired; the acts of an earlier pairing of the same event stay readable.
  function settle(told, pin) {
    return get("device").then(function (before) {
      if (!before || before.event_id !== told.event_id) { return null; }
      return unwrap(before, pin, true).catch(function () { return null; });
    }).then(function (kept) {
      var fresh = kept ? Promise.resolve(kept) : clear().then(function () {
        return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
      });
      return Promise.all([fresh, crypto.subtle.importKey(
        "raw", fromBase64(told.secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]
      )]);
    }).then(function (made) {
      var device = {
        id: told.id, event_id: told.event_id, kind: told.kind, name: told.name, event: told.event, wipe_at: told.wipe_at,
        secret: made[1], salt: crypto.getRandomValues(new Uint8Array(16)), iv: crypto.getRandomValues(new Uint8Array(12)),
        offset_ms: Date.parse(told.now) - Date.now(), failures: 0
      };
      return wrapping(device, pin).then(function (key) {
        return crypto.subtle.wrapKey("raw", made[0], key, { name: "AES-GCM", iv: device.iv });
      }).then(function (wrapped) { device.wrapped = wrapped; return put("device", device); });
    });
  }

  function seal(key, value) {
    var iv = crypto.getRandomValues(new Uint8Array(12));
    return crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, key, encoder.encode(JSON.stringify(value))).then(
      function (data) { return { iv: iv, data: data }; }
    );
  }
  function open(key, sealed) {
    return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.data).then(function (data) {
      return JSON.parse(decoder.decode(data));
    });
  }

  function keepAct(key, act) {
    return seal(key, act).then(function (sealed) {
      return inside("acts", "readwrite", function (store) {
        store.put({ id: act.id, seq: act.seq, sealed: sealed, status: "waiting" });
      });
    });
  }
  function mark(answers, at) {
    return inside("acts", "readwrite", function (store) {
      answers.forEach(function (answer) {
        var asked = store.get(answer.id);
        asked.onsuccess = function () {
          var row = asked.result;
          if (row && row.status === "waiting") {
            row.status = "sent"; row.acked_at = at; row.refused = answer.status === "refused" ? answer.sentence : "";
            store.put(row);
          }
        };
      });
    });
  }
  function readActs(key) {
    return rows().then(function (all) {
      return Promise.all(all.map(function (row) {
        return open(key, row.sealed).then(function (act) {
          return { act: act, status: row.status, acked_at: row.acked_at || "", refused: row.refused || "" };
        }).catch(function () { return null; });
      }));
    }).then(function (all) {
      return all.filter(Boolean).sort(function (one, other) { return one.act.seq - other.act.seq; });
    });
  }
  function waiting() {
    return rows().then(function (all) {
      return all.filter(function (row) { return row.status === "waiting"; }).length;
    });
  }

  function clear() {
    return inside("keep", "readwrite", function (store) { store.clear(); }).then(function () {
      return inside("acts", "readwrite", function (store) { store.clear(); });
    });
  }
  // What must go at the end of the day goes; acts that nobody has received yet stay, sealed, until they are.
  function wipe() {
    return waiting().then(function (left) { return left ? remove("snapshot").then(function () { return left; }) : clear().then(function () { return 0; }); });
  }

  window.Store = {
    get: get, put: put, settle: settle, unlock: function (device, pin) { return unwrap(device, pin, false); }, seal: seal,
    open: open, keepAct: keepAct, mark: mark, readActs: readActs, waiting: waiting, wipe: wipe, clear: clear
  };
})();
