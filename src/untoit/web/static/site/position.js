// A map on which a click writes the latitude and the longitude of a form; the two inputs stay the way without it.
(function () {
  "use strict";

  function number(input) {
    var value = parseFloat(input.value.replace(",", "."));
    return isFinite(value) ? value : null;
  }

  function prepare(box) {
    if (box.dataset.drawn || !window.L) { return; }
    box.dataset.drawn = "1";
    fetch(box.dataset.towns).then(function (answer) { return answer.json(); }).then(function (known) {
      draw(box, known.communes);
    });
  }

  function draw(box, towns) {
    box.textContent = "";
    box.hidden = false;
    var form = box.closest("form"), latitude = form.elements.latitude, longitude = form.elements.longitude;
    var commune = form.elements.code_insee || form.elements.commune;
    var map = L.map(box, { attributionControl: false, minZoom: 8, maxZoom: 17, scrollWheelZoom: false });
    L.control.scale({ imperial: false }).addTo(map);
    var ink = getComputedStyle(document.documentElement).getPropertyValue("--act").trim(), marker = null;
    towns.forEach(function (town) {
      var name = document.createElement("span");
      name.textContent = town[3];
      if (town[4]) {
        L.marker([town[1], town[2]], {
          interactive: false, keyboard: false, icon: L.divIcon({ className: "map-town", html: name, iconSize: null })
        }).addTo(map);
      }
    });

    function place(at) {
      if (marker) { marker.setLatLng(at); } else {
        marker = L.circleMarker(at, { radius: 8, weight: 2, color: ink, fillColor: ink, fillOpacity: 0.8 }).addTo(map);
      }
    }
    function centre() {
      var code = (/\(?(\w{5})\)?\s*$/.exec(commune.value) || [])[1];
      return towns.find(function (town) { return town[0] === code || town[3] === commune.value.trim(); });
    }
    function follow() {
      if (number(latitude) !== null && number(longitude) !== null) {
        map.setView([number(latitude), number(longitude)], 15);
        place([number(latitude), number(longitude)]);
        return;
      }
      var town = centre();
      map.setView(town ? [town[1], town[2]] : [50.632, 3.058], town ? 14 : 11);
    }
    map.on("click", function (event) {
      latitude.value = event.latlng.lat.toFixed(5);
      longitude.value = event.latlng.lng.toFixed(5);
      place(event.latlng);
    });
    [latitude, longitude, commune].forEach(function (input) { input.addEventListener("change", follow); });
    follow();
    var details = box.closest("details");
    if (details) { details.addEventListener("toggle", function () { map.invalidateSize(); follow(); }); }
  }

  document.querySelectorAll("[data-position]").forEach(prepare);
})();
