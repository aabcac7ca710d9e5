// --- what the address holds: a place, a slice, a target, the strategies shown ----------------------------

const slice = document.getElementById("slice");
const pickers = all("select[data-field]");
const strategies = all(".chip[data-strategy]");
const bodies = all("script.slice");
const home = slice ? [...slice.childNodes] : [];
const initially = [...hidden].sort().join();
let target = "";

function address() {
  const [place, ...rest] = location.hash.slice(1).split("&");
  const pairs = (place.includes("=") ? [place, ...rest] : rest).map((part) => part.split("="));
  const state = Object.fromEntries(pairs.map(([key, value]) => [key, decodeURIComponent(value ?? "")]));
  return { place: place.includes("=") ? "" : place, state };
}

function remember(place) {
  const state = {};
  pickers.filter((picker) => picker.value !== picker.dataset.home).forEach((picker) => {
    state[picker.dataset.field] = picker.value;
  });
  if (target) state.target = target;
  if ([...hidden].sort().join() !== initially) {
    const shown = strategies.filter((chip) => !hidden.has(chip.dataset.strategy));
    state.show = shown.map((chip) => chip.dataset.strategy).join();
  }
  if (picksNow) state.picks = [picksAt.dataset, picksAt.strategy, picksAt.round].join(".");
  const parts = Object.entries(state).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  const hash = [place ?? address().place, ...parts].filter(Boolean).join("&");
  if (`#${hash}` !== location.hash) history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
}

function goTo(place) {
  const target = place && document.getElementById(place);
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  target.scrollIntoView();
}

// --- one legend for all figures -------------------------------------------------------------------------

function show() {
  strategies.forEach((chip) => chip.setAttribute("aria-pressed", String(!hidden.has(chip.dataset.strategy))));
  all(".panel[data-strategy]").forEach((panel) => {
    panel.hidden = hidden.has(panel.dataset.strategy);
  });
  drawn().forEach(showIn);
}

function showAlone(own) {
  hidden.clear();
  strategies.map((chip) => chip.dataset.strategy).filter((other) => other !== own).forEach((other) => hidden.add(other));
}

function bindLegend() {
  for (const chip of strategies) {
    const own = chip.dataset.strategy;
    chip.addEventListener("click", (event) => {
      if (event.shiftKey) showAlone(own);
      else if (!hidden.delete(own)) hidden.add(own);
      show();
      remember();
    });
    chip.addEventListener("dblclick", () => {
      showAlone(own);
      show();
      remember();
    });
  }
  document.getElementById("all")?.addEventListener("click", () => {
    hidden.clear();
    show();
    remember();
  });
}

// --- targets of label saving ----------------------------------------------------------------------------

function aim(wanted) {
  const slider = document.getElementById("target");
  if (!slider) return;
  const targets = slider.dataset.targets.split(" ");
  const place = Math.max(0, targets.indexOf(wanted || targets[0]));
  slider.value = String(place);
  target = place ? targets[place] : "";
  slider.setAttribute("aria-valuetext", slider.nextElementSibling.children[place].textContent);
  all("[data-target]", slider.parentElement).forEach((stop) =>
    stop.setAttribute("aria-pressed", String(stop.dataset.target === targets[place])),
  );
  all("[data-target-panels]").forEach((group) => {
    group.hidden = group.dataset.targetPanels !== targets[place];
  });
}

function bindTargets() {
  const slider = document.getElementById("target");
  if (!slider) return;
  const targets = slider.dataset.targets.split(" ");
  const aimAt = (wanted) => {
    aim(wanted);
    remember();
  };
  slider.addEventListener("input", () => aimAt(targets[Number(slider.value)]));
  all("[data-target]", slider.parentElement).forEach((stop) =>
    stop.addEventListener("click", () => aimAt(stop.dataset.target)),
  );
}

// --- slices ---------------------------------------------------------------------------------------------

async function take(wanted) {
  pickers.forEach((picker) => {
    const value = wanted[picker.dataset.field] ?? picker.dataset.home;
    picker.value = [...picker.options].some((option) => option.value === value) ? value : picker.dataset.home;
  });
  const key = pickers.map((picker) => picker.value);
  const isHome = pickers.every((picker) => picker.value === picker.dataset.home);
  const body = bodies.find((node) => JSON.stringify(key) === node.dataset.values);
  const none = document.getElementById("no-slice");
  if (none) none.hidden = isHome || Boolean(body);
  const name = JSON.stringify(key);
  if (!slice || slice.dataset.key === name) return;
  slice.dataset.key = name;
  const content = isHome || !body ? null : await filled(slice, body);
  // While a slice was unpacked, another may have been chosen.
  if (slice.dataset.key !== name) return;
  slice.replaceChildren(...(content ? [content] : home));
  if (content) bindTargets();
  aim(target);
  show();
}

async function restore() {
  const { place, state } = address();
  if (state.show) {
    const shown = new Set(state.show.split(","));
    hidden.clear();
    strategies.map((chip) => chip.dataset.strategy).filter((id) => !shown.has(id)).forEach((id) => hidden.add(id));
  }
  target = state.target || "";
  if (state.picks && picksPlot) {
    const [dataset, strategy, round] = state.picks.split(".");
    Object.assign(picksAt, { dataset: Math.min(Number(dataset) || 0, maps.length - 1), strategy, round: Number(round) || 0 });
    picksNow = drawPicks();
  }
  await take(state);
  aim(target);
  show();
  if (Object.keys(state).length || document.getElementById(place)?.closest("details")) goTo(place);
}

// --- views and keys -------------------------------------------------------------------------------------

function dress(wanted) {
  root.dataset.view = wanted;
  all("[data-view-of]").forEach((other) =>
    other.setAttribute("aria-pressed", String(other.dataset.viewOf === view())),
  );
  repaint();
}

function bindViews() {
  all("[data-view-of]").forEach((made) => made.addEventListener("click", () => dress(made.dataset.viewOf)));
  prefersDark.addEventListener("change", () => root.dataset.view || repaint());
  all("[data-view-of]").forEach((made) =>
    made.setAttribute("aria-pressed", String(made.dataset.viewOf === view())),
  );
}

// --- printing: everything open, every figure drawn, in the width of a page -------------------------------

let folded = [];

function startPrinting() {
  if (printing) return;
  printing = true;
  root.classList.add("printing");
  folded = all("details:not([open])");
  folded.forEach((part) => (part.open = true));
  Promise.all(all(".lazy").map(unfold)).then(fitTables);
  repaint();
  all(".plot").filter((plot) => plot.offsetParent).forEach(draw);
  if (picksPlot && !picksNow) picksNow = drawPicks();
}

function stopPrinting() {
  if (!printing) return;
  printing = false;
  root.classList.remove("printing");
  folded.forEach((part) => (part.open = false));
  all(".scroll > table").forEach((table) => (table.style.zoom = ""));
  repaint();
}

// A table that is wider than the paper would make the whole print smaller.
function fitTables() {
  for (const table of all(".scroll > table")) {
    const share = table.parentElement.clientWidth / table.offsetWidth;
    if (share < 1) table.style.zoom = share;
  }
}

// Between this event and the print nothing can be waited for: what figures need is unpacked before. Whoever
// prints as soon as the page is loaded gets them, too: a frame that is still being written delays that.
function bindPrinting() {
  addEventListener("beforeprint", startPrinting);
  addEventListener("afterprint", stopPrinting);
  const packed = all('script[type="application/gzip"]:not(#plotly, .slice)');
  const frame = document.createElement("iframe");
  frame.hidden = true;
  document.body.append(frame);
  // Within a sandbox a frame has no document to see.
  frame.contentDocument?.open();
  const ready = Promise.all([document.getElementById("plotly") && library(), ...packed.map(unpacked)]);
  ready.catch(console.error).finally(() => frame.remove());
}

function step(by) {
  const tops = all("main h2");
  const at = tops.indexOf(document.activeElement);
  const here = at >= 0 ? at : tops.findLastIndex((head) => head.getBoundingClientRect().top < 120);
  const next = tops[Math.min(tops.length - 1, Math.max(0, here + by))];
  next.scrollIntoView();
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  remember(next.id);
}

function bindKeys() {
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "a") document.getElementById("all")?.click();
    else if (event.key === "v") {
      const views = ["light", "dark", "paper"];
      dress(views[(views.indexOf(view()) + 1) % views.length]);
    }
  });
}

root.classList.add("js");
equip(document);
bindLegend();
bindTargets();
bindViews();
bindKeys();
bindPicks();
pickers.forEach((picker) =>
  picker.addEventListener("change", async () => {
    await take(Object.fromEntries(pickers.map((picker) => [picker.dataset.field, picker.value])));
    remember();
  }),
);
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
  const place = decodeURIComponent(link.getAttribute("href").slice(1));
  event.preventDefault();
  if (link.dataset.values) take(Object.fromEntries(JSON.parse(link.dataset.values).map((value, i) => [pickers[i].dataset.field, value]))).then(() => {
    goTo(place);
    remember(place);
  });
  else {
    goTo(place);
    remember(place);
  }
});
addEventListener("hashchange", restore);
restore();
bindPrinting();
