// The map of an area: gathered points asked for as the map moves, outlines of towns, one carer's reach and day.
(function () {
  "use strict";

  function start(element) {
    var drawn = JSON.parse(element.getAttribute("data-drawn"));
    var tiles = element.getAttribute("data-tiles"), layer = element.getAttribute("data-layer");
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    var map = L.map(element, { zoomControl: false, attributionControl: Boolean(tiles), scrollWheelZoom: false, zoomSnap: 0.25, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, maxZoom: 18 });
    if (tiles) map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: element.getAttribute("data-word-in"), zoomOutTitle: element.getAttribute("data-word-out") }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    map.once("focus", function () { map.scrollWheelZoom.enable(); });
    if (drawn.way.length) map.fitBounds(drawn.way.map(function (stop) { return stop.at; }), { padding: [40, 40], maxZoom: 14, animate: false });
    else if (drawn.reach) map.fitBounds(L.latLng(drawn.reach.at).toBounds(drawn.reach.km * 2200), { animate: false });
    else if (drawn.window) map.fitBounds(drawn.window, { animate: false });
    else map.setView([31.78, 119.95], 10);
    if (tiles) L.tileLayer(tiles, { maxZoom: 18, attribution: element.getAttribute("data-attribution") || "" }).addTo(map);

    var areas = element.getAttribute("data-towns");
    if (areas) fetch(areas, { headers: { Accept: "application/json" } }).then(function (answer) { return answer.ok ? answer.json() : null; }).then(function (found) {
      if (!found) return;
      var shapes = L.geoJSON(found, { interactive: false, style: function (feature) { return { className: "outline step-" + Number(feature.properties.step) }; } });
      shapes.addTo(map);
      shapes.bringToBack();
    }).catch(function () { /* the list beside has the numbers */ });

    var names = [];
    drawn.towns.forEach(function (town) {
      var name = L.marker(town.at, { interactive: false, keyboard: false, icon: L.divIcon({ className: "place-name", html: "", iconSize: null }) }).addTo(map);
      name.getElement().textContent = town.name;
      name.getElement().setAttribute("aria-hidden", "true");
      names.push({ at: town.at, wide: town.name.length * 15 + 8, element: name.getElement() });
    });

    // Names that would lie on another give way, those of the towns with most needs last; zooming in shows them.
    function part() {
      var taken = [];
      names.forEach(function (each) {
        var point = map.latLngToContainerPoint(each.at);
        var box = [point.x - each.wide / 2, point.y + 4, point.x + each.wide / 2, point.y + 26];
        var crowded = taken.some(function (other) { return box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]; });
        each.element.classList.toggle("is-crowded", crowded);
        if (!crowded) taken.push(box);
      });
    }
    map.on("zoomend", part);
    part();
    if (drawn.reach) L.circle(drawn.reach.at, { radius: drawn.reach.km * 1000, className: "reach", interactive: false }).addTo(map);
    if (drawn.way.length) {
      var stops = drawn.way.map(function (stop) { return stop.at; });
      L.polyline((drawn.reach ? [drawn.reach.at] : []).concat(stops), { className: "link-line is-on", interactive: false }).addTo(map);
      drawn.way.forEach(function (stop) { mark(stop.at, stop.n, "stop", 26).addTo(map); });
    }

    // A gathered mark opens under the mouse or a finger; by keyboard the + does the same.
    function mark(at, text, kind, size, opens) {
      var label = document.createElement("span");
      label.className = "gathered " + kind;
      label.textContent = text;
      var found = L.marker(at, { keyboard: false, interactive: Boolean(opens), icon: L.divIcon({ className: "", html: label, iconSize: [size, size] }) });
      return opens ? found.on("click", function () { map.setView(at, Math.min(18, map.getZoom() + 2)); }) : found;
    }

    var group = L.layerGroup().addTo(map), asked = 0, waiting = null;
    function load() {
      var bounds = map.getBounds(), own = asked += 1;
      var box = [Math.max(-180, bounds.getWest()), Math.max(-90, bounds.getSouth()), Math.min(180, bounds.getEast()), Math.min(90, bounds.getNorth())];
      fetch(element.getAttribute("data-points") + "&zoom=" + Math.round(map.getZoom()) + "&box=" + box.map(function (value) { return value.toFixed(5); }).join(","), { headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (found) {
          if (!found || own !== asked) return;
          group.clearLayers();
          var most = found.marks.reduce(function (high, each) { return Math.max(high, each[2]); }, 1);
          found.marks.forEach(function (each) {
            var size = Math.round(18 + 22 * Math.sqrt(each[2] / most));
            mark([each[0], each[1]], each[2], layer + (each[3] ? " urgent" : "") + " size-" + Math.min(5, Math.ceil((size - 17) / 5)), size, each[2] > 1).addTo(group);
          });
          element.setAttribute("data-marks", String(found.marks.length));
        }).catch(function () { /* the list beside has the numbers */ });
    }
    map.on("moveend", function () { window.clearTimeout(waiting); waiting = window.setTimeout(load, 120); });
    load();
  }

  if (window.L) Array.prototype.forEach.call(document.querySelectorAll("[data-atlas]"), start);
})();
