// Dragging a visit to another day or carer posts the same form as its page does. Everything works without this.
(function () {
  "use strict";
  var doc = document, form = doc.getElementById("cal-drag"), held = null;
  if (!form) return;

  function cellOf(event) { return event.target.closest ? event.target.closest(".cal-cell[data-carer]") : null; }

  function clear() {
    Array.prototype.forEach.call(doc.querySelectorAll(".cal-cell.over"), function (cell) { cell.classList.remove("over"); });
  }

  doc.addEventListener("dragstart", function (event) {
    var card = event.target.closest ? event.target.closest(".cal-card[draggable]") : null;
    if (!card) return;
    held = card;
    card.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.textContent.trim());
  });

  doc.addEventListener("dragover", function (event) {
    var cell = held && cellOf(event);
    if (!cell) return;
    event.preventDefault();
    clear();
    cell.classList.add("over");
  });

  doc.addEventListener("dragend", function () {
    if (held) held.classList.remove("dragged");
    held = null;
    clear();
  });

  doc.addEventListener("drop", function (event) {
    var cell = held && cellOf(event);
    if (!cell) return;
    event.preventDefault();
    var card = held, from = card.closest(".cal-cell");
    if (from === cell || form.getAttribute("data-sent")) return;
    var asked = form.getAttribute("data-question").replace("#", cell.getAttribute("data-label") + " " + card.getAttribute("data-time"));
    if (!window.confirm(asked)) return;
    // Dropped in the row of a companion or the server: another row is another server, the same row only another day.
    form.action = card.getAttribute("data-action");
    form.elements.day.value = cell.getAttribute("data-day");
    form.elements.time.value = card.getAttribute("data-time");
    form.elements.carer.value = from.getAttribute("data-carer") === cell.getAttribute("data-carer") ? card.getAttribute("data-carer") : cell.getAttribute("data-carer");
    form.elements.version.value = card.getAttribute("data-version");
    form.setAttribute("data-sent", "1");
    form.submit();
  });
})();
