// Maps: points, names, lines, grid and scale from data attributes; works with or without a tile layer.
(function () {
  "use strict";
  var MANY = 400; // beyond this, points are painted on one canvas instead of one element each

  // WGS-84 to GCJ-02 for tile layers of Chinese map services, which are shifted by 100-700 m (DOMAIN.md 9.6).
  function toGcj(lat, lon) {
    if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lat, lon];
    var a = 6378245.0, ee = 0.00669342162296594323, pi = Math.PI, x = lon - 105, y = lat - 35, root = Math.sqrt(Math.abs(x));
    var common = (20 * Math.sin(6 * x * pi) + 20 * Math.sin(2 * x * pi)) * 2 / 3;
    var dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
      + (20 * Math.sin(y * pi) + 40 * Math.sin(y / 3 * pi)) * 2 / 3 + (160 * Math.sin(y / 12 * pi) + 320 * Math.sin(y * pi / 30)) * 2 / 3;
    var dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
      + (20 * Math.sin(x * pi) + 40 * Math.sin(x / 3 * pi)) * 2 / 3 + (150 * Math.sin(x / 12 * pi) + 300 * Math.sin(x / 30 * pi)) * 2 / 3;
    var rad = lat / 180 * pi, magic = 1 - ee * Math.sin(rad) * Math.sin(rad), sq = Math.sqrt(magic);
    return [lat + dLat * 180 / ((a * (1 - ee)) / (magic * sq) * pi), lon + dLon * 180 / (a / sq * Math.cos(rad) * pi)];
  }

  function read(element, name) {
    try { return JSON.parse(element.getAttribute(name) || "[]"); } catch (error) { return []; }
  }

  function popup(point) {
    var box = document.createElement("div");
    var link = document.createElement(point.href ? "a" : "span");
    if (point.href) link.href = point.href;
    link.textContent = point.label || "";
    box.appendChild(link);
    return box;
  }

  function drawGrid(map, layer) {
    layer.clearLayers();
    var bounds = map.getBounds();
    var step = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005].filter(function (s) { return (bounds.getEast() - bounds.getWest()) / s <= 9; }).pop() || 1;
    function line(points) { L.polyline(points, { className: "grid-line", interactive: false, pane: "grid" }).addTo(layer); }
    for (var lon = Math.floor(bounds.getWest() / step) * step; lon <= bounds.getEast(); lon += step) line([[bounds.getSouth(), lon], [bounds.getNorth(), lon]]);
    for (var lat = Math.floor(bounds.getSouth() / step) * step; lat <= bounds.getNorth(); lat += step) line([[lat, bounds.getWest()], [lat, bounds.getEast()]]);
  }

  function start(element) {
    var points = read(element, "data-points"), lines = read(element, "data-lines");
    var tiles = element.getAttribute("data-tiles"), shifted = element.getAttribute("data-datum") === "gcj02";
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    function at(point) { return shifted ? toGcj(point.lat, point.lon) : [point.lat, point.lon]; }

    var map = L.map(element, { zoomControl: false, attributionControl: Boolean(tiles), scrollWheelZoom: false, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still });
    if (tiles) map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: element.getAttribute("data-word-in"), zoomOutTitle: element.getAttribute("data-word-out") }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    map.once("focus", function () { map.scrollWheelZoom.enable(); });
    map.createPane("grid").classList.add("leaflet-overlay-pane");
    map.getPane("grid").style.zIndex = 150;

    var where = {}, marks = {}, strokes = [];
    points.forEach(function (point) { where[point.id] = at(point); });
    var main = points.filter(function (point) { return point.kind !== "place"; });
    if (points.length) map.fitBounds((main.length ? main : points).map(at), { padding: [28, 28], maxZoom: 15, animate: false });
    else map.setView([31.78, 119.95], 11);
    if (tiles) L.tileLayer(tiles, { maxZoom: Number(element.getAttribute("data-max-zoom")) || 18, attribution: element.getAttribute("data-attribution") || "" }).addTo(map);
    else {
      var grid = L.layerGroup().addTo(map);
      drawGrid(map, grid);
      map.on("moveend", function () { drawGrid(map, grid); });
    }

    lines.forEach(function (line) {
      if (!where[line.from] || !where[line.to]) return;
      var stroke = L.polyline([where[line.from], where[line.to]], { className: "link-line", interactive: false }).addTo(map);
      strokes.push({ ids: [line.from, line.to], stroke: stroke });
    });

    var many = points.length > MANY, canvas = many ? L.canvas({ padding: 0.2 }) : null, colours = getComputedStyle(document.documentElement);
    points.forEach(function (point) {
      var mark;
      if (point.kind === "place") {
        mark = L.marker(where[point.id], { interactive: false, keyboard: false, icon: L.divIcon({ className: "place-name", html: "", iconSize: null }) }).addTo(map);
        mark.getElement().textContent = point.label || "";
        mark.getElement().setAttribute("aria-hidden", "true");
        return;
      }
      if (many) {
        var name = point.status === "unserved" ? "--bad" : point.kind === "carer" ? "--ok" : point.kind === "organisation" ? "--info" : "--brand";
        mark = L.circleMarker(where[point.id], { renderer: canvas, radius: 4, weight: 1, color: colours.getPropertyValue("--ink").trim(), fillColor: colours.getPropertyValue(name).trim(), fillOpacity: 1 });
      } else {
        // Points take no focus: the list beside has the same links, and 1,200 tab stops would lock a keyboard in.
        var pin = document.createElement("span");
        pin.className = "pin " + String(point.kind || "need").replace(/[^a-z_-]/g, "") + " " + String(point.status || "").replace(/[^a-z_-]/g, "");
        mark = L.marker(where[point.id], { icon: L.divIcon({ className: "", html: pin, iconSize: [28, 28] }), title: point.label || "", keyboard: false });
        mark.on("mouseover", function () { light(point.id); });
        marks[point.id] = mark;
      }
      mark.bindPopup(function () { return popup(point); }).addTo(map);
      mark.on("popupopen", function () { light(point.id); });
    });

    function light(id) {
      Object.keys(marks).forEach(function (key) {
        var element = marks[key].getElement();
        if (element) element.firstChild.classList.toggle("is-on", key === String(id));
        marks[key].setZIndexOffset(key === String(id) ? 1000 : 0);
      });
      strokes.forEach(function (item) {
        var path = item.stroke.getElement();
        if (path) path.classList.toggle("is-on", item.ids.map(String).indexOf(String(id)) >= 0);
      });
      Array.prototype.forEach.call(document.querySelectorAll("[data-map-id]"), function (row) {
        row.classList.toggle("is-linked", row.getAttribute("data-map-id") === String(id));
      });
    }
    document.addEventListener("bangfu:point", function (event) { if (event.detail) light(event.detail); });
  }

  function startAll(root) {
    if (!window.L) return;
    Array.prototype.forEach.call(root.querySelectorAll("[data-map]:not(.leaflet-container)"), start);
  }
  startAll(document);
  document.addEventListener("htmx:load", function (event) { startAll(event.detail.elt); });
})();
