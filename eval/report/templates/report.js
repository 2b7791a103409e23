// Sorts tables, and lists, filters and opens questions. Everything else of the page works without it.
// Data is hostile: it reaches the page through textContent alone.
"use strict";
(() => {
  const BATCH = 60; // rows drawn at a time
  const MARKS = { right: "✓", wrong: "✗", unscored: "·", error: "!", missing: "·" };
  const MARKER = /\[\s*\d{1,2}(?:\s*[-–—]\s*\d{1,2})?(?:\s*[,;]\s*\d{1,2}(?:\s*[-–—]\s*\d{1,2})?)*\s*\]/g; // as chatbot.citations reads them
  const data = JSON.parse(document.getElementById("questions-data").textContent);
  const say = data.words;
  const fill = (text, values) => Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, () => value), text);
  const counted = (number) => String(number).replace(/\B(?=(?:\d{3})+$)/g, "\u202f"); // as all numbers of the report
  const byId = (id) => document.getElementById(id);

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "class") element.className = value;
      else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  }

  // --- tables -------------------------------------------------------------
  function sortable(table) {
    const headers = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const original = [...body.rows];
    headers.forEach((header, column) => {
      const title = header.textContent.trim();
      if (!title || original.length < 2) return;
      const button = make("button", { type: "button", class: "sort", title: fill(say.sort, { column: title }) });
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        const next = { none: "descending", descending: "ascending", ascending: "none" }[header.getAttribute("aria-sort") ?? "none"];
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        if (next !== "none") header.setAttribute("aria-sort", next);
        const sign = next === "ascending" ? 1 : -1;
        body.append(...(next === "none" ? original : [...original].sort((a, b) => compare(a.cells[column], b.cells[column], sign))));
      });
    });
  }

  function compare(first, second, sign) {
    const [a, b] = [first, second].map((cell) => cell.dataset.value);
    if (a !== undefined && b !== undefined) return sign * (Number(a) - Number(b));
    if (a !== undefined || b !== undefined) return a === undefined ? 1 : -1; // cells without a number go last, either way
    return sign * first.textContent.localeCompare(second.textContent, document.documentElement.lang, { numeric: true });
  }

  // --- filters ------------------------------------------------------------
  const controls = ["search", "kind", "exposure", "language", "tag", "cause", "cause-system", "system-a", "state-a", "system-b", "state-b"];
  const control = Object.fromEntries(controls.map((name) => [name, byId(`filter-${name}`)]));
  const plain = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const haystack = data.questions.map((question) =>
    plain([question.id, question.text, ...question.gold, ...question.out.map((out) => (out ? out[1] : ""))].join("\n")));

  const is = (out, wanted) => Boolean(out) && (wanted === "abstained" ? out[2] === 1 : out[0] === wanted);
  const of = (outs, system) => (system === "" ? outs : [outs[system]]); // without a system, that of any of them counts

  function matching() {
    const value = Object.fromEntries(controls.map((name) => [name, control[name].value]));
    const needles = plain(value.search).split(/\s+/).filter(Boolean);
    return data.questions.map((question, place) => place).filter((place) => {
      const question = data.questions[place];
      const outs = question.out;
      return needles.every((needle) => haystack[place].includes(needle))
        && (!value.kind || question.kind === value.kind)
        && (!value.exposure || question.exposure === value.exposure)
        && (!value.language || question.language === value.language)
        && (!value.tag || question.tags.includes(value.tag))
        && (!value.cause || of(outs, value["cause-system"]).some((out) => out && out[3] === value.cause))
        && ["a", "b"].every((side) => !value[`state-${side}`] || of(outs, value[`system-${side}`]).some((out) => is(out, value[`state-${side}`])));
    });
  }

  function options(select, pairs) {
    select.append(...pairs.map(([value, label]) => {
      const option = make("option", { value });
      option.textContent = label;
      return option;
    }));
  }

  // --- one question -------------------------------------------------------
  const text = (tag, attributes, said) => {
    const element = make(tag, attributes);
    element.textContent = said;
    return element;
  };

  function row(question) {
    const right = question.out.filter((out) => is(out, "right")).length;
    const wrong = question.out.filter((out) => is(out, "wrong")).length;
    const marks = make("span", { class: "marks", "aria-hidden": "true" });
    question.out.forEach((out, place) => {
      const mark = text("span", { class: out ? tone(out) : "", title: `${data.systems[place]}${say.colon}${out ? word(out) : say.missing}` }, out ? sign(out) : "·");
      marks.append(mark);
    });
    const summary = make("summary", {},
      text("span", { class: "question", lang: question.language, dir: "auto" }, question.text),
      marks,
      text("span", { class: "tally" }, fill(say.tally, { right, total: right + wrong })));
    const details = make("details", { class: "example" }, summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(...opened(question));
    });
    return details;
  }

  const sign = (out) => (out[0] === "wrong" && out[2] ? "○" : MARKS[out[0]]);
  const tone = (out) => ({ right: "good", wrong: "bad", error: "bad" })[out[0]] ?? "";
  function word(out) {
    const said = say[out[0]];
    return out[2] ? (out[0] === "wrong" ? say.abstained : `${said}, ${say.abstained}`) : said;
  }

  function opened(question) {
    const labelled = (label, value) => value && `${label}${say.colon}${value}`; // kinds and exposures share some names
    const facts = [question.id, labelled(say["by-kind"], data.names.kind[question.kind]), labelled(say["by-exposure"], data.names.exposure[question.exposure]),
      data.names.language[question.language], ...question.tags, question.fact && `${say.fact} ${question.fact}`].filter(Boolean);
    const parts = [text("p", { class: "tags" }, facts.join(" · "))];
    if (question.gold.length) parts.push(make("p", { class: "gold" }, `${say.gold} `, text("b", { lang: question.language, dir: "auto" }, question.gold.join(" / "))));
    else parts.push(text("p", { class: "gold" }, question.kind === "unanswerable" ? say["gold-abstain"] : say["gold-none"]));
    if (question.evidence.length) {
      const [open, close] = say.quoted.split("{text}");
      const quotes = question.evidence.map((quote) => make("span", {}, open, text("span", { lang: question.language, dir: "auto" }, quote), close));
      parts.push(make("p", { class: "evidence" }, `${say.evidence} `, ...quotes.flatMap((quote, place) => (place ? [" ", quote] : [quote]))));
    }
    const items = passages(question);
    const answers = make("dl", { class: "outputs" });
    question.out.forEach((out, place) => answers.append(answer(question, out, place, items)));
    parts.push(answers);
    if (items.size) {
      const list = make("ul", { class: "passages" }, ...items.values());
      parts.push(make("details", { class: "shown" }, text("summary", {}, `${say.passages} (${items.size})`), list));
    }
    return parts;
  }

  function passages(question) {
    const found = new Map(); // number of the passage → its element
    const shown = new Map(); // number of the passage → "rag [1]" and the like
    question.out.forEach((out, place) => (out ? out[5] : []).forEach((number, rank) => {
      if (number >= 0) shown.set(number, [...(shown.get(number) ?? []), `${data.systems[place]} [${rank + 1}]`]);
    }));
    shown.forEach((who, number) => {
      const [title, source, body] = data.passages[number];
      found.set(number, make("li", { tabindex: "-1" },
        make("p", { class: "source" }, text("b", {}, title || source), ` ${title ? source : ""} `, text("span", { class: "who" }, who.join(", "))),
        text("p", { dir: "auto", class: "passage" }, body)));
    });
    return found;
  }

  function answer(question, out, place, items) {
    const name = text("dt", {}, data.systems[place]);
    const body = make("dd", { dir: "auto" });
    if (!out) {
      body.textContent = say.missing;
      return make("div", {}, name, body);
    }
    name.append(text("span", { class: `mark ${tone(out)}` }, `${sign(out)} ${word(out)}`));
    body.setAttribute("lang", question.language);
    if (out[1].trim()) body.append(...cited(out, items));
    else body.append(text("i", { lang: document.documentElement.lang }, out[0] === "missing" ? say.missing : say.empty));
    const box = make("div", {}, name, body);
    if (out[3] && out[3] !== "correct" && out[0] !== "error") {
      const cause = make("dd", { class: "cause" }, text("b", { title: data.means[out[3]] }, data.names.cause[out[3]]));
      if (out[4] && data.why[out[4]] !== data.names.cause[out[3]]) cause.append(` ${data.why[out[4]]}`);
      box.append(cause);
    }
    return box;
  }

  function cited(out, items) {
    const shown = out[5];
    const pieces = [];
    let end = 0;
    for (const mark of out[1].matchAll(MARKER)) {
      for (const digits of mark[0].matchAll(/\d+/g)) {
        const start = mark.index + digits.index;
        pieces.push(out[1].slice(end, start), citation(Number(digits[0]), shown, items));
        end = start + digits[0].length;
      }
    }
    return [...pieces, out[1].slice(end)];
  }

  function citation(number, shown, items) {
    const item = items.get(shown[number - 1]);
    if (!item) return text("del", { class: "cite", title: fill(say["cites-nothing"], { number }) }, String(number));
    const button = text("button", { type: "button", class: "cite", title: fill(say.cites, { number }) }, String(number));
    button.addEventListener("click", () => {
      item.closest("details").open = true;
      item.parentElement.querySelectorAll(".lit").forEach((other) => other.classList.remove("lit"));
      item.classList.add("lit");
      item.focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    });
    return button;
  }

  // --- the list -----------------------------------------------------------
  const list = byId("question-list");
  const more = byId("question-more");
  let found = [];
  let drawn = 0;

  function draw() {
    const next = found.slice(drawn, drawn + BATCH);
    list.append(...next.map((place) => row(data.questions[place])));
    drawn += next.length;
    more.hidden = drawn >= found.length;
  }

  function refresh() {
    found = matching();
    drawn = 0;
    list.replaceChildren();
    byId("question-count").textContent = found.length ? fill(say.count, { shown: counted(found.length), total: counted(data.questions.length) }) : say["none-found"];
    document.querySelectorAll("[data-preset]").forEach((button) => button.setAttribute("aria-pressed", String(pressed(button))));
    draw();
  }

  const preset = (button) => {
    const [a, b] = button.dataset.preset.split(" ");
    return { "system-a": a, "state-a": "right", "system-b": b, "state-b": "wrong" };
  };
  const pressed = (button) => Object.entries(preset(button)).every(([name, value]) => control[name].value === value);

  function start() {
    document.documentElement.classList.add("scripted");
    document.querySelectorAll("table.sortable").forEach(sortable);
    if (!list) return;
    const systems = data.systems.map((name, place) => [String(place), name]);
    for (const kind of ["kind", "exposure", "language", "cause"]) options(control[kind], Object.entries(data.names[kind]));
    options(control.tag, [...new Set(data.questions.flatMap((question) => question.tags))].sort().map((tag) => [tag, tag]));
    const states = ["right", "wrong", "unscored", "error", "missing"].filter((name) => data.questions.some((question) => question.out.some((out) => out && out[0] === name)));
    for (const name of ["a", "b"]) {
      options(control[`system-${name}`], systems);
      options(control[`state-${name}`], [...states, "abstained"].map((state) => [state, say[state]]));
    }
    options(control["cause-system"], systems);
    control.search.addEventListener("input", refresh);
    controls.filter((name) => name !== "search").forEach((name) => control[name].addEventListener("change", refresh));
    byId("question-filters").addEventListener("submit", (event) => event.preventDefault());
    byId("question-filters").addEventListener("reset", () => setTimeout(refresh));
    more.addEventListener("click", draw);
    document.querySelectorAll("[data-preset]").forEach((button) => button.addEventListener("click", () => {
      const on = pressed(button);
      for (const [name, value] of Object.entries(preset(button))) control[name].value = on ? "" : value;
      refresh();
    }));
    refresh();
  }

  start();
})();
