{% load static %}// The shell of the tablets, kept so that the page opens without a network. It never keeps an answer with data.
"use strict";
const SHELL = "{% url 'tablet:app' %}";
const FILES = ["{% static 'site/site.css' %}", "{% static 'site/tablet.css' %}", "{% static 'site/icon-neutral.svg' %}", "{% static 'site/tablet-store.js' %}", "{% static 'site/tablet-screens.js' %}", "{% static 'site/tablet.js' %}"];
const CACHE = "tablette-{{ version }}";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL, ...FILES].map((url) => new Request(url, { cache: "reload" })))).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((all) => Promise.all(all.filter((one) => one.startsWith("tablette-") && one !== CACHE).map((one) => caches.delete(one)))).then(() => forget()).then(() => self.clients.claim()));
});

function timed(request, ms) {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error("slow")), ms);
    fetch(request).then((answer) => { clearTimeout(timer); answer.ok ? done(answer) : failed(new Error(String(answer.status))); }, (error) => { clearTimeout(timer); failed(error); });
  });
}
function fresh(request, ms) {
  const key = new URL(request.url).pathname;
  return timed(request, ms).then((answer) => {
    const copy = answer.clone();
    caches.open(CACHE).then((cache) => cache.put(key, copy));
    return answer;
  }).catch(() => caches.match(key, { cacheName: CACHE }).then((kept) => kept || Response.error()));
}
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) { return; }
  if (url.pathname === SHELL) { event.waitUntil(forget()); event.respondWith(fresh(event.request, 2500)); }
  else if (FILES.includes(url.pathname)) { event.respondWith(fresh(event.request, 2500)); }
});

// Two hours after the end the snapshot goes, even when nobody unlocks the tablet again.
function forget() {
  return new Promise((done) => {
    const asked = indexedDB.open("journee");
    asked.onupgradeneeded = () => { asked.transaction.abort(); };
    asked.onerror = () => done();
    asked.onsuccess = () => {
      const db = asked.result;
      if (!db.objectStoreNames.contains("keep")) { db.close(); return done(); }
      const transaction = db.transaction("keep", "readwrite"), store = transaction.objectStore("keep"), device = store.get("device");
      device.onsuccess = () => {
        const kept = device.result;
        if (kept && Date.now() + (kept.offset_ms || 0) >= Date.parse(kept.wipe_at)) { store.delete("snapshot"); }
      };
      transaction.oncomplete = transaction.onabort = () => { db.close(); done(); };
    };
  });
}
