// Draws the maps of a page with Leaflet: places and lines on a plain ground, no tile, no other host.
(function () {
  "use strict";

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  var LINES = {
    walk: { weight: 3, dashArray: "2 7", ink: "--muted" }, bike: { weight: 3, dashArray: "8 5", ink: "--job" },
    car: { weight: 3, dashArray: "12 5", ink: "--muted" }, bus: { weight: 4, ink: "--gold" },
    tram: { weight: 4, ink: "--info" }, metro: { weight: 5, ink: "--act" }, train: { weight: 4, ink: "--ink" },
    link: { weight: 2, ink: "--gold" }
  };
  var PLACES = { home: ["--act", 9], job: ["--job", 9], stop: ["--edge", 5], other: ["--info", 7] };

  function text(words) {
    var span = document.createElement("span");
    span.textContent = words;
    return span;
  }

  function draw(box) {
    if (box.dataset.drawn || !window.L) { return; }
    box.dataset.drawn = "1";
    box.textContent = "";
    var data = JSON.parse(document.getElementById(box.dataset.map).textContent);
    var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    var map = L.map(box, {
      attributionControl: false, zoomControl: false, scrollWheelZoom: false, maxZoom: 17, minZoom: 8,
      zoomAnimation: !calm, fadeAnimation: !calm
    });
    L.control.zoom({ zoomInTitle: "Agrandir la carte", zoomOutTitle: "Réduire la carte" }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    var bounds = L.latLngBounds([]);
    data.lines.forEach(function (line) {
      var look = LINES[line.style];
      var drawn = L.polyline(line.path, { color: colour(look.ink), weight: look.weight, dashArray: look.dashArray || null });
      if (line.label) { drawn.bindTooltip(text(line.label), { sticky: true }); }
      drawn.addTo(map);
      bounds.extend(drawn.getBounds());
    });
    data.points.forEach(function (point) {
      var look = PLACES[point.kind];
      var marker = L.circleMarker(point.at, {
        radius: look[1], color: colour("--card"), weight: 2, fillColor: colour(look[0]), fillOpacity: 1
      });
      marker.bindTooltip(text(point.label), { permanent: data.points.length <= 4 && point.kind !== "stop", direction: "auto", offset: [8, 0] });
      if (point.url) { marker.on("click", function () { window.location.assign(point.url); }); }
      marker.addTo(map);
      bounds.extend(point.at);
    });
    data.towns.forEach(function (town) {
      L.marker(town.at, {
        interactive: false, keyboard: false, icon: L.divIcon({ className: "map-town", html: text(town.name), iconSize: null })
      }).addTo(map);
    });
    // A place alone is shown with the communes around it.
    map.fitBounds(bounds.isValid() ? bounds.pad(0.15) : [[50.55, 2.95], [50.75, 3.2]], {
      maxZoom: data.points.length + data.lines.length > 1 ? 17 : 13
    });
  }

  function start() { document.querySelectorAll("[data-map]").forEach(draw); }
  start();
  document.body.addEventListener("htmx:afterSwap", start);
})();
