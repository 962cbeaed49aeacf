// At the door: one position when a form is sent (never a track), only the fields of the chosen way, a field to sign in.
// Everything here improves forms that work without it.
(function () {
  "use strict";
  var doc = document, LONGEST = 12000;

  function each(found, act) { Array.prototype.forEach.call(found, act); }

  function chosen(form, name) {
    var input = form.querySelector('input[name="' + name + '"]:checked');
    return input ? input.value : "";
  }

  // ---- only what belongs to the chosen way
  function fit(part, name) {
    var form = part.closest("form"), value = chosen(form, name);
    each(part.querySelectorAll("[data-for]"), function (box) {
      box.hidden = box.getAttribute("data-for").split(" ").indexOf(value) < 0;
    });
  }

  function improve() {
    each(doc.querySelectorAll("form[data-door]"), function (form) {
      if (form.getAttribute("data-improved")) return;
      form.setAttribute("data-improved", "1");
      each(form.querySelectorAll("[data-script-only]"), function (part) { part.hidden = false; });
      var proof = form.querySelector("[data-proof]"), word = form.querySelector("[data-confirmation]");
      function again() {
        if (proof) fit(proof, "method");
        if (word) fit(word, "confirmation");
      }
      form.addEventListener("change", again);
      again();
      each(form.querySelectorAll("canvas.sign"), function (field) { signing(form, field); });
    });
  }

  // ---- one position, when the form is sent
  function located(form, position) {
    form.elements.lat.value = position.coords.latitude.toFixed(6);
    form.elements.lon.value = position.coords.longitude.toFixed(6);
    form.elements.accuracy.value = String(Math.ceil(position.coords.accuracy));
    form.elements.crs.value = "wgs84";
    form.setAttribute("data-located", "1");
    note(form, false, false);
    again(form);
  }

  function again(form) {
    if (form.requestSubmit) { form.requestSubmit(); return; }
    form.querySelector("button:not([type=button])").click();
  }

  function note(form, looking, failed) {
    form.querySelector("[data-locating]").hidden = !looking;
    form.querySelector("[data-no-position]").hidden = !failed;
  }

  function unknown(form) {
    note(form, false, true);
    form.removeAttribute("data-locating-now");
    var other = form.querySelector('input[name="method"][value="explained"]');
    other.checked = true;
    other.dispatchEvent(new Event("change", { bubbles: true }));
    form.elements.reason.value = form.elements.reason.value || "no_signal";
    other.focus();
  }

  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute || !form.hasAttribute("data-door")) return;
    each(form.querySelectorAll("canvas.sign"), function (field) { field.dispatchEvent(new CustomEvent("keep")); });
    if (form.elements.device_at) form.elements.device_at.value = new Date().toISOString();
    if (!form.elements.method || chosen(form, "method") !== "gps") return;
    if (form.getAttribute("data-located")) { form.removeAttribute("data-located"); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.getAttribute("data-locating-now")) return;
    if (!navigator.geolocation) { unknown(form); return; }
    form.setAttribute("data-locating-now", "1");
    note(form, true, false);
    navigator.geolocation.getCurrentPosition(function (position) {
      form.removeAttribute("data-locating-now");
      located(form, position);
    }, function () { unknown(form); }, { enableHighAccuracy: true, timeout: LONGEST, maximumAge: 0 });
  }, true);

  // ---- signing with a finger
  function signing(form, field) {
    var pen = field.getContext("2d"), down = false, drawn = false;
    function clear() {
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, field.width, field.height);
      drawn = false;
      form.elements.signature_drawn.value = "";
    }
    function at(event) {
      var box = field.getBoundingClientRect();
      return [(event.clientX - box.left) * field.width / box.width, (event.clientY - box.top) * field.height / box.height];
    }
    clear();
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#1b2733";
    field.addEventListener("pointerdown", function (event) {
      down = drawn = true;
      field.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo.apply(pen, at(event));
      event.preventDefault();
    });
    field.addEventListener("pointermove", function (event) {
      if (!down) return;
      pen.lineTo.apply(pen, at(event));
      pen.stroke();
    });
    ["pointerup", "pointercancel"].forEach(function (name) { field.addEventListener(name, function () { down = false; }); });
    field.addEventListener("keep", function () {
      if (drawn) form.elements.signature_drawn.value = field.toDataURL("image/png");
    });
    form.querySelector("[data-clear]").addEventListener("click", clear);
  }

  doc.addEventListener("bangfu:shown", improve);
  improve();
}());
