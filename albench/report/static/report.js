"use strict";
(() => {
  const root = document.documentElement;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const themes = read("themes");
  const config = read("config");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const legend = document.getElementById("legend");
  const hidden = new Set(legend ? legend.dataset.hidden.split(" ").filter(Boolean) : []);
  let plotly = null;
  let printing = false;

  root.classList.add("js");

  // --- figures ------------------------------------------------------------------------------------------

  async function inflate() {
    const packed = atob(document.getElementById("plotly").textContent);
    const bytes = Uint8Array.from(packed, (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    return window.Plotly;
  }

  const scheme = () =>
    printing ? "light" : root.dataset.theme || (prefersDark.matches ? "dark" : "light");

  function dressed(layout) {
    // A finger that moves over a figure scrolls the page.
    const dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom";
    return { ...layout, template: themes[scheme()], dragmode };
  }

  async function draw(plot) {
    if (plot.dataset.state) return;
    plot.dataset.state = "waiting";
    try {
      plotly = plotly || inflate();
      const Plotly = await plotly;
      const figure = JSON.parse(plot.nextElementSibling.textContent);
      const data = figure.data.map((trace) => ({ ...trace, visible: !hidden.has(trace.meta) }));
      await Plotly.newPlot(plot, data, dressed(figure.layout), config);
      plot.dataset.state = "drawn";
    } catch (error) {
      plot.dataset.state = "failed";
      console.error(error);
      plot.textContent = `This figure could not be drawn (${error.message}). The tables hold its numbers.`;
    }
  }

  const drawn = () => all('.plot[data-state="drawn"]');
  const watcher = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => draw(entry.target)),
    { rootMargin: "400px" },
  );
  all(".plot").forEach((plot) => watcher.observe(plot));

  // --- light and dark -----------------------------------------------------------------------------------

  function repaint() {
    drawn().forEach((plot) => window.Plotly.react(plot, plot.data, dressed(plot.layout), config));
  }

  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.theme = scheme() === "dark" ? "light" : "dark";
    repaint();
  });
  prefersDark.addEventListener("change", repaint);
  for (const [event, value] of [["beforeprint", true], ["afterprint", false]]) {
    addEventListener(event, () => {
      printing = value;
      repaint();
      if (printing) all(".plot").filter((plot) => plot.offsetParent).forEach(draw);
    });
  }

  // --- one legend for all figures -----------------------------------------------------------------------

  function show() {
    all(".chip[data-strategy]").forEach((chip) =>
      chip.setAttribute("aria-pressed", String(!hidden.has(chip.dataset.strategy))),
    );
    all(".panel[data-strategy]").forEach((panel) => {
      panel.hidden = hidden.has(panel.dataset.strategy);
    });
    for (const plot of drawn()) {
      const places = plot.data.flatMap((trace, place) => (trace.meta ? [place] : []));
      if (!places.length) continue;
      const visible = places.map((place) => !hidden.has(plot.data[place].meta));
      window.Plotly.restyle(plot, { visible }, places);
    }
  }

  const strategies = all(".chip[data-strategy]").map((chip) => chip.dataset.strategy);
  all(".chip[data-strategy]").forEach((chip) => {
    const own = chip.dataset.strategy;
    chip.addEventListener("click", () => {
      if (!hidden.delete(own)) hidden.add(own);
      show();
    });
    chip.addEventListener("dblclick", () => {
      hidden.clear();
      strategies.filter((other) => other !== own).forEach((other) => hidden.add(other));
      show();
    });
  });
  document.getElementById("all")?.addEventListener("click", () => {
    hidden.clear();
    show();
  });
  show();

  // --- targets of label saving --------------------------------------------------------------------------

  all(".target").forEach((button) =>
    button.addEventListener("click", () => {
      const wanted = button.dataset.target;
      all(".target").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      all("[data-target-panels]").forEach((group) => {
        group.hidden = group.dataset.targetPanels !== wanted;
      });
    }),
  );

  // --- tables that sort ---------------------------------------------------------------------------------

  function cellOf(row, place) {
    let column = 0;
    for (const cell of row.cells) {
      if (column >= place) return cell;
      column += cell.colSpan;
    }
    return row.cells[row.cells.length - 1];
  }

  function sortBy(header, table) {
    const before = [...header.parentElement.cells].slice(0, header.cellIndex);
    const place = before.reduce((sum, cell) => sum + cell.colSpan, 0);
    const kind = header.dataset.sort;
    const key = (row) => {
      const cell = cellOf(row, place);
      return kind === "text" ? cell.textContent.trim() : cell.dataset.value;
    };
    const body = table.querySelector("tbody.ranked");
    const compare = (one, other) => {
      const [a, b] = [key(one), key(other)];
      if (kind === "text") return a.localeCompare(b);
      // What is not a number stays below what is.
      if (a === "" || b === "") return (a === "") - (b === "");
      return kind === "up" ? a - b : b - a;
    };
    body.append(...[...body.rows].sort(compare));
    all("th", table.tHead).forEach((other) => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", kind === "down" ? "descending" : "ascending");
  }

  all("table[data-sortable]").forEach((table) =>
    all("th[data-sort]", table.tHead).forEach((header) => {
      header.tabIndex = 0;
      header.addEventListener("click", () => sortBy(header, table));
      header.addEventListener("keydown", (event) => {
        if (event.key === "Enter") sortBy(header, table);
      });
    }),
  );
})();
