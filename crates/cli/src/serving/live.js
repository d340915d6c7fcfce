// Loads the page again when it has changed, and takes the reader back to where they were.
"use strict";
(() => {
  const KEPT = "fractionate-place";
  const folds = () => [...document.querySelectorAll("details")];
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    sessionStorage.removeItem(KEPT);
    if (kept && kept.path === location.pathname) {
      folds().forEach((fold, i) => { fold.open = Boolean(kept.open[i]); });
      scrollTo({ left: kept.x, top: kept.y, behavior: "instant" });
    }
  } catch { /* from the top, then */ }
  const ask = async () => {
    try {
      const found = await fetch("/-/version" + location.pathname, { cache: "no-store" });
      // Nobody is torn from an enlarged figure.
      if (found.ok && (await found.text()) !== "VERSION" && !document.querySelector("dialog[open]")) {
        const open = folds().map((fold) => fold.open);
        const place = { path: location.pathname, x: scrollX, y: scrollY, open };
        try { sessionStorage.setItem(KEPT, JSON.stringify(place)); } catch { /* from the top, then */ }
        location.reload();
        return;
      }
    } catch { /* the server has ended or is busy */ }
    setTimeout(ask, 2000);
  };
  setTimeout(ask, 2000);
})();
