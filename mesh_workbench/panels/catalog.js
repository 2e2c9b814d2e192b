/**
 * The catalog panel: search box, results, details.
 *
 * - Everything shown is set as text, never as HTML.
 * - Python answers messages: {id, kind: "start" | "search" | "open", value}. Of several searches only the newest counts.
 * - Keys: down from the search box into the results, up and down between them, Enter opens, Escape goes back.
 */

const DOTS = {
  kept: "●",
  kept_partly: "◐",
  late: "◐",
  breached: "✕",
  failed: "✕",
  never_ran: "○",
};

function counted(rows) {
  return rows === null || rows === undefined ? "" : `${rows.toLocaleString()} rows`;
}

function render({ model, el }) {
  const ids = `mesh-${Math.random().toString(36).slice(2)}`;
  const input = make("input", {
    type: "search",
    class: "mesh-catalog-search",
    placeholder: "Search products, columns, owners",
    "aria-label": "Search products, columns, owners",
    "aria-controls": `${ids}-results`,
  });
  const status = make("p", { class: "mesh-catalog-status", role: "status" });
  const results = make("ul", {
    class: "mesh-catalog-results",
    id: `${ids}-results`,
    role: "listbox",
    "aria-label": "Products",
  });
  const details = make("section", { class: "mesh-catalog-details", "aria-live": "polite", "aria-label": "Product" });
  const root = make(
    "div",
    { class: "mesh-catalog" },
    make("div", { class: "mesh-catalog-left" }, input, status, results),
    details,
  );
  el.append(root);

  let asked = 0;
  const newest = { search: 0, open: 0 };
  let timer = null;
  let slow = null;
  let selected = null;

  function ask(kind, value) {
    asked += 1;
    newest[kind === "open" ? "open" : "search"] = asked;
    clearTimeout(slow);
    slow = setTimeout(() => root.setAttribute("aria-busy", "true"), 300);
    model.send({ id: asked, kind, value });
  }

  function fail(error) {
    status.textContent = `${error.message} ${error.hint}`.trim();
    status.classList.add("mesh-catalog-error");
  }

  function showResults(message) {
    status.classList.remove("mesh-catalog-error");
    const shown = message.items.length;
    const nothing = message.text ? "Nothing found. Try another word." : "There are no products yet.";
    status.textContent =
      shown === 0
        ? nothing
        : shown < message.total
          ? `first ${shown} of ${message.total.toLocaleString()} products`
          : `${shown} ${shown === 1 ? "product" : "products"}`;
    results.replaceChildren(...message.items.map(line));
  }

  function line(item, index) {
    const reason = item.reason || item.health.replaceAll("_", " ");
    const node = make(
      "li",
      {
        role: "option",
        tabindex: index === 0 ? "0" : "-1",
        title: reason,
        "data-name": item.name,
        "aria-selected": String(item.name === selected),
      },
      make("span", { class: `mesh-catalog-dot mesh-catalog-${item.health}`, "aria-hidden": "true" }, DOTS[item.health] ?? "○"),
      make("span", { class: "mesh-catalog-name" }, item.name),
      make("span", { class: "mesh-catalog-rows" }, counted(item.rows)),
      make("span", { class: "mesh-catalog-title" }, item.title),
      make("span", { class: "mesh-catalog-hidden" }, reason),
    );
    node.addEventListener("click", () => open(node));
    return node;
  }

  function open(node) {
    selected = node.dataset.name;
    for (const other of results.children) {
      other.setAttribute("aria-selected", String(other === node));
    }
    focus(node);
    ask("open", selected);
  }

  function focus(node) {
    for (const other of results.children) {
      other.tabIndex = other === node ? 0 : -1;
    }
    node.focus();
  }

  function showDetails(product) {
    selected = product.name;
    const facts = [
      ["State", [product.status, product.version, product.release ? `release ${product.release}` : ""].filter(Boolean).join(" · ")],
      ["Health", product.reason || product.health.replaceAll("_", " ")],
      ["Rows", counted(product.rows)],
      ["Owner", product.owner],
      ["Ports", product.ports.length > 1 ? product.ports.join(", ") : ""],
      ["Tags", product.tags.join(", ")],
    ].filter(([, text]) => text);
    const list = make("dl");
    for (const [name, text] of facts) {
      list.append(make("dt", {}, name), make("dd", {}, text));
    }
    const body = make("tbody");
    for (const column of product.columns) {
      const marks = [column.required ? "required" : "", column.classification].filter(Boolean).join(", ");
      body.append(
        make(
          "tr",
          {},
          make("th", { scope: "row" }, column.name),
          make("td", { class: "mesh-catalog-type" }, column.type),
          make("td", {}, [column.description, marks].filter(Boolean).join(" · ")),
        ),
      );
    }
    const copy = make("button", { type: "button", class: "mesh-catalog-copy" }, "Copy query");
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(product.query);
        copy.textContent = "Copied";
      } catch {
        copy.textContent = "Select it and press Ctrl+C";
      }
      setTimeout(() => (copy.textContent = "Copy query"), 2000);
    });
    details.replaceChildren(
      make("h3", {}, product.name),
      make("p", {}, product.description || product.title),
      list,
      make("div", { class: "mesh-catalog-query" }, make("pre", { tabindex: "0" }, product.query), copy),
      product.columns.length ? make("table", {}, make("caption", {}, `${product.columns.length} columns`), body) : null,
    );
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask("search", input.value), 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && results.firstElementChild) {
      focus(results.firstElementChild);
      event.preventDefault();
    }
  });
  results.addEventListener("keydown", (event) => {
    const node = event.target.closest("li");
    const next = { ArrowDown: node?.nextElementSibling, ArrowUp: node?.previousElementSibling }[event.key];
    if (next) {
      focus(next);
    } else if (event.key === "ArrowUp" || event.key === "Escape") {
      input.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      open(node);
    } else {
      return;
    }
    event.preventDefault();
  });
  // Keys typed here are for the panel, not for the notebook around it.
  root.addEventListener("keydown", (event) => event.stopPropagation());

  function receive(message) {
    clearTimeout(slow);
    root.removeAttribute("aria-busy");
    if (message.id < newest[message.kind === "open" ? "open" : "search"]) {
      return;
    }
    if (message.error) {
      fail(message.error);
      return;
    }
    if (message.kind === "start") {
      input.value = message.text;
    }
    if (message.items) {
      showResults(message);
    }
    if (message.product) {
      showDetails(message.product);
    }
  }

  model.on("msg:custom", receive);
  details.append(make("p", { class: "mesh-catalog-status" }, "Choose a product to see what it holds."));
  ask("start");

  return () => {
    clearTimeout(timer);
    clearTimeout(slow);
    model.off("msg:custom", receive);
  };
}

export default { render };
