// The match review: rows open and close in place, and the button says how many are ticked. All works without this.
(function () {
  "use strict";
  var doc = document;

  function detailOf(link) {
    var cell = doc.getElementById(link.getAttribute("data-opens"));
    return cell ? cell.parentElement : null;
  }

  function show(link, open) {
    var row = detailOf(link);
    if (!row) return;
    row.hidden = !open;
    link.setAttribute("aria-expanded", open ? "true" : "false");
  }

  // A second press on an open row closes it and asks nothing of the server.
  doc.addEventListener("htmx:beforeRequest", function (event) {
    var link = event.detail.elt;
    if (!link.hasAttribute || !link.hasAttribute("data-opens")) return;
    if (link.getAttribute("aria-expanded") === "true") { event.preventDefault(); show(link, false); }
  });

  doc.addEventListener("htmx:afterSwap", function (event) {
    var id = event.detail.target.id || "";
    if (id.indexOf("detail-") !== 0) return;
    var link = doc.querySelector('[data-opens="' + id + '"]');
    if (link) show(link, true);
  });

  function count() {
    var go = doc.getElementById("bulk-go");
    if (!go) return;
    var n = doc.querySelectorAll('input[form="bulk"][name="id"]:checked').length;
    go.textContent = n ? go.getAttribute("data-some").replace("#", n) : go.getAttribute("data-all");
  }

  doc.addEventListener("change", function (event) {
    var box = event.target;
    if (box.hasAttribute("data-tick-all")) {
      Array.prototype.forEach.call(doc.querySelectorAll('input[form="bulk"][name="id"]'), function (each) { each.checked = box.checked; });
    }
    if (box.hasAttribute("data-tick-all") || box.getAttribute("form") === "bulk") count();
  });
  doc.addEventListener("htmx:afterSettle", count);
  count();
})();
