// Keeps the survey's page and its styles on the phone, so that it opens without a line. It holds no data of people:
// the page is an empty form. Signing out clears everything (Clear-Site-Data).
"use strict";
var STORE = "bangfu-field-1";

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

// The page names what it needs; the empty form is fetched anew so that nothing typed or answered is kept.
self.addEventListener("message", function (event) {
  if (!event.data || event.data.kind !== "keep") return;
  event.waitUntil(caches.open(STORE).then(function (store) {
    return Promise.all(event.data.files.map(function (address) {
      return store.match(address).then(function (found) { return found || store.add(address); });
    }).concat([refresh(store)])).catch(function () { return undefined; });
  }));
});

function refresh(store) {
  return fetch("/field", { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
    return answer.ok ? store.put("/field", answer) : undefined;
  });
}

function fromStore(request) {
  return caches.open(STORE).then(function (store) { return store.match(request); });
}

self.addEventListener("fetch", function (event) {
  var request = event.request, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === "/field") {
    event.respondWith(fetch(request).catch(function () {
      return fromStore("/field").then(function (kept) { return kept || Response.error(); });
    }));
  } else if (address.pathname.indexOf("/static/") === 0) {
    event.respondWith(fromStore(request).then(function (kept) { return kept || fetch(request); }));
  }
});
