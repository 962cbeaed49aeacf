// Improvements only: every page works without this file. No inline handlers, nothing evaluated.
(function () {
  "use strict";
  var doc = document;

  function all(selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); }

  // Screen readers hear a message when the text of the live region changes after loading.
  var announceTimer = 0;
  function announce(text) {
    var region = doc.getElementById("announcer");
    if (!region || !text) return;
    region.textContent = "";
    window.clearTimeout(announceTimer);
    announceTimer = window.setTimeout(function () { region.textContent = text; }, 120);
  }

  function announceIn(root) {
    var texts = all("[data-announce]", root).map(function (element) {
      var own = element.getAttribute("data-announce");
      return own || (element.querySelector("p") || element).textContent.trim();
    });
    if (root.matches && root.matches("[data-announce]") && !texts.length) texts.push(root.textContent.trim());
    announce(texts.join(" "));
  }

  function focusFirst(root) {
    var target = root.querySelector("[data-focus-first]");
    if (target && !(root === doc && target.hasAttribute("autofocus"))) target.focus();
    return Boolean(target);
  }

  // A second click on a slow line must not send a form twice.
  function guardSubmit(event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.getAttribute("data-sent")) { event.preventDefault(); return; }
    if (form.hasAttribute("hx-post") || form.hasAttribute("data-download")) return;
    form.setAttribute("data-sent", "1");
    form.removeAttribute("data-changed");
    window.setTimeout(function () {
      all("button:not([type=button])", form).forEach(function (button) { button.setAttribute("aria-disabled", "true"); });
    }, 0);
  }

  function releaseForms() {
    all("form[data-sent]").forEach(function (form) {
      form.removeAttribute("data-sent");
      all("[aria-disabled]", form).forEach(function (button) { button.removeAttribute("aria-disabled"); });
    });
  }

  // Menus made of <details>: close by Escape and by a click elsewhere.
  function closePopovers(except) {
    all("details[data-popover][open]").forEach(function (details) {
      if (details !== except) details.open = false;
    });
  }

  function onKey(event) {
    if (event.key === "Escape") {
      var open = doc.querySelector("details[data-popover][open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
    }
    var tab = event.target.closest && event.target.closest("[data-rows] [data-row-link]");
    if (tab) moveInRows(event, tab);
  }

  // Lists worked by keyboard: up/down moves, a one-letter key presses the row's button with that data-key.
  function moveInRows(event, link) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var links = all("[data-row-link]", link.closest("[data-rows]"));
    var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      var next = links[links.indexOf(link) + step];
      if (next) { event.preventDefault(); next.focus(); }
      return;
    }
    if (!/^[a-z]$/i.test(event.key)) return;
    var button = link.closest("tr, li").querySelector('[data-key="' + event.key.toLowerCase() + '"]');
    if (button) { event.preventDefault(); button.click(); }
  }

  // A calendar button beside a date that is typed.
  function addDatePickers(root) {
    all("[data-date-row]", root).forEach(function (row) {
      if (row.querySelector(".date-pick")) return;
      var text = row.querySelector("input");
      var box = doc.createElement("span");
      box.className = "date-pick";
      var button = doc.createElement("button");
      button.type = "button";
      button.className = "btn secondary";
      button.setAttribute("aria-label", row.getAttribute("data-date-row"));
      button.innerHTML = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"/></svg>';
      var picker = doc.createElement("input");
      picker.type = "date";
      picker.tabIndex = -1;
      picker.setAttribute("aria-hidden", "true");
      box.appendChild(picker);
      box.appendChild(button);
      row.appendChild(box);
      button.addEventListener("click", function () {
        var parts = text.value.match(/(\d{4})\D+(\d{1,2})\D+(\d{1,2})/);
        picker.value = parts ? parts[1] + "-" + ("0" + parts[2]).slice(-2) + "-" + ("0" + parts[3]).slice(-2) : "";
        if (picker.showPicker) picker.showPicker(); else { picker.focus(); picker.click(); }
      });
      picker.addEventListener("change", function () {
        if (!picker.value) return;
        text.value = picker.value;
        text.dispatchEvent(new Event("change", { bubbles: true }));
        text.focus();
      });
    });
  }

  // Rows and map points that belong together light up together.
  function linkRows(event) {
    var row = event.target.closest && event.target.closest("[data-map-id]");
    doc.dispatchEvent(new CustomEvent("bangfu:point", { detail: row ? row.getAttribute("data-map-id") : null }));
  }

  function improve(root) {
    addDatePickers(root);
    all("[data-script-only]", root).forEach(function (element) { element.hidden = false; });
    all("button[data-print]", root).forEach(function (button) {
      button.addEventListener("click", function () { window.print(); });
    });
    all("form[data-submit-on-change]", root).forEach(function (form) {
      form.addEventListener("change", function () { if (form.requestSubmit) form.requestSubmit(); else form.submit(); });
    });
    all("form[data-warn-unsaved]", root).forEach(function (form) {
      form.addEventListener("input", function () { form.setAttribute("data-changed", "1"); });
    });
  }

  doc.addEventListener("submit", guardSubmit);
  doc.addEventListener("keydown", onKey);
  doc.addEventListener("click", function (event) {
    var press = event.target.closest("[aria-disabled=true]");
    if (press) { event.preventDefault(); return; }
    closePopovers(event.target.closest("details[data-popover]"));
  });
  doc.addEventListener("mouseover", linkRows);
  doc.addEventListener("focusin", linkRows);
  window.addEventListener("pageshow", releaseForms);
  window.addEventListener("beforeunload", function (event) {
    if (doc.querySelector("form[data-changed]:not([data-sent])")) { event.preventDefault(); event.returnValue = ""; }
  });

  // htmx: keep the focus, say what changed, say when the line failed.
  var focusBefore = "";
  doc.addEventListener("htmx:beforeSwap", function () { focusBefore = doc.activeElement ? doc.activeElement.id : ""; });
  doc.addEventListener("htmx:load", function (event) { improve(event.detail.elt); });
  doc.addEventListener("htmx:afterSettle", function (event) {
    var target = event.detail.elt;
    announceIn(target);
    if (focusFirst(target)) return;
    if (doc.activeElement && doc.activeElement !== doc.body) return;
    var again = focusBefore && doc.getElementById(focusBefore);
    if (!again && target.hasAttribute("data-quiet")) return;
    if (!again) { again = target; again.setAttribute("tabindex", "-1"); }
    again.focus({ preventScroll: true });
  });
  function failed(event) {
    var said = null, note = doc.getElementById("line-failed"), xhr = event.detail.xhr;
    if (xhr && xhr.responseText) said = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("[data-message]");
    var text = said ? said.textContent.trim() : doc.body.getAttribute("data-failed");
    announce(text);
    if (!note) return;
    note.textContent = text;
    note.hidden = false;
    note.scrollIntoView({ block: "nearest" });
  }
  doc.addEventListener("htmx:responseError", failed);
  doc.addEventListener("htmx:sendError", failed);
  doc.addEventListener("htmx:afterRequest", function (event) {
    var note = doc.getElementById("line-failed");
    if (note && event.detail.successful) note.hidden = true;
  });

  if (window.matchMedia("(max-width: 52em)").matches) {
    all("details[data-open-wide]").forEach(function (details) { details.open = false; });
  }
  improve(doc);
  focusFirst(doc);
  announceIn(doc.getElementById("flashes") || doc.createElement("div"));
})();
