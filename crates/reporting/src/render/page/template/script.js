"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Figures in the dark theme: each colour has its own; scales of numbers are turned as a whole by the style sheet.
  const data = JSON.parse(document.getElementById("data").textContent);
  const figures = all("figure").map((figure) => {
    const image = figure.querySelector("img");
    return { figure, image, svg: image.src, dark: null };
  });
  const darkened = (source) => {
    const [head, body] = source.split(",");
    const svg = atob(body).replace(/="(#[0-9A-F]{6})"/gi, (own, colour) => `="${data.colours[colour] ?? colour}"`);
    return `${head},${btoa(svg)}`;
  };
  const paint = (dark) => {
    for (const one of figures) {
      if (one.figure.classList.contains("scale")) continue;
      one.dark ??= dark ? darkened(one.svg) : null;
      one.image.src = dark ? one.dark : one.svg;
      one.figure.classList.toggle("painted", dark);
    }
  };

  // The theme: the system's until the reader chooses.
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = document.querySelector("button.theme");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => {
    button.setAttribute("aria-pressed", String(isDark()));
    paint(isDark());
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("fractionate-theme", root.dataset.theme); } catch { /* for this visit only */ }
    show();
  });
  system.addEventListener("change", show);

  // Tables: a click on a column's head sorts upwards, another downwards, a third gives the order of the suite back.
  const words = new Intl.Collator("en", { numeric: true });
  for (const table of all("main table")) {
    const body = table.tBodies[0];
    const order = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    const sort = (column, direction) => {
      const number = heads[column].classList.contains("number");
      const value = (row) => {
        const cell = row.cells[column];
        return cell.dataset.sort === undefined ? null : Number(cell.dataset.sort);
      };
      const compare = (a, b) => {
        if (!number) return direction * words.compare(a.cells[column].textContent, b.cells[column].textContent);
        const [x, y] = [value(a), value(b)];
        // Cells without a number come last, whichever way.
        if (x === null || y === null) return (x === null) - (y === null);
        return direction * (x - y);
      };
      body.append(...(direction === 0 ? order : [...order].sort(compare)));
    };
    heads.forEach((head, column) => {
      const press = document.createElement("button");
      press.type = "button";
      press.append(...head.childNodes);
      head.append(press);
      head.setAttribute("aria-sort", "none");
      press.addEventListener("click", () => {
        const next = { none: "ascending", ascending: "descending", descending: "none" }[head.getAttribute("aria-sort")];
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", next);
        sort(column, { none: 0, ascending: 1, descending: -1 }[next]);
      });
    });
  }

  // Figures: larger in a dialog, which Esc closes; as files out of the page itself.
  const viewer = document.getElementById("viewer");
  const save = (name, type, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  for (const { figure, image, svg } of figures) {
    const { name } = figure.dataset;
    const enlarge = () => {
      const large = viewer.querySelector("img");
      large.src = image.src;
      large.alt = image.alt;
      viewer.classList.toggle("painted", figure.classList.contains("painted"));
      document.getElementById("viewer-title").textContent = figure.querySelector(".title").textContent;
      viewer.showModal();
    };
    figure.querySelector(".buttons").hidden = false;
    figure.classList.add("ready");
    image.addEventListener("click", enlarge);
    figure.querySelector(".enlarge").addEventListener("click", enlarge);
    for (const press of all(".save", figure)) {
      press.addEventListener("click", () => {
        if (press.dataset.save === "csv") return save(`${name}.csv`, "text/csv", data.tables[name]);
        const bytes = Uint8Array.from(atob(svg.split(",")[1]), (c) => c.charCodeAt(0));
        save(`${name}.svg`, "image/svg+xml", bytes);
      });
    }
  }
  viewer.querySelector(".close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });

  // The suite's file: copied whole.
  for (const press of all(".copy")) {
    const text = press.parentElement.querySelector("pre");
    press.hidden = false;
    press.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        press.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(text);
        press.textContent = "Selected: copy it by keyboard";
      }
      setTimeout(() => { press.textContent = "Copy"; }, 2500);
    });
  }

  // The contents: where the reader is.
  const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
  const places = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let current = null;
  const follow = () => {
    const above = places.filter((place) => place.getBoundingClientRect().top < innerHeight * 0.3);
    const link = links.get((above.at(-1) ?? places[0])?.id);
    if (link === current || !link) return;
    current?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    current = link;
    // On a phone the contents are a strip of sections: keep the present one in sight.
    const strip = link.closest("nav");
    const section = link.closest("nav > ol > li").querySelector("a");
    for (const other of links.values()) other.classList.toggle("around", other === section && other !== link);
    if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = section.offsetLeft - strip.clientWidth / 3;
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }, { passive: true });
  follow();

  show();

  // Paper is white and cannot be unfolded.
  addEventListener("beforeprint", () => {
    for (const fold of all("details")) fold.open = true;
    paint(false);
  });
  addEventListener("afterprint", show);
})();
