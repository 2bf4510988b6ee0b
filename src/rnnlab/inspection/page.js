"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const SHADES = 15;    // shades on either side of zero
const ENOUGH = 0.8;   // share of the units that have to fire together elsewhere
const LISTED = 12;    // other places that are listed
const HELD = 350;     // milliseconds after which a finger on a symbol selects
const AROUND = 12;    // symbols shown before and after one of them
const NAMES = { "\n": "line break", "\t": "tab", " ": "space" };
const MARKS = { "\n": "\u21b5\n", "\t": "\u21e5\t", " ": " " };
const minus = text => text.replace("-", "\u2212");
const short = value => minus(value.toFixed(Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2));
const named = symbol => NAMES[symbol] ?? symbol;
const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

/** An element; children that are text stay text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

function shadeRules() {
  const rules = [];
  for (let shade = -SHADES; shade <= SHADES; shade++) {
    const share = Math.round(Math.abs(shade) / SHADES * 100);
    rules.push(`.k${shade + SHADES} { background: color-mix(in oklab, var(--${shade < 0 ? "low" : "high"}) ${share}%, var(--zero)); }`);
  }
  return rules.join("\n");
}
const shade = share => "k" + (SHADES + Math.round(Math.max(-1, Math.min(1, share)) * SHADES));

/** The bytes of an element: base64 of what zlib has compressed. */
async function unpacked(id) {
  const text = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A gate or a part of the state: unpacked when it is first wanted. */
class Field {
  constructor(given, steps) { Object.assign(this, given); this.steps = steps; this.values = null; }
  ready() { return this.loading ??= unpacked(this.blob).then(values => { this.values = values; }); }
  at(unit, step) { return this.low[unit] + this.step[unit] * this.values[unit * this.steps + step]; }
  most(unit) { return this.signed ? -this.low[unit] : this.step[unit] * (this.levels - 1); }
  label(many) { return this.name + (many ? `, layer ${this.layer}` : ""); }
}

/** -1..1 as a bar from the middle, or 0..1 from the left. */
function bar(share, signed) {
  const inside = make("i", { class: share < 0 ? "down" : "up" });
  const size = Math.min(1, Math.abs(share)) * (signed ? 50 : 100);
  inside.style.width = size + "%";
  inside.style.left = (signed ? 50 - (share < 0 ? size : 0) : 0) + "%";
  return make("span", { class: "bar2", "aria-hidden": "true" }, inside);
}

const panels = [];
let ids = 0;

class Panel {
  constructor(run) {
    this.run = run;
    this.id = ++ids;
    this.steps = run.ids.length;
    this.fields = run.fields.map(field => new Field(field, this.steps));
    this.layers = Math.max(...this.fields.map(field => field.layer));
    this.field = this.fields[0];
    const known = Object.keys(run.quantities);
    this.quantity = known.find(name => name !== "position") ?? known[0];
    this.unit = 0;
    this.cursor = 0;
    this.span = null;
    this.edges = false;
    this.places = [];
    this.element = this.build();
    this.sort();
    this.pick(this.order[0]);
  }

  symbol(step) { return this.run.symbols[this.run.ids[step]]; }

  build() {
    const { run, id } = this;
    const option = (value, text) => make("option", { value }, text);
    this.fieldPicker = make("select", { onchange: () => this.choose(Number(this.fieldPicker.value)) });
    this.fields.forEach((field, place) => this.fieldPicker.append(option(place, field.label(this.layers > 1))));
    this.number = make("input", { type: "number", min: 1, max: this.field.units, value: 1,
      onchange: () => this.pick(Number(this.number.value) - 1), oninput: () => this.typed() });
    this.sorter = make("select", { onchange: () => { this.quantity = this.sorter.value; this.sort(); this.pick(this.order[0]); } },
      ...Object.keys(run.quantities).map(name => option(name, name)), option("", "its number"));
    this.sorter.value = this.quantity;
    this.list = make("div", { class: "units", role: "listbox", tabindex: 0, "aria-label": "Units",
      onkeydown: event => this.listKey(event), onclick: event => {
        const row = event.target.closest("[role=option]");
        if (row) this.pick(Number(row.dataset.unit));
      } });
    this.text = make("div", { class: run.text ? "text" : "text tokens", role: "listbox", tabindex: 0,
      "aria-multiselectable": "true", "aria-label": `Input, ${plural(this.steps, "symbol")}` });
    this.write();
    this.legend = make("div", { class: "legend soft" });
    this.facts = make("div", { class: "details" });
    this.result = make("div", { class: "results" });
    this.threshold = make("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0.5, oninput: () => this.search() });
    this.thresholdText = make("output");
    this.edgeBox = make("input", { type: "checkbox", onchange: () => { this.edges = this.edgeBox.checked; this.search(); } });
    this.live = make("div", { class: "unseen", role: "status", "aria-live": "polite" });
    const search = make("section", { class: "search", "aria-label": "Selected symbols" },
      make("div", { class: "controls" },
        make("label", {}, make("span", {}, "Counts as firing from ", this.thresholdText), this.threshold),
        make("label", {}, make("span", {}, this.edgeBox, " silent just before and after"))),
      this.result, this.live);
    const shown = make("div", { class: "controls" },
      make("label", {}, "Coloured by", this.fieldPicker), make("label", {}, "Unit", this.number),
      make("label", {}, "Units sorted by how well they follow", this.sorter));
    const side = make("div", { class: "side" },
      make("section", {}, this.listTitle = make("h3"), this.list),
      make("section", { "aria-label": "One symbol" }, this.facts));
    return make("section", { class: "panel", "aria-labelledby": `name${id}` },
      make("h2", { id: `name${id}` }, run.name), make("p", { class: "soft" }, run.about),
      ...run.notes.map(note => make("p", { class: "soft note" }, note)), shown,
      make("div", { class: "body" }, make("div", {}, this.text, this.legend), side, search));
  }

  /** The symbols, once; colours are classes. */
  write() {
    const { run } = this;
    const stops = [...run.starts.slice(1), this.steps];
    this.spans = [];
    run.starts.forEach((start, row) => {
      const line = make("div", { class: "row", role: "presentation" });
      for (let step = start; step < stops[row]; step++) {
        const symbol = this.symbol(step);
        const span = document.createElement("span");
        span.id = `s${this.id}-${step}`;
        span.dataset.step = step;
        span.setAttribute("role", "option");
        if (!run.text) {
          span.textContent = symbol === " " ? "\u2423" : symbol.replaceAll(" ", "\n");
          const target = run.targets[step];
          span.append(make("span", { class: "said", role: "presentation" },
            target === null ? "" : run.classes[run.top[step * this.tops]]));
          span.kind = target !== null && run.top[step * this.tops] !== target ? "s wrong" : "s";
        } else {
          span.textContent = MARKS[symbol] ?? symbol;
          span.kind = symbol === "\n" || symbol === "\t" ? "s mark" : "s";
        }
        line.append(span);
        this.spans.push(span);
      }
      this.text.append(line);
    });
    const inText = span => span && this.text.contains(span) ? Number(span.dataset.step) : null;
    const under = point => inText(document.elementFromPoint(point.clientX, point.clientY)?.closest("[data-step]"));
    const stepOf = event => event.pointerType === "touch" ? null : inText(event.target.closest?.("[data-step]")) ?? under(event);
    this.touch(under);
    this.text.addEventListener("pointerover", event => {
      const step = stepOf(event);
      if (step === null) return;
      if (this.dragging !== undefined && event.buttons) this.select(this.dragging, step, false);
      this.move(step);
    });
    this.text.addEventListener("pointerdown", event => {
      const step = stepOf(event);
      if (step === null || event.button) return;
      this.dragging = event.shiftKey ? this.anchor ?? this.cursor : step;
      this.anchor = this.dragging;
      this.move(step);
      if (event.shiftKey) this.select(this.dragging, step); else if (this.span) this.clear();
    });
    window.addEventListener("pointerup", () => {
      if (this.dragging !== undefined && this.span) this.search();
      this.dragging = undefined;
    });
    this.text.addEventListener("keydown", event => this.textKey(event));
  }

  /** A finger: a tap goes to a symbol; held on one and then moved it selects; anything else scrolls. */
  touch(under) {
    let at = null, from = null, timer;
    const end = () => { clearTimeout(timer); at = from = null; };
    this.text.addEventListener("touchstart", event => {
      end();
      at = event.touches.length > 1 ? null : under(event.touches[0]);
      if (at !== null) timer = setTimeout(() => { from = at; this.move(from); this.select(from, from, false); }, HELD);
    }, { passive: true });
    this.text.addEventListener("touchmove", event => {
      const step = under(event.touches[0]);
      if (from === null) { if (step !== at) end(); return; }
      event.preventDefault();  // or the text would scroll
      if (step !== null) { this.move(step); this.select(from, step, false); }
    }, { passive: false });
    this.text.addEventListener("touchend", event => {
      if (from !== null) { event.preventDefault(); this.search(); }
      else if (at !== null) { this.move(at); if (this.span) this.clear(); }
      end();
    });
    this.text.addEventListener("touchcancel", end);
    this.text.addEventListener("contextmenu", event => { if (from !== null) event.preventDefault(); });
  }

  get tops() { return Math.min(3, this.run.classes.length); }

  async choose(place) {
    this.field = this.fields[place];
    this.number.max = this.field.units;
    this.fieldPicker.value = place;
    this.fitThreshold = true;
    this.sort();
    await this.pick(Math.min(this.unit, this.field.units - 1));
    if (this.span) this.search();
  }

  /** The list of units, the ones that follow the quantity best first. */
  sort() {
    const follows = this.quantity ? this.field.tracks[this.quantity] : null;
    this.order = [...Array(this.field.units).keys()];
    if (follows) this.order.sort((one, other) => Math.abs(follows[other]) - Math.abs(follows[one]) || one - other);
    this.listTitle.textContent = follows ? `Units by correlation with ${this.quantity}` : "Units";
    this.list.replaceChildren(...this.order.map(unit => make("div",
      { role: "option", "data-unit": unit, id: `u${this.id}-${unit}`, "aria-selected": "false",
        "aria-label": follows ? `unit ${unit + 1}, correlation ${short(follows[unit])}` : `unit ${unit + 1}` },
      make("span", {}, String(unit + 1)), follows ? bar(follows[unit], true) : make("span"),
      make("span", { class: "number" }, follows ? short(follows[unit]) : ""))));
  }

  typed() {
    const unit = Number(this.number.value) - 1;
    if (Number.isInteger(unit) && unit >= 0 && unit < this.field.units) this.pick(unit);
  }

  async pick(unit) {
    if (!Number.isFinite(unit)) unit = this.unit;
    this.unit = Math.max(0, Math.min(this.field.units - 1, Math.round(unit)));
    if (Number(this.number.value) !== this.unit + 1) this.number.value = this.unit + 1;
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    const row = this.list.querySelector(`[data-unit="${this.unit}"]`);
    row.setAttribute("aria-selected", "true");
    this.list.setAttribute("aria-activedescendant", row.id);
    const { list } = this;
    if (row.offsetTop < list.scrollTop) list.scrollTop = row.offsetTop - 4;
    else if (row.offsetTop + row.offsetHeight > list.scrollTop + list.clientHeight)
      list.scrollTop = row.offsetTop + row.offsetHeight - list.clientHeight + 4;
    for (const chip of this.result.querySelectorAll("[data-unit]"))
      chip.setAttribute("aria-pressed", String(Number(chip.dataset.unit) === this.unit));
    const { field } = this;
    await field.ready();
    if (field !== this.field) return;
    this.colour();
    this.tell();
  }

  colour() {
    const { field, unit, spans } = this;
    const most = field.most(unit);
    for (let step = 0; step < this.steps; step++) {
      const span = spans[step];
      let names = span.kind + " " + shade(field.at(unit, step) / most);
      if (step === this.cursor) names += " at";
      if (this.span && step >= this.span[0] && step <= this.span[1]) names += " chosen";
      if (this.hits && this.hits[step]) names += " found";
      if (span.className !== names) span.className = names;
    }
    const colours = field.signed ? "var(--low), var(--zero), var(--high)" : "var(--zero), var(--high)";
    const gradient = make("div", { class: "bar" });
    gradient.style.background = `linear-gradient(90deg in oklab, ${colours})`;
    this.legend.replaceChildren(gradient,
      make("div", { class: "ends" }, ...(field.signed ? [short(-most), "0", short(most)] : ["0", short(most)]).map(end => make("span", {}, end))),
      make("div", { class: "about" }, `${field.label(this.layers > 1)}, unit ${unit + 1}, after each symbol`));
  }

  /** Goes to a symbol, in the other panel too. */
  move(step, follow = false) {
    for (const panel of panels.length ? panels : [this])
      if (step < panel.steps) panel.stand(step, follow || panel !== this);
  }

  stand(step, follow) {
    this.spans[this.cursor].classList.remove("at");
    this.cursor = step;
    const span = this.spans[step];
    span.classList.add("at");
    this.text.setAttribute("aria-activedescendant", span.id);
    if (follow) {
      const box = this.text.getBoundingClientRect(), at = span.getBoundingClientRect();
      if (at.top < box.top + 8) this.text.scrollTop += at.top - box.top - 24;
      else if (at.bottom > box.bottom - 8) this.text.scrollTop += at.bottom - box.bottom + 24;
    }
    this.tell();
  }

  /** What is known of the symbol at the cursor. */
  async tell() {
    const inside = this.fields.filter(field => field.layer === this.field.layer && field.units > this.unit);
    await Promise.all(inside.map(field => field.ready()));
    const { run, cursor, unit } = this;
    if (!inside.includes(this.field)) return;
    const code = text => make("code", {}, text);
    const target = run.targets[cursor];
    const next = [];
    for (let place = 0; place < this.tops; place++) {
      const number = run.top[cursor * this.tops + place], chance = run.chances[cursor * this.tops + place] / 1000;
      next.push(make("span", number === target ? { class: "right" } : {}, code(named(run.classes[number]))), bar(chance, false),
        make("span", { class: "number" }, `${(chance * 100).toFixed(1)} %`));
    }
    const known = Object.entries(run.quantities).flatMap(([name, values]) =>
      values[cursor] === null ? [] : [make("span", {}, name), make("span", { class: "number" }, values[cursor].toLocaleString("en"))]);
    const gates = inside.flatMap(field => {
      const value = field.at(unit, cursor), most = Math.max(1, field.most(unit));
      return [make("span", {}, field.name), bar(value / most, field.signed), make("span", { class: "number" }, short(value))];
    });
    const right = target === null ? "nothing is asked here" : run.classes[target];
    this.facts.replaceChildren(
      make("p", { class: "symbol" }, code(named(this.symbol(cursor))), make("span", { class: "soft" }, ` symbol ${(cursor + 1).toLocaleString("en")} of ${this.steps.toLocaleString("en")}`)),
      make("h3", {}, `Inside unit ${unit + 1}` + (this.layers > 1 ? ` of layer ${this.field.layer}` : "")), make("div", { class: "facts gates" }, ...gates),
      make("h3", {}, "The network says"), make("div", { class: "facts next" }, ...next),
      make("p", { class: "soft" }, target === null ? right : "right is ", target === null ? null : code(named(right))),
      make("h3", {}, "What there is to know"), make("div", { class: "facts known" }, ...known));
    const best = named(run.classes[run.top[cursor * this.tops]]);
    this.spans[cursor].setAttribute("aria-label",
      `${named(this.symbol(cursor))}, ${this.field.name} of unit ${unit + 1} is ${short(this.field.at(unit, cursor))}, the network says ${best}`);
  }

  select(one, other, search = true) {
    this.span = [Math.min(one, other), Math.max(one, other)];
    this.hits = null;
    if (search) this.search(); else this.mark();
  }

  clear() { this.span = null; this.hits = null; this.search(); }

  mark() {
    for (let step = 0; step < this.steps; step++) {
      const inside = Boolean(this.span) && step >= this.span[0] && step <= this.span[1];
      this.spans[step].classList.toggle("chosen", inside);
      this.spans[step].classList.toggle("found", Boolean(this.hits && this.hits[step]));
      if (inside) this.spans[step].setAttribute("aria-selected", "true"); else this.spans[step].removeAttribute("aria-selected");
    }
  }

  /** The symbols from one step to another, as one line. */
  words(from, to) {
    const symbols = [];
    for (let step = from; step <= to; step++) symbols.push(this.symbol(step));
    return this.run.text ? symbols.join("").replaceAll("\n", "\u21b5") : symbols.map(symbol => symbol.replaceAll(" ", "")).join(" ");
  }

  /** A stretch with what stands around it in its row. */
  context(start, end) {
    const gap = this.run.text ? "" : " ", around = this.run.text ? AROUND : AROUND / 2;
    const first = Math.max(start - around, ...this.run.starts.filter(row => row <= start));
    const last = Math.min(end + around, this.steps - 1, ...this.run.starts.filter(row => row > end).map(row => row - 1));
    return make("code", {}, first < start ? this.words(first, start - 1) + gap : "", make("mark", {}, this.words(start, end)),
      last > end ? gap + this.words(end + 1, last) : "");
  }

  /** Units that fire in the whole selection, one way or the other, and where else they do. */
  async search() {
    const { field } = this;
    await field.ready();
    if (field !== this.field) return;
    if (this.fitThreshold !== false) {
      const most = Math.max(...Array.from({ length: field.units }, (_, unit) => field.most(unit)));
      Object.assign(this.threshold, { max: most.toFixed(2), step: most > 5 ? 0.1 : 0.01 });
      this.threshold.value = Math.min(0.5, most / 2);
      this.fitThreshold = false;
    }
    const least = Number(this.threshold.value);
    this.thresholdText.textContent = short(least);
    if (!this.span) {
      this.mark();
      this.units = [];
      this.result.replaceChildren(make("p", { class: "soft" },
        "Select symbols, with the mouse, with Shift and the arrows or with a finger held on one and then moved, to find the units that fire all along, and where else they do."));
      this.live.textContent = "";
      return;
    }
    const [from, to] = this.span;
    this.units = [];
    for (let unit = 0; unit < field.units; unit++) {
      const sign = field.at(unit, from) < 0 ? -1 : 1;
      let weakest = Infinity;
      for (let step = from; step <= to; step++) weakest = Math.min(weakest, sign * field.at(unit, step));
      if (weakest < least) continue;
      if (this.edges && ((from > 0 && sign * field.at(unit, from - 1) >= least) || (to + 1 < this.steps && sign * field.at(unit, to + 1) >= least))) continue;
      this.units.push({ unit, sign, weakest });
    }
    this.units.sort((one, other) => other.weakest - one.weakest);
    const counts = new Uint16Array(this.steps);
    for (const { unit, sign } of this.units)
      for (let step = 0; step < this.steps; step++) counts[step] += sign * field.at(unit, step) >= least;
    this.hits = new Uint8Array(this.steps);
    this.places = [];
    const need = Math.max(1, Math.ceil(ENOUGH * this.units.length));
    for (let step = 0; step < this.steps; step++) {
      if (counts[step] < need || (step >= from && step <= to)) continue;
      const start = step;
      let sum = 0;
      while (step < this.steps && counts[step] >= need && !(step >= from && step <= to)) { this.hits[step] = 1; sum += counts[step++]; }
      this.places.push({ start, end: step - 1, share: sum / (step - start) / this.units.length });
      step--;
    }
    const length = to - from + 1, unlike = place => Math.abs(place.end - place.start + 1 - length);
    this.places.sort((one, other) => other.share - one.share || unlike(one) - unlike(other) || one.start - other.start);
    this.mark();
    this.report(field, from, to);
  }

  report(field, from, to) {
    const { units, places } = this;
    const chips = units.map(({ unit, sign }) => make("button",
      { type: "button", "data-unit": unit, "aria-pressed": String(unit === this.unit), onclick: () => this.pick(unit) },
      `${unit + 1}${field.signed ? sign > 0 ? " +" : " \u2212" : ""}`));
    const rows = places.slice(0, LISTED).map(({ start, end, share }) => make("li", {}, make("button",
      { type: "button", onclick: () => this.move(start, true) },
      this.context(start, end),
      make("span", { class: "soft number" }, `${Math.round(share * 100)} %`))));
    const title = `${plural(units.length, "unit")} fire${units.length === 1 ? "s" : ""} all along`;
    const elsewhere = units.length ? `${plural(places.length, "other place")}` : "";
    this.result.replaceChildren(
      make("h3", {}, title, " ", make("code", {}, `\u201c${this.words(from, Math.min(to, from + 40))}\u201d`)),
      make("div", { class: "chips" }, ...chips),
      ...(units.length ? [make("h3", {}, `${elsewhere} where at least ${Math.round(ENOUGH * 100)} % of them fire together${places.length > LISTED ? `, the first ${LISTED}` : ""}`),
        make("ul", { class: "matches" }, ...rows)] : []));
    this.live.textContent = `${title}${elsewhere ? ", " + elsewhere : ""}`;
  }

  listKey(event) {
    const place = this.order.indexOf(this.unit);
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, PageDown: place + 8, PageUp: place - 8, Home: 0, End: this.order.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.pick(this.order[Math.max(0, Math.min(this.order.length - 1, to))]);
  }

  textKey(event) {
    const { cursor, order } = this;
    const turn = { n: 1, p: -1 }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (turn) this.pick(order[(order.indexOf(this.unit) + turn + order.length) % order.length]);
    else if (event.key === "m" && this.places.length) {
      this.turn = ((this.turn ?? -1) + 1) % this.places.length;
      this.move(this.places[this.turn].start, true);
    } else if (event.key === "Escape") this.clear();
    else {
      const to = { ArrowRight: cursor + 1, ArrowLeft: cursor - 1, ArrowDown: this.below(1), ArrowUp: this.below(-1), Home: 0, End: this.steps - 1 }[event.key];
      if (to === undefined) return;
      if (event.shiftKey) this.anchor ??= cursor; else this.anchor = undefined;
      this.move(Math.max(0, Math.min(this.steps - 1, to)), true);
      if (event.shiftKey) this.select(this.anchor, this.cursor);
    }
    event.preventDefault();
  }

  /** The symbol below or above the cursor. */
  below(way) {
    const from = this.spans[this.cursor].getBoundingClientRect();
    const middle = (from.left + from.right) / 2;
    let best = this.cursor, line = null, apart = Infinity;
    for (let step = this.cursor + way; step >= 0 && step < this.steps; step += way) {
      const box = this.spans[step].getClientRects()[0];
      if (Math.abs(box.top - from.top) < 4) continue;
      if (line !== null && Math.abs(box.top - line) > 4) break;
      line = box.top;
      const off = Math.abs((box.left + box.right) / 2 - middle);
      if (off < apart) { apart = off; best = step; }
    }
    return best;
  }
}

/** Small multiples over the checkpoints of a training. */
function trained(history) {
  const names = Object.keys(history[0].units).filter(name => name !== "position").concat("position");
  const steps = history.map(check => check.step), last = Math.max(1, ...steps);
  const svg = (tag, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const chart = (name, values, what) => {
    const x = place => 24 + 170 * steps[place] / last, y = value => 74 - 64 * value;
    const points = values.map((value, place) => [x(place), y(Math.max(0, value ?? 0))]);
    const words = `${what} ${name}: ` + values.map((value, place) => `${(value ?? 0).toFixed(2)} at step ${steps[place]}`).join(", ");
    return make("figure", {}, make("figcaption", {}, name), svg("svg", { viewBox: "0 0 200 94", role: "img", "aria-label": words },
      ...[0, 1].flatMap(value => [svg("line", { class: "axis", x1: 24, x2: 196, y1: y(value), y2: y(value) }), svg("text", { x: 16, y: y(value) + 4, "text-anchor": "end" }, String(value))]),
      svg("polyline", { class: "curve", points: points.map(point => point.join()).join(" ") }),
      ...points.map(([cx, cy]) => svg("circle", { cx, cy, r: 2.6 })),
      svg("text", { x: 24, y: 90 }, "0"), svg("text", { x: 196, y: 90, "text-anchor": "end" }, `step ${last.toLocaleString("en")}`)));
  };
  const stripes = make("div", { class: "stripes" });
  const draw = name => stripes.replaceChildren(...history.map(check => {
    const unit = check.units[name], stripe = make("div", { class: "stripe", "aria-hidden": "true" });
    stripe.append(...unit.values.map(value => make("i", { class: shade(value) })));
    return make("div", {}, make("span", { class: "number" }, check.step.toLocaleString("en")), stripe,
      make("span", {}, `unit ${unit.unit}, ${short(unit.correlation)}`));
  }));
  const picker = make("select", { onchange: () => draw(picker.value) }, ...names.map(name => make("option", { value: name }, name)));
  draw(names[0]);
  const right = history.map(check => check.right);
  const measured = (kind, what) => Object.keys(history[0].measured?.[kind] ?? {}).map(name =>
    chart(`${name}, ${what}`, history.map(check => check.measured[kind][name].value), ""));
  return make("section", { class: "training", "aria-labelledby": "training" }, make("h2", { id: "training" }, "As training went on"),
    make("p", { class: "soft" }, "At each checkpoint kept: how closely the best unit follows what is to be known (correlation, either way), on this input."),
    make("div", { class: "multiples" }, ...(right.some(value => value !== null) ? [chart("asked steps right", right, "share of")] : []),
      ...names.map(name => chart(name, history.map(check => Math.abs(check.units[name].correlation)), "best unit for"))),
    ...(history[0].measured ? [make("p", { class: "soft" }, "On fresh examples: what a linear probe reads off the state (share of steps right, or of the variance), and how often the next answer follows when directions, searched for at each checkpoint, are exchanged between two rows."),
      make("div", { class: "multiples" }, ...measured("read", "read by a probe"), ...measured("followed", "exchange followed"))] : []),
    make("label", { class: "soft" }, "The first symbols, coloured at each checkpoint by the unit that then follows best ", picker), stripes);
}

/** What the end of the address asks for, as page.html#field=cell&unit=3&symbol=8&span=5-7, all counted from 1. */
function asked(words) {
  const [first] = panels, whole = text => /^\d+$/.test(text ?? "") ? Number(text) : null;
  const inside = step => step !== null && step >= 1 && step <= first.steps;
  const unit = whole(words.get("unit")), symbol = whole(words.get("symbol"));
  const [from, to] = (words.get("span") ?? "").split("-").map(whole);
  const place = first.fields.findIndex(field => field.name === words.get("field"));
  if (place >= 0) first.choose(place);
  if (unit !== null) first.pick(unit - 1); else if (place >= 0) first.pick(first.order[0]);
  if (inside(symbol)) first.move(symbol - 1, true);
  if (inside(from) && inside(to ?? null)) first.select(from - 1, to - 1);
}

document.head.append(make("style", {}, shadeRules()));
const keys = [["\u2190 \u2192 \u2191 \u2193", "go through the symbols"], ["Shift", "with them selects"], ["Esc", "lets go"],
  ["n", "next unit"], ["p", "previous unit"], ["m", "next other place"]];
const page = document.getElementById("page");
page.append(make("header", {}, make("h1", {}, "Inside the network"),
  make("p", { class: "soft" }, "Each symbol of the input is coloured by what one unit holds after it. Point at a symbol, or touch it, to see its gates and what is said next."),
  make("details", { class: "help" }, make("summary", {}, "Keys"), make("p", {}, "In the text: ",
    ...keys.flatMap(([key, what], place) => [place ? ", " : "", make("kbd", {}, key), " " + what]),
    ". In the list of units, the arrows pick the next one; in the number box they count up and down."))));
const grid = make("div", { class: "panels" });
page.append(grid);
for (const run of data.runs) {
  const panel = new Panel(run);
  grid.append(panel.element);
  panels.push(panel);
}
for (const panel of panels) panel.clear();
const ask = () => asked(new URLSearchParams(location.hash.slice(1)));
window.addEventListener("hashchange", ask);
ask();
if (data.training.length) page.append(trained(data.training));
Promise.all(panels.map(panel => panel.field.ready())).then(() => requestAnimationFrame(() => {
  performance.mark("drawn");
  document.documentElement.dataset.ready = "true";
}));
