// Theme, title, menu, focus, and the filter on a phone. No figure passes through here.
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

  // On a phone the filter is one line that opens.
  document.addEventListener("click", function (event) {
    var line = event.target.closest("[data-opens]");
    if (line) line.setAttribute("aria-expanded", String(line.getAttribute("aria-expanded") !== "true"));
  });

  // A link that lays the page out anew takes the focus with it: give it back, or to the page.
  var left = null;
  function words(link) { return link.textContent.replace("▾", ""); }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("#page a, .mantine-Popover-dropdown a");
    left = link ? { style: link.classList[0], said: words(link) } : null;
  });
  function refocus() {
    if (!left || document.activeElement !== document.body) return;
    if (document.querySelector("#page .slot:not(:has(.foot, .face-error, .lead))")) return;
    var again = Array.from(document.querySelectorAll("#page a." + (left.style || "none")))
      .find(function (link) { return words(link) === left.said; });
    (again || document.getElementById("page")).focus({ preventScroll: true });
    left = null;
  }

  // What the upload draws takes no name: it gets the one of the element around it.
  function nameFiles() {
    document.querySelectorAll("[data-names-file] input[type=file]:not([aria-label])")
      .forEach(function (input) {
        input.setAttribute("aria-label", input.closest("[data-names-file]").dataset.namesFile);
      });
  }

  function follow() {
    refocus();
    nameFiles();
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
