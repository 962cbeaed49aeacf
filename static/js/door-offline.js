// Visits without a line: what is saved goes into an encrypted queue first and leaves it once the portal has it. Forms
// marked data-offline="arrive|finish" are kept; without this script they are plain forms.
(function () {
  "use strict";
  var doc = document, box = doc.getElementById("door-drafts"), store = window.BangfuDoor;
  if (!box || !store || !window.indexedDB || !window.crypto || !window.crypto.subtle) return;
  var owner = box.getAttribute("data-owner"), list = doc.getElementById("door-drafts-list");
  var line = doc.getElementById("door-drafts-line"), send = doc.getElementById("door-drafts-send");
  var here = window.location.pathname, busy = null, away = false;

  function say(name) { return box.getAttribute("data-" + name) || ""; }
  function each(found, act) { Array.prototype.forEach.call(found, act); }
  function announce(text) { var region = doc.getElementById("announcer"); if (region) region.textContent = text; }
  function element(name, text, className) {
    var made = doc.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  // A random number of this browser, in a cookie: signing out clears the store, and one phone of many people would look
  // like many phones. It goes to the door's pages only; the portal keeps a keyed hash of it.
  function device() {
    var kept = /(?:^|; )bangfu-device=([0-9a-f-]{36})(?:;|$)/.exec(doc.cookie), known = kept ? kept[1] : fresh();
    doc.cookie = "bangfu-device=" + known + "; path=/my-visits; max-age=31536000; samesite=strict"
      + (window.location.protocol === "https:" ? "; secure" : "");
    return known;
  }

  function fresh() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  // ---- what waits, in words
  function show() {
    return Promise.all([store.drafts(owner), store.others(owner)]).then(function (found) {
      var mine = found[0].filter(function (row) { return row.state !== "open"; });
      list.textContent = "";
      mine.forEach(function (row) { list.appendChild(item(row)); });
      box.hidden = !(mine.length || found[1] || !navigator.onLine);
      line.textContent = !navigator.onLine ? say("offline") : away && mine.length ? say("signin")
        : (found[1] ? say("other") : "");
      doc.getElementById("door-drafts-signin").hidden = !(away && mine.length);
      send.hidden = !mine.some(function (row) { return row.state === "waiting"; }) || !navigator.onLine;
      each(doc.querySelectorAll("[data-visit-path]"), function (card) {
        var waits = mine.some(function (row) { return row.page === card.getAttribute("data-visit-path"); });
        var mark = card.querySelector(".not-sent");
        if (mark) mark.hidden = !waits;
      });
      try { window.localStorage.setItem("bangfu-door-drafts", String(mine.length)); } catch (refused) { return mine; }
      return mine;
    });
  }

  function item(row) {
    var shown = element("li"), words = row.label + " · " + say(row.kind) + " · " + say(row.state);
    shown.appendChild(element("strong", words));
    Object.keys(row.faults || {}).forEach(function (field) {
      if (row.faults[field]) shown.appendChild(element("p", row.faults[field], "error"));
    });
    if (row.state === "faulty") {
      if (row.page !== here) {
        var link = element("a", say("correct"));
        link.href = row.page;
        shown.appendChild(link);
      } else if (formOf(row.kind)) {
        shown.appendChild(button(say("correct"), function () { correct(row); }));
      }
      shown.appendChild(button(say("again"), function () {
        row.state = "waiting";
        store.putDraft(row).then(flush);
      }));
      shown.appendChild(button(say("remove"), function () {
        if (window.confirm(say("removing"))) store.dropDraft(row.id).then(show);
      }));
    }
    return shown;
  }

  function button(text, act) {
    var made = element("button", text, "btn quiet");
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  // ---- sending
  function flush() {
    if (busy) return busy;
    if (!navigator.onLine) return show();
    busy = store.sendAll(owner).then(function (told) {
      away = told.away;
      if (told.sent) announce(say("arrived"));
      return told;
    }, function () { return { away: false, sent: 0 }; }).then(function (told) {
      busy = null;
      return show().then(function () { return told; });
    });
    return busy;
  }

  // ---- one form
  function formOf(kind) { return doc.querySelector('form[data-offline="' + kind + '"]'); }

  function set(form, name, value) {
    var input = form.elements[name];
    if (!input) {
      input = element("input");
      input.type = "hidden";
      input.name = name;
      form.appendChild(input);
    }
    input.value = value;
  }

  function body(form) {
    var values = new FormData(form);
    values.delete("_csrf_token");
    var packed = new Response(values);
    return packed.arrayBuffer().then(function (bytes) {
      return { bytes: bytes, type: packed.headers.get("Content-Type") };
    });
  }

  function submitted(event) {
    var form = event.target, kind = form.getAttribute && form.getAttribute("data-offline");
    if (!kind) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.getAttribute("data-keeping")) return;
    form.setAttribute("data-keeping", "1");
    set(form, "device_at", new Date().toISOString());
    set(form, "offline", navigator.onLine ? "" : "1");
    set(form, "device", device());
    var path = new URL(form.action).pathname;
    body(form).then(function (packed) {
      var row = { id: form.elements.key.value, owner: owner, path: path, page: here, kind: kind, type: packed.type,
        label: form.getAttribute("data-label") || "", state: "waiting", at: Date.now(), faults: {} };
      return store.keepDraft(row, packed.bytes).then(function () { return store.dropDraft("open:" + kind + ":" + here); })
        .then(flush).then(function () { return store.drafts(owner); }).then(function (rows) {
          var left = rows.filter(function (each) { return each.id === row.id; })[0];
          form.removeAttribute("data-keeping");
          after(form, kind, left);
        });
    }).catch(function () {
      form.removeAttribute("data-keeping");
      form.removeAttribute("data-offline");
      form.submit();
    });
    register();
  }

  function after(form, kind, left) {
    if (!left) { window.location.assign(here.replace(/\/danger$/, "")); return; }
    if (left.state === "faulty") { mark(form, left); return; }
    announce(say("kept"));
    if (kind === "arrive") { reveal(); } else { form.hidden = true; }
    if (kind === "danger") each(form.querySelectorAll("textarea"), function (words) { words.value = ""; });
    box.scrollIntoView();
    list.setAttribute("tabindex", "-1");
    list.focus();
  }

  function mark(form, row) {
    each(form.querySelectorAll(".error.kept"), function (old) {
      old.parentNode.classList.remove("has-error");
      old.remove();
    });
    each(form.querySelectorAll("[aria-describedby$='-kept']"), function (old) {
      old.removeAttribute("aria-describedby");
      old.removeAttribute("aria-invalid");
    });
    var first = null;
    Object.keys(row.faults).forEach(function (name) {
      var told = element("p", row.faults[name], "error kept"), input = name && form.elements[name];
      var target = input && input.length !== undefined && !input.options ? input[0] : input;
      var place = target && target.closest ? target.closest(".check-line, .field, fieldset") : null;
      var why = place && place.matches(".check-line") ? place.querySelector("details") : null;
      (place || form).insertBefore(told, (place || form).firstChild);
      if (why) why.open = true;
      if (!target) return;
      told.id = (target.id || name) + "-kept";
      target.setAttribute("aria-invalid", "true");
      if (!target.hasAttribute("aria-describedby")) target.setAttribute("aria-describedby", told.id);
      if (place) place.classList.add("has-error");
      if (!first) first = target;
    });
    form.elements.key.value = row.id;
    (first || form).scrollIntoView();
    if (first) first.focus();
    store.dropDraft(row.id).then(function () { typed(form); return show(); });
  }

  function correct(row) {
    var form = formOf(row.kind) || reveal();
    store.open(row).then(function (bytes) {
      return new Response(bytes, { headers: { "Content-Type": row.type } }).formData();
    }).then(function (values) {
      refill(form, values);
      form.hidden = false;
      mark(form, row);
    });
  }

  function refill(form, values) {
    each(form.elements, function (input) {
      if (!input.name || input.type === "file" || input.name === "_csrf_token") return;
      if (!values.has(input.name) && input.type !== "checkbox" && input.type !== "radio") return;
      if (input.type === "checkbox" || input.type === "radio") {
        input.checked = values.getAll(input.name).indexOf(input.value) >= 0;
      } else { input.value = values.get(input.name) || ""; }
    });
  }

  // After an arrival that is not sent yet the same page goes on with the record.
  function reveal() {
    var kept = doc.getElementById("finish-part"), arrive = formOf("arrive");
    if (arrive) arrive.hidden = true;
    if (!kept) return formOf("finish");
    kept.parentNode.insertBefore(doc.importNode(kept.content, true), kept);
    kept.remove();
    doc.dispatchEvent(new CustomEvent("bangfu:shown"));
    return formOf("finish");
  }

  // ---- what is being typed is kept too, so that a call or a dead battery loses nothing
  var timer = 0;
  function typed(form) {
    var kind = form.getAttribute("data-offline");
    if (!kind) return;
    var values = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && name !== "_csrf_token") values.append(name, value);
    });
    store.keepDraft({ id: "open:" + kind + ":" + here, owner: owner, page: here, kind: kind, state: "open",
      type: "application/x-www-form-urlencoded", at: Date.now(), label: "" },
    new TextEncoder().encode(values.toString())).catch(function () { return undefined; });
  }

  function restore(kind) {
    var form = formOf(kind);
    if (!form || form.querySelector(".has-error, .error")) return;
    store.drafts(owner).then(function (rows) {
      var row = rows.filter(function (each) { return each.id === "open:" + kind + ":" + here; })[0];
      return row && store.open(row).then(function (bytes) {
        refill(form, new URLSearchParams(new TextDecoder().decode(bytes)));
      });
    }).catch(function () { return undefined; });
  }

  doc.addEventListener("input", function (event) {
    var form = event.target.form;
    if (!form || !form.hasAttribute("data-offline")) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { typed(form); }, 600);
  });
  doc.addEventListener("submit", submitted, true);
  send.addEventListener("click", flush);
  window.addEventListener("online", flush);
  window.addEventListener("offline", show);
  window.setInterval(function () { if (send.hidden === false) flush(); }, 30000);

  // ---- the day's pages, with the styles and scripts that they name
  function keepFiles(files) {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.ready.then(function (registration) {
      var wanted = files.map(function (file) { return file.replace(/&amp;/g, "&"); });
      registration.active.postMessage({ kind: "keep", files: wanted });
    }).catch(function () { return undefined; });
  }

  function keepDay() {
    return fetch("/my-visits/keep", { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
      if (!answer.ok) return undefined;
      return answer.json().then(function (day) {
        if (day.owner !== owner) return undefined;
        return store.setOwner(owner).then(function () { return store.keepOnly(owner, day.paths); }).then(function () {
          day.paths.sort(function (a, b) { return (b === here) - (a === here); });
          return day.paths.reduce(function (before, path) {
            return before.then(function () {
              return fetch(path, { credentials: "same-origin", redirect: "manual" }).then(function (page) {
                if (!page.ok) return undefined;
                return page.text().then(function (html) {
                  keepFiles(html.match(/\/static\/[^"'\s<>]+\.(?:css|js|svg|png)[^"'\s<>]*/g) || []);
                  return store.keepPage(owner, path, html);
                });
              });
            });
          }, Promise.resolve());
        });
      });
    }).then(function () { box.setAttribute("data-day", "kept"); }).catch(function () { return undefined; });
  }

  function register() {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.ready.then(function (registration) {
      if (registration.sync) return registration.sync.register("bangfu-door");
    }).catch(function () { return undefined; });
  }

  each(doc.querySelectorAll('form[action="/signout"], form[action="/signout-everywhere"]'), function (leave) {
    leave.addEventListener("submit", function (event) {
      if (leave.getAttribute("data-wiped")) return;
      var waiting = 0;
      try { waiting = Number(window.localStorage.getItem("bangfu-door-drafts") || "0"); } catch (refused) { waiting = 0; }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (waiting && !window.confirm(say("warning"))) return;
      store.wipe().catch(function () { return undefined; }).then(function () {
        leave.setAttribute("data-wiped", "1");
        try { window.localStorage.removeItem("bangfu-door-drafts"); } catch (refused) { waiting = 0; }
        leave.submit();
      });
    }, true);
  });

  Promise.all([store.drafts(owner), store.hasArrived(here)]).then(function (found) {
    var mine = found[0].filter(function (row) { return row.page === here && row.state !== "open"; });
    if (formOf("arrive") && (found[1] || mine.some(function (row) { return row.kind === "arrive"; }))) reveal();
    if (mine.some(function (row) { return row.kind === "finish"; }) && formOf("finish")) formOf("finish").hidden = true;
    ["arrive", "finish"].forEach(restore);
  }).catch(function () { return undefined; });
  store.setOwner(owner).catch(function () { return undefined; }).then(show).then(flush)
    .then(function () { return navigator.onLine ? keepDay() : undefined; });

  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/my-visits/worker.js", { scope: "/my-visits" }).catch(function () {
      return undefined;
    });
  }
}());
