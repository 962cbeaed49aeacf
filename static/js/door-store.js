// What a phone keeps of the day's visits: pages and drafts, encrypted with a key that never leaves the browser. Used by
// the page (door-offline.js) and by the keeper (door-worker.js). Nothing here is evaluated; nothing goes elsewhere.
(function (scope) {
  "use strict";
  var BASE = "bangfu-door", LONGEST = 36e5 * 36;

  function opened() {
    return new Promise(function (resolve, reject) {
      var request = scope.indexedDB.open(BASE, 1);
      request.onupgradeneeded = function () {
        var base = request.result;
        base.createObjectStore("keys");
        base.createObjectStore("meta");
        base.createObjectStore("pages", { keyPath: "path" });
        base.createObjectStore("drafts", { keyPath: "id" });
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

  function get(store, key) { return within(store, "readonly", function (rows) { return rows.get(key); }); }
  function all(store) { return within(store, "readonly", function (rows) { return rows.getAll(); }); }
  function drop(store, key) { return within(store, "readwrite", function (rows) { return rows.delete(key); }); }
  function clear(store) { return within(store, "readwrite", function (rows) { return rows.clear(); }); }

  // ---- one key per account: made once, not extractable, gone at sign-out
  function keyOf(owner) {
    return get("keys", owner).then(function (found) {
      if (found) return found;
      return scope.crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
        .then(function (key) {
          return within("keys", "readwrite", function (keys) { return keys.add(key, owner); }).then(
            function () { return key; }, function () { return get("keys", owner); }
          );
        });
    });
  }

  function seal(owner, bytes) {
    var iv = scope.crypto.getRandomValues(new Uint8Array(12));
    return keyOf(owner).then(function (key) {
      return scope.crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, key, bytes);
    }).then(function (sealed) { return { iv: iv, sealed: sealed }; });
  }

  function open(row) {
    return get("keys", row.owner).then(function (key) {
      if (!key) throw new Error("no key");
      return scope.crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, key, row.sealed);
    });
  }

  function put(store, row) { return within(store, "readwrite", function (rows) { return rows.put(row); }); }

  // ---- pages of the day
  function keepPage(owner, path, html) {
    return seal(owner, new TextEncoder().encode(html)).then(function (box) {
      return put("pages", { path: path, owner: owner, iv: box.iv, sealed: box.sealed, until: Date.now() + LONGEST });
    });
  }

  // Only of the account that used these pages last: a shared phone shows nobody the homes of somebody else.
  function page(path) {
    return Promise.all([get("pages", path), get("meta", "owner")]).then(function (found) {
      var row = found[0];
      if (!row || row.owner !== found[1]) return null;
      if (row.until < Date.now()) return drop("pages", path).then(function () { return null; });
      return open(row).then(function (bytes) { return new TextDecoder().decode(bytes); }, function () { return null; });
    });
  }

  function keepOnly(owner, paths) {
    return all("pages").then(function (rows) {
      return Promise.all(rows.filter(function (row) {
        return row.owner !== owner || paths.indexOf(row.path) < 0;
      }).map(function (row) { return drop("pages", row.path); }));
    });
  }

  // Another account has signed in on this phone: the pages of the one before go at once, line or no line.
  function setOwner(owner) {
    return within("meta", "readwrite", function (rows) { return rows.put(owner, "owner"); }).then(function () {
      return all("pages");
    }).then(function (rows) {
      return Promise.all(rows.filter(function (row) { return row.owner !== owner; })
        .map(function (row) { return drop("pages", row.path); }));
    });
  }

  // ---- drafts: what was sent off without a line (waiting, faulty) and what is being typed (open)
  function keepDraft(draft, bytes) {
    return seal(draft.owner, bytes).then(function (box) {
      draft.iv = box.iv;
      draft.sealed = box.sealed;
      return put("drafts", draft);
    });
  }

  function drafts(owner) {
    return all("drafts").then(function (rows) {
      return rows.filter(function (row) { return row.owner === owner; }).sort(function (a, b) { return a.at - b.at; });
    });
  }

  function ready() {
    return scope.fetch("/my-visits/ready", { credentials: "same-origin", redirect: "manual" }).then(function (answer) {
      return answer.ok ? answer.json() : { owner: "", token: "" };
    });
  }

  // A kept page may be older than the arrival; after the record the home's page is not needed any more.
  function arrived(draft) {
    if (draft.kind === "arrive") {
      return within("meta", "readwrite", function (rows) { return rows.put(Date.now(), "arrived:" + draft.page); });
    }
    return Promise.all([drop("pages", draft.page), drop("pages", draft.page + "/danger"), drop("meta", "arrived:" + draft.page)]);
  }

  function sendOne(draft, token) {
    return open(draft).then(function (bytes) {
      return scope.fetch(draft.path, {
        method: "POST", credentials: "same-origin", redirect: "manual", body: bytes,
        headers: { "Content-Type": draft.type, "X-CSRF-Token": token, "X-Draft": "1" }
      });
    }).then(function (answer) {
      if (answer.status === 200) {
        return drop("drafts", draft.id).then(function () { return arrived(draft); }).then(function () { return "done"; });
      }
      if ([403, 404, 409, 413, 422].indexOf(answer.status) < 0) throw new Error("not sent");
      return answer.json().catch(function () { return {}; }).then(function (told) {
        draft.state = "faulty";
        draft.status = answer.status;
        draft.faults = told.faults || { "": told.told || "" };
        return put("drafts", draft).then(function () { return "faulty"; });
      });
    });
  }

  // In the order in which they were written; what is not sent stays. Repeats are the same draft to the server.
  function sendAll(owner) {
    function work() {
      return ready().then(function (who) {
        if (who.owner !== owner) return { away: true, sent: 0 };
        return drafts(owner).then(function (rows) {
          var sent = 0;
          return rows.filter(function (row) { return row.state === "waiting"; }).reduce(function (before, row) {
            return before.then(function () {
              return sendOne(row, who.token).then(function (how) { if (how === "done") sent += 1; });
            });
          }, Promise.resolve()).then(function () { return { away: false, sent: sent }; });
        });
      });
    }
    var locks = scope.navigator && scope.navigator.locks;
    return locks ? locks.request("bangfu-door-send", work) : work();
  }

  function wipe() {
    return Promise.all(["pages", "drafts", "keys", "meta"].map(clear));
  }

  scope.BangfuDoor = {
    keepPage: keepPage, page: page, keepOnly: keepOnly, keepDraft: keepDraft, drafts: drafts, open: open, sendAll: sendAll,
    wipe: wipe,
    dropDraft: function (id) { return drop("drafts", id); },
    dropPage: function (path) { return drop("pages", path); },
    putDraft: function (row) { return put("drafts", row); },
    setOwner: setOwner,
    owner: function () { return get("meta", "owner"); },
    hasArrived: function (path) { return get("meta", "arrived:" + path); },
    others: function (owner) {
      return all("drafts").then(function (rows) {
        return rows.some(function (row) { return row.owner !== owner; });
      });
    }
  };
}(self));
