// Before anything is drawn: the theme that the reader chose earlier.
(() => {
  let theme = null;
  try { theme = localStorage.getItem("fractionate-theme"); } catch { /* kept nowhere, then */ }
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
})();
