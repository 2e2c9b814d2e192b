/**
 * The form of a product: a field for each parameter, presets, Run, and what becomes of the run.
 *
 * - Python answers messages: {id, kind: "start" | "check" | "run" | "watch" | "cancel", value}; of several checks only the
 *   newest counts.
 * - A run is asked for anew a moment after each answer, while the panel can be seen, until the run is over.
 */

const WATCH_MS = 700;
const CHECK_MS = 250;
const KINDS = { integer: "number", number: "number", date: "date" };

function render({ model, el }) {
  const ids = `mesh-${Math.random().toString(36).slice(2)}`;
  const title = make("h3");
  const fields = make("div", { class: "mesh-form-fields" });
  const start = make("button", { type: "submit", class: "mesh-form-run" }, "Run");
  const cancel = make("button", { type: "button", hidden: "" }, "Cancel the run");
  const bar = make("progress", { hidden: "", "aria-label": "Cells that were run" });
  const status = make("p", { class: "mesh-form-status", role: "status" });
  const form = make(
    "form",
    { class: "mesh-form", novalidate: "" },
    title,
    fields,
    make("div", { class: "mesh-form-actions" }, start, cancel, bar),
    status,
  );
  el.append(form);

  const inputs = new Map();
  let presets = [];
  let chosen = null;
  let asked = 0;
  let newest = 0;
  let checking = null;
  let watching = null;

  function ask(kind, value) {
    asked += 1;
    newest = kind === "check" || kind === "run" ? asked : newest;
    model.send({ id: asked, view: ids, kind, value });
  }

  function filled() {
    const typed = {};
    for (const [name, { input }] of inputs) {
      typed[name] = input.value;
    }
    return { fields: typed, preset: chosen?.value ?? null };
  }

  function build(message) {
    title.textContent = `${message.product} ${message.version}`;
    presets = message.presets;
    fields.replaceChildren();
    inputs.clear();
    if (presets.length) {
      chosen = make("select", { id: `${ids}-preset` }, make("option", { value: "" }, "None"));
      chosen.append(...presets.map(({ name }) => make("option", { value: name }, name)));
      chosen.addEventListener("change", () => {
        placeholders();
        check();
      });
      fields.append(make("label", { for: chosen.id }, "Preset"), make("div", {}, chosen));
    }
    for (const spec of message.fields) {
      add(spec);
    }
    if (!message.fields.length) {
      fields.append(make("p", { class: "mesh-form-help" }, "It has no parameters."));
    }
    placeholders();
  }

  function add(spec) {
    const id = `${ids}-${spec.name}`;
    const about = { id, name: spec.name, "aria-describedby": `${id}-help ${id}-problem` };
    const input = spec.choices
      ? make("select", about, make("option", { value: "" }), ...spec.choices.map((text) => make("option", { value: text }, text)))
      : make("input", {
          ...about,
          type: KINDS[spec.type] ?? "text",
          step: spec.type === "integer" ? "1" : "any",
          min: spec.minimum,
          max: spec.maximum,
          spellcheck: "false",
        });
    const problem = make("p", { class: "mesh-form-problem", id: `${id}-problem`, role: "alert" });
    const help = [spec.help || spec.type, spec.required ? "It must be given." : ""].filter(Boolean).join(". ");
    input.addEventListener("input", check);
    inputs.set(spec.name, { input, problem, spec });
    fields.append(
      make("label", { for: id }, spec.name),
      make("div", {}, input, make("p", { class: "mesh-form-help", id: `${id}-help` }, help), problem),
    );
  }

  /** What holds when a field is left empty: the value of the preset, else the default. */
  function placeholders() {
    const values = presets.find(({ name }) => name === chosen?.value)?.values ?? {};
    for (const [name, { input, spec }] of inputs) {
      const otherwise = values[name] ?? spec.default;
      if (input.tagName === "SELECT") {
        input.options[0].textContent = otherwise;
      } else {
        input.placeholder = otherwise;
      }
    }
  }

  function check() {
    clearTimeout(checking);
    checking = setTimeout(() => ask("check", filled()), CHECK_MS);
  }

  function showProblems(problems, toFirst) {
    for (const [name, { input, problem }] of inputs) {
      problem.textContent = problems[name] ?? "";
      input.setAttribute("aria-invalid", String(name in problems));
    }
    if (toFirst) {
      [...inputs.values()].find(({ spec }) => spec.name in problems)?.input.focus();
    }
  }

  function showRun(run) {
    const going = !run.final;
    form.dataset.state = run.state;
    start.disabled = going;
    cancel.hidden = !going;
    bar.hidden = !going || !run.cells;
    bar.max = run.cells || 1;
    bar.value = Math.max(0, run.cell - 1);
    status.textContent = words(run);
    clearTimeout(watching);
    if (going) {
      watching = setTimeout(watch, WATCH_MS);
    }
  }

  function watch() {
    if (el.offsetParent === null) {
      watching = setTimeout(watch, WATCH_MS);
    } else {
      ask("watch");
    }
  }

  function words(run) {
    const rows = run.rows ? `, ${run.rows.toLocaleString()} rows` : "";
    switch (run.state) {
      case "queued":
        return `It waits. ${run.waits}`.trim();
      case "running":
        return run.cells ? `Cell ${run.cell} of ${run.cells}: ${run.line}` : "It runs.";
      case "succeeded":
        return `It went well: release ${run.release}${rows}.`;
      case "unchanged":
        return `Nothing changed since release ${run.release}.`;
      case "failed":
        return `It failed. ${run.failure} ${run.hint}`.trim();
      case "cancelled":
        return "It was cancelled.";
      default:
        return `It is ${run.state}.`;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(checking);
    status.textContent = "";
    delete form.dataset.state;
    ask("run", filled());
  });
  cancel.addEventListener("click", () => ask("cancel"));
  // Keys typed here are for the panel, not for the notebook around it.
  form.addEventListener("keydown", (event) => event.stopPropagation());

  function receive(message) {
    if (message.view !== ids) {
      if (message.run) {
        showRun(message.run); // what another view of this panel began
      }
      return;
    }
    if ((message.kind === "check" || message.kind === "run") && message.id < newest) {
      return;
    }
    if (message.fields) {
      build(message);
    }
    if (message.problems) {
      showProblems(message.problems, message.kind === "run");
    }
    if (message.run) {
      showRun(message.run);
    }
    if (message.error) {
      form.dataset.state = "failed";
      status.textContent = `${message.error.message} ${message.error.hint}`.trim();
    }
  }

  model.on("msg:custom", receive);
  ask("start");

  return () => {
    clearTimeout(checking);
    clearTimeout(watching);
    model.off("msg:custom", receive);
  };
}

export default { render };
