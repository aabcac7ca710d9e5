// --- picks: one trial on a map of its pool --------------------------------------------------------------

const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross", "x", "pentagon", "star", "triangle-down", "hexagon"];
const SIGNS = [..."\u25cf\u25a0\u25c6\u25b2\u271a\u2716\u2b1f\u2605\u25bc\u2b22"];
const picksPlot = document.querySelector(".map-plot");
const maps = all(".map");
const picksAt = { dataset: 0, strategy: "", round: 1 };
let picksNow = null;

const picksPart = (name) => document.getElementById(`picks-${name}`);
const chipOf = (id) => document.querySelector(`.chip[data-strategy="${id}"]`);
const labelOf = (id) => chipOf(id).textContent.trim();
const colourOf = (id) => chipOf(id).dataset.colour;

function axisOf(words) {
  return { title: { text: escaped(words) }, showgrid: false, zeroline: false };
}

function placesOf({ background }) {
  const at = (steps, axis) =>
    steps.map((step) => background.low[axis] + (step / background.grid) * (background.high[axis] - background.low[axis]));
  const x = at(background.x, 0);
  const y = at(background.y, 1);
  return new Map(background.rows.map((row, i) => [row, { x: x[i], y: y[i], label: background.labels[i] }]));
}

function scatter(points, marker, more) {
  return {
    type: "scatter",
    mode: "markers",
    x: points.map((point) => point.x),
    y: points.map((point) => point.y),
    marker: { symbol: points.map((point) => SYMBOLS[point.label % SYMBOLS.length]), ...marker },
    hoverinfo: "skip",
    ...more,
  };
}

function mapFigure(map, story) {
  const places = placesOf(map);
  const classes = map.background.classes;
  const before = story.rounds.filter(([round]) => round < picksAt.round).flatMap((round) => round[4]);
  const batch = (story.rounds.find(([round]) => round === picksAt.round) || [0, 0, 0, null, []])[4];
  const drawn = new Set([...before, ...batch].map(([row]) => row));
  const rest = [...places].filter(([row]) => !drawn.has(row)).map(([, point]) => point);
  const of = (picks) => picks.map(([row, given]) => ({ ...places.get(row), label: given }));
  const grey = view() === "dark" ? "#aab2bc" : "#5a626c";
  const colour = colourOf(story.strategy);
  const data = [
    scatter(rest, { size: 5, color: grey, opacity: 0.38 }, { name: "pool" }),
    scatter(of(before), { size: 7, color: grey, line: { width: 0 } }, {
      name: "labelled", hoverinfo: "text", text: before.map(([row, given]) => escaped(`row ${row}, class ${classes[given]}`)),
    }),
    scatter(of(batch), { size: 13, color: colour, line: { width: 1.5, color: grey } }, {
      name: "this round", mode: "markers+text", textposition: "top right",
      text: batch.map((_, i) => String(i + 1)),
      hoverinfo: "text", hovertext: batch.map((pick) => escaped(pickWords(pick, classes))),
    }),
  ];
  const [first, second] = map.background.axes;
  return { data, layout: { xaxis: axisOf(first), yaxis: { ...axisOf(second), nticks: 6 }, hovermode: "closest" } };
}

const probabilityWords = (proba, classes, number) =>
  proba === null
    ? number ? "not recorded" : "no model yet"
    : proba.map((p, code) => [p, code]).sort((a, b) => b[0] - a[0]).slice(0, 3).map(([p, code]) => `${classes[code]}: ${p.toFixed(2)}`).join(", ");

const pickWords = ([row, given, utility], classes) =>
  `row ${row}, class ${classes[given]}${utility === null ? "" : `, utility ${utility}`}`;

function pickRow(pick, place, classes, labels, number) {
  const [row, given, utility, tied, near, distance, proba, truly] = pick;
  const line = document.createElement("tr");
  const name = classes[given] + (given === truly ? "" : ` (truly ${classes[truly]})`);
  const neighbour = near === null ? "none yet" : `${near}, class ${classes[labels.get(near)]}, at ${distance}`;
  const fields = [place + 1, row, name, utility === null ? "none" : utility, tied ? "drawn among equals" : "no", probabilityWords(proba, classes, number), neighbour];
  fields.forEach((text, i) => {
    const cell = document.createElement("td");
    if (i < 2 || i === 3) cell.className = "number";
    cell.textContent = String(text).replace(/^-/, "\u2212");
    line.append(cell);
  });
  return line;
}

function tellRound(map, story) {
  const classes = map.background.classes || [];
  const round = story.rounds.find(([number]) => number === picksAt.round) || story.rounds[0];
  const [number, bought, tied, score, picks] = round;
  const labels = new Map(story.rounds.flatMap((round) => round[4]).map(([row, given]) => [row, given]));
  picksPart("table").tBodies[0].replaceChildren(...picks.map((pick, i) => pickRow(pick, i, classes, labels, number)));
  const what = number ? `Round ${number}` : "The seed set";
  const level = score === null ? "" : `, ${story.metric} then ${score}`;
  const ties = tied ? `; ${tied} candidates were tied at the cut` : "";
  picksPart("words").textContent = `${what} of trial ${story.key}: ${bought} labels${level}${ties}.`;
  picksPart("output").textContent = `${number} of ${story.rounds.at(-1)[0]}`;
  picksPart("figure").querySelector(".words-of").textContent =
    `${labelOf(story.strategy)} on ${picksPart("dataset").selectedOptions[0].text}, ${number ? `round ${number}` : "seed set"}`;
}

async function drawPicks() {
  const node = maps[picksAt.dataset];
  const map = await dataIn(node.firstElementChild);
  const story = map.stories.find(({ strategy }) => strategy === picksAt.strategy) || map.stories[0];
  if (picksAt.strategy !== story.strategy || !picksPart("strategy").options.length) picksAt.strategy = story.strategy;
  picksPart("dataset").value = String(picksAt.dataset);
  const options = map.stories.map((each) => new Option(labelOf(each.strategy), each.strategy, false, each === story));
  picksPart("strategy").replaceChildren(...options);
  picksPart("round").max = String(story.rounds.at(-1)[0]);
  picksAt.round = Math.min(picksAt.round, story.rounds.at(-1)[0]);
  picksPart("round").value = String(picksAt.round);
  picksPart("classes").textContent = "";
  if (node.dataset.problem) {
    picksPlot.textContent = `The map cannot be drawn: ${node.dataset.problem}.`;
    picksPlot.style.height = "auto";
    map.background.classes = story.rounds.flatMap((round) => round[4]).reduce((names, [, given]) => Object.assign(names, { [given]: String(given) }), {});
    tellRound(map, story);
    return;
  }
  tellRound(map, story);
  picksPart("classes").textContent = map.background.classes.map((name, i) => `${SIGNS[i % SIGNS.length]}\u00a0${name}`).join("   ");
  const Plotly = await library();
  const figure = mapFigure(map, story);
  await Plotly.react(picksPlot, figure.data, dressed(figure.layout, picksPlot), config);
  picksPlot.dataset.state = "ready";
  addSavers(picksPlot);
}

function turnTo(changes) {
  Object.assign(picksAt, changes);
  picksNow = drawPicks();
  remember();
  return picksNow;
}

function bindPicks() {
  if (!picksPlot) return;
  picksPart("dataset").addEventListener("change", (event) => turnTo({ dataset: Number(event.target.value) }));
  picksPart("strategy").addEventListener("change", (event) => turnTo({ strategy: event.target.value }));
  picksPart("round").addEventListener("input", (event) => turnTo({ round: Number(event.target.value) }));
  new IntersectionObserver(
    ([entry], own) => {
      if (!entry.isIntersecting) return;
      own.disconnect();
      picksNow = picksNow || drawPicks();
    },
    { rootMargin: "400px" },
  ).observe(picksPlot);
}
