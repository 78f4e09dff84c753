// The screen of the hall keeps what it shows when the network is gone, and says so.
(function () {
  "use strict";
  function stale(is) {
    document.querySelectorAll(".stale").forEach(function (mark) { mark.hidden = !is; });
  }
  document.addEventListener("DOMContentLoaded", function () {
    document.body.addEventListener("htmx:afterSwap", function () { stale(false); });
    document.body.addEventListener("htmx:sendError", function () { stale(true); });
    document.body.addEventListener("htmx:timeout", function () { stale(true); });
    document.body.addEventListener("htmx:responseError", function () { stale(true); });
    window.addEventListener("offline", function () { stale(true); });
  });
})();
