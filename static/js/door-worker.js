// Keeps the day's visits on the phone so that their pages open without a line. Pages lie encrypted in the browser's
// database (door-store.js), styles and scripts in its cache; signing out clears both.
"use strict";
var STORE = "bangfu-door-1";
self.importScripts("/static/js/door-store.js");

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

// The page names its styles and scripts; they hold nothing about anybody.
self.addEventListener("message", function (event) {
  if (!event.data || event.data.kind !== "keep") return;
  event.waitUntil(caches.open(STORE).then(function (store) {
    return Promise.all(event.data.files.map(function (address) {
      return store.match(address).then(function (found) {
        return found || store.add(address).catch(function () { return undefined; });
      });
    }));
  }).catch(function () { return undefined; }));
});

function kept(path) {
  return self.BangfuDoor.page(path).then(function (html) {
    if (html === null) return self.BangfuDoor.page("/my-visits/no-line");
    return html;
  }).then(function (html) {
    if (html === null) return Response.error();
    return new Response(html, { headers: {
      "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Kept": "1",
      "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
        + " connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    } });
  });
}

self.addEventListener("fetch", function (event) {
  var request = event.request, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && /^\/my-visits(\/|$)/.test(address.pathname)) {
    event.respondWith(fetch(request).catch(function () { return kept(address.pathname); }));
  } else if (address.pathname.indexOf("/static/") === 0) {
    event.respondWith(caches.open(STORE).then(function (store) { return store.match(request); }).then(function (found) {
      return found || fetch(request);
    }));
  }
});

// Where the browser tells that the line is back even with the page closed.
self.addEventListener("sync", function (event) {
  if (event.tag !== "bangfu-door") return;
  event.waitUntil(self.BangfuDoor.owner().then(function (owner) {
    return owner ? self.BangfuDoor.sendAll(owner) : undefined;
  }));
});
