// --- figures: drawn when they come into view ------------------------------------------------------------

const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const themes = JSON.parse(document.getElementById("themes").textContent);
const config = JSON.parse(document.getElementById("config").textContent);
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const legend = document.getElementById("legend");
const hidden = new Set(legend ? legend.dataset.hidden.split(" ").filter(Boolean) : []);
let plotly = null;
let printing = false;

async function unpack(node) {
  const bytes = Uint8Array.from(atob(node.textContent), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

// What is unpacked stays so: a figure that is printed cannot wait for it.
const texts = new Map();

function unpacked(node) {
  if (!texts.has(node)) texts.set(node, unpack(node));
  return texts.get(node);
}

// Long lists of numbers are written as whole steps from one to the next.
function summed(key, value) {
  if (!value || !value.steps) return value;
  let sum = 0;
  return value.steps.map((step) => (step === null ? null : (sum += step) / value.unit));
}

async function dataIn(node) {
  return JSON.parse(node.type === "application/gzip" ? await unpacked(node) : node.textContent, summed);
}

async function inflate() {
  const script = document.createElement("script");
  script.textContent = await unpack(document.getElementById("plotly"));
  document.head.append(script);
  return window.Plotly;
}

function library() {
  plotly = plotly || inflate();
  return plotly;
}

function view() {
  if (printing) return "paper";
  return root.dataset.view || (prefersDark.matches ? "dark" : "light");
}

function dressed(layout, plot) {
  // A finger that moves over a figure scrolls the page.
  const dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom";
  // On paper nothing tells a figure that its place has another size.
  const size = printing ? { width: plot.clientWidth, height: plot.clientHeight } : { width: undefined, height: undefined };
  return { ...layout, ...size, autosize: !printing, template: themes[view()], dragmode };
}

function showIn(plot) {
  const places = plot.data.flatMap((trace, place) => (trace.meta ? [place] : []));
  const visible = places.map((place) => !hidden.has(plot.data[place].meta));
  if (visible.some((wanted, i) => wanted !== plot.data[places[i]].visible)) window.Plotly.restyle(plot, { visible }, places);
}

async function draw(plot) {
  if (plot.dataset.state) return;
  plot.dataset.state = "waiting";
  try {
    const Plotly = await library();
    const figure = await dataIn(plot.nextElementSibling);
    const data = figure.data.map((trace) => ({ ...trace, visible: !hidden.has(trace.meta) }));
    const painted = view();
    await Plotly.newPlot(plot, data, dressed(figure.layout, plot), config);
    plot.dataset.state = "drawn";
    addSavers(plot);
    // While a figure was drawn, the legend or the view may have changed.
    showIn(plot);
    if (view() !== painted) Plotly.react(plot, plot.data, dressed(plot.layout, plot), config);
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

function repaint() {
  drawn().forEach((plot) => window.Plotly.react(plot, plot.data, dressed(plot.layout, plot), config));
  if (picksNow) picksNow = drawPicks();
}

// --- a figure as a file: on white, with its title and its legend ----------------------------------------

const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function onPaper(plot) {
  const title = plot.closest("figure").querySelector("figcaption .words-of").textContent.trim();
  const data = plot.data.map((trace) => ({ ...trace, showlegend: Boolean(trace.name) }));
  const layout = {
    ...plot.layout,
    template: themes.paper,
    showlegend: data.filter((trace) => trace.showlegend && trace.visible).length > 1,
    title: { text: escaped(title), font: { size: 14 }, x: 0.02 },
    margin: { l: 12, r: 18, t: 42, b: 12 },
    paper_bgcolor: "#ffffff",
  };
  return { data, layout };
}

function save(plot, format) {
  const name = `${document.body.dataset.experiment}-${plot.closest("figure").id}`;
  const size = { width: Math.max(plot.offsetWidth, 560), height: plot.offsetHeight + 40, scale: 2 };
  return window.Plotly.downloadImage(onPaper(plot), { format, filename: name, ...size });
}

function saveAs(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function drawingFile(drawing) {
  const copy = drawing.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("style", "background: #fff; color: #000; font-family: sans-serif");
  return new Blob([copy.outerHTML], { type: "image/svg+xml" });
}

async function saveDrawing(figure, format) {
  const drawing = figure.querySelector("svg[role=img]");
  const name = `${document.body.dataset.experiment}-${figure.id}.${format}`;
  const file = drawingFile(drawing);
  if (format === "svg") return saveAs(file, name);
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * drawing.clientWidth, 2 * drawing.clientHeight];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toBlob((blob) => saveAs(blob, name));
}

function button(words, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "tool";
  made.textContent = words;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

function addSavers(plot) {
  const figure = plot.closest("figure");
  const drawing = figure.classList.contains("drawing");
  const caption = figure.querySelector("figcaption");
  if (!caption || caption.querySelector(".tools")) return;
  const tools = document.createElement("span");
  tools.className = "tools";
  const link = document.createElement("a");
  link.href = `#${figure.id}`;
  link.className = "tool";
  link.textContent = "link";
  for (const format of ["svg", "png"]) {
    tools.append(button(format.toUpperCase(), `Save this figure as ${format}`, () => (drawing ? saveDrawing(figure, format) : save(plot, format))));
  }
  tools.append(link);
  caption.append(tools);
}
