// --- tables that sort -----------------------------------------------------------------------------------

function placeOf(header) {
  const before = [...header.parentElement.cells].slice(0, header.cellIndex);
  return before.reduce((sum, cell) => sum + cell.colSpan, 0);
}

function cellOf(row, place) {
  let column = 0;
  for (const cell of row.cells) {
    if (column >= place) return cell;
    column += cell.colSpan;
  }
  return row.cells[row.cells.length - 1];
}

const asNumber = (text) => {
  const match = text.replace(/\u2212/g, "-").match(/^[<>+\s]*(-?[\d\s\u202f.]*\d)/);
  return match ? match[1].replace(/[\s\u202f]/g, "") : "";
};

function sortBy(header, table) {
  const place = placeOf(header);
  const turned = header.hasAttribute("aria-sort") && !header.dataset.turned;
  const kind = header.dataset.sort;
  const key = (row) => {
    const cell = cellOf(row, place);
    if (kind === "text") return cell.textContent.trim();
    return cell.dataset.value ?? asNumber(cell.textContent.trim());
  };
  const compare = (left, right) => {
    const [a, b] = [key(left), key(right)];
    // What is not a number stays below what is.
    if (kind !== "text" && (a === "" || b === "")) return (a === "") - (b === "");
    const order = kind === "text" ? a.localeCompare(b) : kind === "up" ? a - b : b - a;
    return turned ? -order : order;
  };
  const body = table.querySelector("tbody.ranked") || table.tBodies[0];
  body.append(...[...body.rows].sort(compare));
  table.dataset.sorted = "";
  all("th", table.tHead).forEach((other) => {
    other.removeAttribute("aria-sort");
    delete other.dataset.turned;
  });
  if (turned) header.dataset.turned = "yes";
  header.setAttribute("aria-sort", (kind === "down") !== turned ? "descending" : "ascending");
}

function makeSortable(table) {
  all("th", table.tHead).forEach((header) => {
    header.dataset.sort ??= header.classList.contains("number") ? "down" : "text";
    header.tabIndex = 0;
    header.addEventListener("click", () => sortBy(header, table));
    header.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      sortBy(header, table);
    });
  });
}

// --- tables to take along -------------------------------------------------------------------------------

const words = (cell) => {
  const copy = cell.cloneNode(true);
  all("svg, .tools", copy).forEach((node) => node.remove());
  all("small, span, br", copy).forEach((node) => node.before(" "));
  return copy.textContent.replace(/\s+/g, " ").replace(/\u2212/g, "-").trim();
};

function matrix(table) {
  const width = Math.max(...[...table.rows].map((row) => placeOf({ parentElement: row, cellIndex: row.cells.length })));
  return [...table.rows].map((row) => {
    const cells = [...row.cells].flatMap((cell) => [words(cell), ...Array(cell.colSpan - 1).fill("")]);
    return [...cells, ...Array(width - cells.length).fill("")];
  });
}

const LATEX = {
  "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
  "▲": "$\\blacktriangle$", "▼": "$\\blacktriangledown$", "×": "$\\times$", "−": "$-$",
};
const inLatex = (text) => text.replace(/[\\~^&%$#_{}▲▼×−]/g, (sign) => LATEX[sign] ?? `\\${sign}`);
const inMarkdown = (text) => text.replace(/[\\|<>*_`[\]]/g, "\\$&");
// A spreadsheet runs what starts so; a number is left alone.
const inCsv = (text) => {
  const safe = /^[=+\-@\t]/.test(text) && !/^[+-]?[\d.]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

const FORMS = {
  Markdown: ([head, ...rows]) => {
    const line = (cells) => `| ${cells.map(inMarkdown).join(" | ")} |`;
    return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
  },
  LaTeX: ([head, ...rows]) => {
    const line = (cells) => `${cells.map(inLatex).join(" & ")} \\\\`;
    const columns = `l${"r".repeat(head.length - 1)}`;
    return [`\\begin{tabular}{${columns}}`, "\\toprule", line(head), "\\midrule", ...rows.map(line), "\\bottomrule", "\\end{tabular}"].join("\n");
  },
  CSV: (rows) => rows.map((cells) => cells.map(inCsv).join(",")).join("\r\n"),
};

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

function say(made, text) {
  made.dataset.words ??= made.textContent;
  made.textContent = text;
  setTimeout(() => (made.textContent = made.dataset.words), 1200);
}

function addCopiers(table) {
  const tools = document.createElement("p");
  tools.className = "tools copiers";
  tools.append("copy as ");
  for (const [form, write] of Object.entries(FORMS)) {
    const made = button(form, `Copy this table as ${form}`, async () => {
      await copy(write(matrix(table)));
      say(made, "copied");
    });
    tools.append(made);
  }
  table.closest(".scroll").after(tools);
}

async function filled(holder, packed) {
  holder.setAttribute("aria-busy", "true");
  const made = document.createElement("template");
  made.innerHTML = await unpacked(packed);
  equip(made.content);
  holder.removeAttribute("aria-busy");
  return made.content;
}

async function unfold(holder) {
  const packed = holder.querySelector("script");
  if (!packed) return;
  packed.remove();
  holder.replaceChildren(await filled(holder, packed));
}

function equip(within) {
  all(".lazy", within).forEach((holder) =>
    holder.closest("details").addEventListener("toggle", () => unfold(holder)),
  );
  all(".plot", within).forEach((plot) => watcher.observe(plot));
  all("figure.drawing", within).forEach(addSavers);
  all("table[data-sortable]", within).forEach(makeSortable);
  all(".scroll > table:not(.pairs)", within).forEach(addCopiers);
  all("[data-copy]", within).forEach((made) =>
    made.addEventListener("click", async () => {
      await copy(made.dataset.copy);
      say(made, "copied");
    }),
  );
}
