// Drafts of the survey: encrypted with a key that never leaves the browser, sent once there is a line (DESIGN.md).
(function () {
  "use strict";
  var doc = document, form = doc.getElementById("field-form"), box = doc.getElementById("drafts");
  if (!form || !box || !window.indexedDB || !window.crypto || !window.crypto.subtle) return;
  var owner = box.getAttribute("data-owner"), list = doc.getElementById("drafts-list");
  var line = doc.getElementById("drafts-line"), busy = false, away = false;

  function say(name) { return box.getAttribute("data-" + name) || ""; }
  function announce(text) { var region = doc.getElementById("announcer"); if (region) region.textContent = text; }

  // ---- the store: one key per account, not extractable; drafts as ciphertext
  function opened() {
    return new Promise(function (resolve, reject) {
      var request = window.indexedDB.open("bangfu-drafts", 1);
      request.onupgradeneeded = function () {
        request.result.createObjectStore("keys");
        request.result.createObjectStore("drafts", { keyPath: "id" });
      };
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
    });
  }

  function within(store, mode, work) {
    return opened().then(function (base) {
      return new Promise(function (resolve, reject) {
        var transaction = base.transaction(store, mode), request = work(transaction.objectStore(store));
        transaction.oncomplete = function () { base.close(); resolve(request && request.result); };
        transaction.onerror = transaction.onabort = function () { base.close(); reject(transaction.error); };
      });
    });
  }

  function ownKey() {
    return within("keys", "readonly", function (keys) { return keys.get(owner); }).then(function (found) {
      if (found) return found;
      return window.crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
        .then(function (key) {
          return within("keys", "readwrite", function (keys) { return keys.put(key, owner); })
            .then(function () { return key; });
        });
    });
  }

  function store(id, text, state, faults) {
    var iv = window.crypto.getRandomValues(new Uint8Array(12));
    return ownKey().then(function (key) {
      return window.crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, key, new TextEncoder().encode(text));
    }).then(function (sealed) {
      var draft = { id: id, owner: owner, iv: iv, sealed: sealed, state: state, faults: faults || {}, at: Date.now() };
      return within("drafts", "readwrite", function (drafts) { return drafts.put(draft); });
    });
  }

  function read(draft) {
    return ownKey().then(function (key) {
      return window.crypto.subtle.decrypt({ name: "AES-GCM", iv: draft.iv }, key, draft.sealed);
    }).then(function (plain) { return new TextDecoder().decode(plain); });
  }

  function all() {
    return within("drafts", "readonly", function (drafts) { return drafts.getAll(); }).then(function (found) {
      return found.sort(function (a, b) { return a.at - b.at; });
    });
  }

  function remove(id) { return within("drafts", "readwrite", function (drafts) { return drafts.delete(id); }); }

  // ---- what the page shows
  function show() {
    return all().then(function (found) {
      var mine = found.filter(function (draft) { return draft.owner === owner; });
      var waiting = mine.length;
      list.textContent = "";
      mine.forEach(function (draft, place) { list.appendChild(row(draft, place)); });
      box.hidden = !(found.length || !navigator.onLine);
      line.textContent = !navigator.onLine ? say("offline") : away && waiting ? say("signin")
        : (found.length > mine.length ? say("other") : "");
      doc.getElementById("drafts-signin").hidden = !(away && waiting);
      doc.getElementById("drafts-send").hidden = !waiting;
      try { window.localStorage.setItem("bangfu-drafts", String(waiting)); } catch (refused) { return waiting; }
      return waiting;
    });
  }

  function row(draft, place) {
    var item = doc.createElement("li"), words = doc.createElement("span");
    words.textContent = say("home") + " " + (place + 1) + " · " + say(draft.state);
    item.appendChild(words);
    Object.keys(draft.faults).forEach(function (field) {
      var fault = doc.createElement("p");
      fault.className = "error";
      fault.textContent = draft.faults[field];
      item.appendChild(fault);
    });
    item.appendChild(action(say("correct"), function () { edit(draft); }));
    item.appendChild(action(say("remove"), function () { remove(draft.id).then(show); }));
    return item;
  }

  function action(text, act) {
    var button = doc.createElement("button");
    button.type = "button";
    button.className = "btn quiet";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  }

  function edit(draft) {
    read(draft).then(function (text) {
      var values = new URLSearchParams(text);
      Array.prototype.forEach.call(form.elements, function (input) {
        if (!input.name || input.name === "_csrf_token") return;
        if (input.type === "checkbox" || input.type === "radio") {
          input.checked = values.getAll(input.name).indexOf(input.value) >= 0;
        } else { input.value = values.get(input.name) || ""; }
      });
      form.elements.name.focus();
    });
  }

  // ---- saving and sending
  function freshKey() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function clear() {
    var division = form.elements.division.value;
    form.reset();
    form.elements.division.value = division;
    form.elements.lat.value = form.elements.lon.value = "";
    form.elements.key.value = freshKey();
    doc.getElementById("field-place-done").hidden = true;
    (form.elements.name.closest(".field") || form).scrollIntoView();
    form.elements.name.focus();
  }

  function save(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    var values = new URLSearchParams(new FormData(form));
    values.delete("_csrf_token");
    if (!values.get("division")) { form.elements.division.focus(); announce(form.elements.division.labels[0].textContent); return; }
    store(values.get("key"), values.toString(), "waiting").then(function () {
      clear();
      announce(say("kept"));
      return show();
    }).then(send);
  }

  function ready() {
    return fetch("/field/ready", { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
      return answer.ok ? answer.json() : { owner: "", token: "" };
    });
  }

  function send() {
    if (busy || !navigator.onLine) return show();
    busy = true;
    return ready().then(function (who) {
      var mine = who.owner === owner;
      away = !mine;
      if (away) return undefined;
      return all().then(function (found) {
        var open = found.filter(function (draft) { return draft.owner === owner && draft.state !== "faulty"; });
        return open.reduce(function (before, draft) {
          return before.then(function () { return sendOne(draft, who.token); });
        }, Promise.resolve());
      });
    }).catch(function () { return undefined; }).then(function () { busy = false; return show(); });
  }

  function sendOne(draft, token) {
    return read(draft).then(function (text) {
      return fetch("/field", {
        method: "POST", credentials: "same-origin", redirect: "manual", body: text,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": token, "X-Draft": "1" }
      }).then(function (answer) {
        if (answer.status === 200) return remove(draft.id).then(function () { announce(say("arrived")); });
        if (answer.status !== 422) throw new Error("not sent");
        return answer.json().then(function (told) { return store(draft.id, text, "faulty", told.faults); });
      });
    });
  }

  // ---- the place, only when asked for
  var place = doc.getElementById("field-place");
  if (navigator.geolocation) {
    place.hidden = false;
    place.addEventListener("click", function () {
      navigator.geolocation.getCurrentPosition(function (found) {
        form.elements.lat.value = found.coords.latitude.toFixed(6);
        form.elements.lon.value = found.coords.longitude.toFixed(6);
        doc.getElementById("field-place-done").hidden = false;
      }, function () { return undefined; }, { timeout: 10000, maximumAge: 60000 });
    });
  }

  form.addEventListener("submit", save, true);
  doc.getElementById("drafts-send").addEventListener("click", send);
  window.addEventListener("online", send);
  window.addEventListener("offline", show);
  // A cached page has an old key: every entry begins with a fresh one.
  form.elements.key.value = freshKey();
  Array.prototype.forEach.call(doc.querySelectorAll('form[action="/signout"]'), function (leave) {
    leave.addEventListener("submit", function (event) {
      var waiting = Number(window.localStorage.getItem("bangfu-drafts") || "0");
      if (waiting && !window.confirm(say("warning"))) { event.preventDefault(); event.stopImmediatePropagation(); }
    }, true);
  });
  show().then(send);

  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/field/worker.js", { scope: "/field" }).then(function () {
      return navigator.serviceWorker.ready;
    }).then(function (registration) {
      var files = Array.prototype.map.call(doc.querySelectorAll("script[src], link[href]"), function (element) {
        return element.src || element.href;
      }).filter(function (address) { return address.indexOf(window.location.origin + "/static/") === 0; });
      registration.active.postMessage({ kind: "keep", files: files });
    }).catch(function () { return undefined; });
  }
}());
