// Theme, the page's title, and which entry of the menu is open. No figure passes through here.
(function () {
  "use strict";
  var KEY = "mantine-color-scheme-value";
  var ATTRIBUTE = "data-mantine-color-scheme";
  var root = document.documentElement;

  function preferred() {
    var kept = null;
    try { kept = localStorage.getItem(KEY); } catch (e) { /* storage is switched off */ }
    if (kept === "light" || kept === "dark") return kept;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.setAttribute(ATTRIBUTE, preferred());

  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-theme-switch]")) return;
    var next = root.getAttribute(ATTRIBUTE) === "dark" ? "light" : "dark";
    root.setAttribute(ATTRIBUTE, next);
    try { localStorage.setItem(KEY, next); } catch (e) { /* storage is switched off */ }
  });

  function follow() {
    var titled = document.querySelector("[data-title]");
    if (titled && document.title !== titled.dataset.title) document.title = titled.dataset.title;
    document.querySelectorAll(".menu-link").forEach(function (link) {
      var here = link.getAttribute("href").replace(/^\//, "") ===
        location.pathname.replace(/^\//, "");
      if (here !== link.classList.contains("is-here")) {
        link.classList.toggle("is-here", here);
        if (here) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
    });
  }
  new MutationObserver(follow).observe(root, { childList: true, subtree: true });
})();
