// The translation editor: links, bold and italic are seen as such, and stored as the fragments that wagtail-localize
// keeps (`<a id="a1">`). Without this script each text is a textarea with a button.

const INLINE = ["b", "strong", "i", "em", "code", "abbr", "acronym"];
const root = document.querySelector("[data-translation-editor]");
const words = root.dataset;

// Stands after a link that nothing follows, so that what is typed there is typed after the link. Never stored.
const NOTHING = "\u200b";

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** The fragment to store for what stands in a field. */
function stored(field) {
  const inside = (node) => [...node.childNodes].map(written).join("");
  const written = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return escaped(node.data.replace(/[\u200b\ufeff]/g, ""));
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    const name = node.localName;
    if (name === "br") return "<br/>";
    if (name === "a" && node.dataset.key) return `<a id="${node.dataset.key}">${inside(node)}</a>`;
    const text = inside(node);
    return INLINE.includes(name) && text ? `<${name}>${text}</${name}>` : text;
  };
  return inside(field).replace(/^(\s|<br\/>)+|(\s|<br\/>)+$/g, "");
}

/** The nodes that show a stored fragment. Only what a segment can hold comes through. */
function shown(fragment, targets) {
  const page = new DOMParser().parseFromString(fragment, "text/html");
  const copied = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
    const result = document.createDocumentFragment();
    let holder = result;
    if (node.localName === "br") return document.createElement("br");
    if (node.localName === "a" && node.id) {
      holder = document.createElement("a");
      holder.dataset.key = node.id;
      holder.title = targets.get(node.id) ?? "";
      result.append(holder);
    } else if (INLINE.includes(node.localName)) {
      holder = document.createElement(node.localName);
      result.append(holder);
    }
    holder.append(...[...node.childNodes].filter((child) => child.nodeType !== Node.COMMENT_NODE).map(copied));
    if (node.localName === "a" && !node.nextSibling) result.append(NOTHING);
    return result;
  };
  return copied(page.body);
}

class Row {
  constructor(form) {
    this.form = form;
    this.area = form.querySelector("textarea");
    this.links = [...form.querySelectorAll("template[data-link]")];
    this.targets = new Map(this.links.map((link) => [link.dataset.link, link.dataset.target]));
    this.saved = this.area.value;
    this.pending = null;
    this.kept = `newsroom ${form.getAttribute("action")}`;
    this.field = this.makeField();
    this.show(this.saved);
    this.restore();
    if (!this.area.readOnly) {
      if ("rich" in this.area.dataset) this.field.after(this.makeTools());
      this.listen();
    }
  }

  makeField() {
    const field = document.createElement("div");
    field.className = "translation-text";
    field.lang = this.area.lang;
    field.contentEditable = String(!this.area.readOnly);
    field.spellcheck = true;
    field.setAttribute("role", "textbox");
    field.setAttribute("aria-multiline", "true");
    if (this.area.readOnly) field.setAttribute("aria-readonly", "true");
    for (const name of ["aria-label", "aria-describedby"]) field.setAttribute(name, this.area.getAttribute(name));
    this.area.hidden = true;
    this.area.after(field);
    return field;
  }

  makeTools() {
    const tools = document.createElement("div");
    tools.className = "translation-toolbar";
    tools.setAttribute("role", "group");
    tools.setAttribute("aria-label", words.tools);
    tools.append(
      this.tool("b", words.bold, "B", () => document.execCommand("bold")),
      this.tool("i", words.italic, "I", () => document.execCommand("italic")),
    );
    this.linkTools = this.links.map((link) => {
      const text = link.content.textContent;
      const button = this.tool("span", words.link.replace("%s", text), text, () => this.makeLink(link));
      button.dataset.key = link.dataset.link;
      return button;
    });
    tools.append(...this.linkTools);
    this.markLinks();
    return tools;
  }

  tool(element, label, text, act) {
    const button = document.createElement("button");
    const face = document.createElement(element);
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    face.textContent = text;
    button.append(face);
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      this.field.focus();
      if (this.range) getSelection().setBaseAndExtent(...this.range);
      act();
      this.changed();
    });
    return button;
  }

  listen() {
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("beforeinput", (event) => {
      // Plain text has no bold, whatever is pressed.
      if (event.inputType.startsWith("format") && !("rich" in this.area.dataset)) event.preventDefault();
    });
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("paste", (event) => {
      event.preventDefault();
      const text = event.clipboardData.getData("text/plain").trim().replace(/\s*\n\s*/g, " ");
      document.execCommand("insertText", false, text);
    });
    document.addEventListener("selectionchange", () => {
      const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
      if (anchorNode && this.field.contains(anchorNode) && this.field.contains(focusNode)) {
        this.range = [anchorNode, anchorOffset, focusNode, focusOffset];
      }
    });
    this.form.addEventListener("focusout", (event) => {
      if (!this.form.contains(event.relatedTarget)) this.saveIfChanged();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const waives = "waive" in (event.submitter?.dataset ?? {});
      // What is said to be right is what is stored: a text that was changed since is stored, and looked at, first.
      this.save(waives && !this.isChanged ? event.submitter.getAttribute("formaction") : this.form.action);
    });
  }

  pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) this.save();
    const next = rows[rows.indexOf(this) + 1];
    if (next) next.field.focus();
    else this.field.blur();
  }

  changed() {
    this.markLinks();
    this.say("");
    this.keep();
    const limit = Number(this.area.dataset.limit ?? Infinity);
    const length = this.field.innerText.replaceAll(NOTHING, "").trim().length;
    const counter = this.form.querySelector("[data-length]");
    counter.textContent = length > 0.8 * limit ? `${length} / ${limit}` : "";
    counter.classList.toggle("is-too-long", length > limit);
  }

  /** Which links of the source do not stand in the text yet. */
  markLinks() {
    for (const button of this.linkTools ?? []) {
      const stands = [...this.field.querySelectorAll("a")].some((link) => link.dataset.key === button.dataset.key);
      button.classList.toggle("is-missing", !stands);
    }
  }

  /** Make the selection a link of the source; its words if nothing is selected. A link stands in a text once. */
  makeLink(link) {
    const selection = getSelection();
    const range = selection.rangeCount ? selection.getRangeAt(0) : document.createRange();
    if (!this.field.contains(range.commonAncestorContainer)) {
      range.selectNodeContents(this.field);
      range.collapse(false);
    }
    const made = document.createElement("a");
    made.dataset.key = link.dataset.link;
    made.title = link.dataset.target;
    const outer = this.linkAround(range.startContainer);
    if (range.collapsed && outer && outer.dataset.key !== link.dataset.link) range.setStartAfter(outer);
    made.append(range.collapsed ? link.content.textContent : range.extractContents());
    for (const inner of made.querySelectorAll("a")) inner.replaceWith(...inner.childNodes);
    range.insertNode(made);
    for (const old of this.field.querySelectorAll("a")) {
      if (old !== made && (old.dataset.key === made.dataset.key || old.contains(made))) old.replaceWith(...old.childNodes);
    }
    for (const empty of this.field.querySelectorAll("a:empty")) empty.remove();
    const after = document.createTextNode(NOTHING);
    made.after(after);
    selection.setBaseAndExtent(after, 1, after, 1);
  }

  /** The link that a node of the text stands in. */
  linkAround(node) {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return element.closest("a[data-key]");
  }

  /** Keep what is not stored in this browser, until it is: it may be refused, or the page be left. */
  keep() {
    try {
      if (this.isChanged) localStorage.setItem(this.kept, JSON.stringify({ before: this.saved, text: stored(this.field) }));
      else localStorage.removeItem(this.kept);
    } catch {
      // A browser that keeps nothing.
    }
  }

  /** Bring back what was kept, unless another text has been stored since. */
  restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.kept));
      if (!kept || this.area.readOnly) return;
      if (kept.before !== this.saved) return localStorage.removeItem(this.kept);
      this.field.replaceChildren(shown(kept.text, this.targets));
      this.showProblems([words.kept]);
    } catch {
      // A browser that keeps nothing.
    }
  }

  get isChanged() {
    return !this.area.readOnly && stored(this.field) !== stored(shownIn(this.saved, this.targets));
  }

  show(fragment) {
    this.area.value = fragment;
    this.field.replaceChildren(shown(fragment, this.targets));
    this.markLinks();
  }

  say(text) {
    this.form.querySelector("[data-said]").textContent = text;
  }

  saveIfChanged() {
    if (this.isChanged && !this.pending) this.save();
  }

  /** Store the text. Resolves to whether it is stored. */
  save(url = this.form.action) {
    this.pending = this.send(url).finally(() => {
      this.pending = null;
    });
    return this.pending;
  }

  async send(url) {
    const sent = stored(this.field);
    this.area.value = sent;
    this.form.elements.before.value = this.saved;
    this.say(words.saving);
    try {
      const response = await fetch(url, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json" },
      });
      if (!response.ok || response.redirected) {
        this.say("");
        this.showProblems([response.status === 404 ? words.moved : words.refused]);
        return false;
      }
      const answer = await response.json();
      this.showProblems(answer.problems ?? []);
      if (answer.problems) {
        this.say("");
        return false;
      }
      this.saved = answer.value;
      this.form.dataset.state = answer.state;
      this.form.querySelector("[data-notes]").innerHTML = answer.notes;
      root.querySelector("[data-progress]").textContent = answer.progress;
      // The spaces and quotation marks of the language are set when a text is stored.
      if (stored(this.field) === sent && sent !== answer.value && !this.form.contains(document.activeElement)) {
        this.show(answer.value);
      }
      this.say(words.saved);
      this.keep();
      return true;
    } catch {
      this.say("");
      this.showProblems([words.failed]);
      return false;
    }
  }

  showProblems(problems) {
    const list = this.form.querySelector("[data-problems]");
    list.replaceChildren(
      ...problems.map((problem) => Object.assign(document.createElement("li"), { textContent: problem })),
    );
    list.hidden = problems.length === 0;
    this.field.setAttribute("aria-invalid", String(problems.length > 0));
  }
}

function shownIn(fragment, targets) {
  const holder = document.createElement("div");
  holder.append(shown(fragment, targets));
  return holder;
}

document.documentElement.classList.add("has-translation-editor");
for (const element of root.querySelectorAll("[data-only-with-script]")) element.hidden = false;
const rows = [...root.querySelectorAll("[data-row]")].map((form) => new Row(form));

// What is about to be published, saved as a draft or looked at has every text in it.
document.addEventListener("submit", async (event) => {
  const open = rows.filter((row) => row.pending || row.isChanged);
  if (event.target.matches("[data-row]") || open.length === 0) return;
  event.preventDefault();
  const { target, submitter } = event;
  const results = await Promise.all(open.map((row) => row.pending ?? row.save()));
  const refused = open[results.indexOf(false)];
  document.querySelector("[data-said-below]").textContent = refused ? words.stopped : "";
  if (refused) refused.field.focus();
  else target.requestSubmit(submitter);
});

window.addEventListener("beforeunload", (event) => {
  if (rows.some((row) => row.pending || row.isChanged)) event.preventDefault();
});
