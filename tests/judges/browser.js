// What the judges ask of a page in the browser. Each returns complaints, or what Python needs to make them.
window.judges ??= (() => {
  const STOPS = "a[href], button, input, select, textarea, summary, iframe, [tabindex]";

  const seen = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });

  function name(element) {
    const text = (element.innerText || element.getAttribute("aria-label") || element.name || "").trim();
    return `<${element.localName} class="${element.className}"> ${text.slice(0, 40)}`;
  }

  // What Tab must reach, in the order of the document. Of radio buttons with one name it reaches one.
  function stops() {
    const found = [...document.querySelectorAll(STOPS)].filter(
      (element) => element.tabIndex >= 0 && !element.disabled && element.type !== "hidden" && seen(element),
    );
    return found.filter((element) => {
      if (element.type !== "radio") return true;
      const group = found.filter((other) => other.name === element.name && other.form === element.form);
      return element === (group.find((other) => other.checked) ?? group[0]);
    });
  }

  // How an element is drawn, as far as a focus may change it: itself, what is drawn over it, or the box it stands in.
  function look(element) {
    const boxes = [element, element.parentElement, element.closest("article, li, label")].filter(Boolean);
    return boxes.flatMap((box) => [null, "::before", "::after"].map((part) => drawn(getComputedStyle(box, part)))).join();
  }

  const drawn = ({ outlineStyle, outlineWidth, boxShadow, backgroundColor, borderColor }) =>
    [outlineStyle === "none" ? "" : outlineStyle + outlineWidth, boxShadow, backgroundColor, borderColor].join(" ");

  // The middle of the first line of an element: a link that wraps has a box whose middle may be elsewhere.
  function middle(element) {
    const box = element.getClientRects()[0];
    return box && [box.left + box.width / 2, box.top + box.height / 2];
  }

  function isOnTop(element) {
    const [x, y] = middle(element) ?? [-1, -1];
    const top = document.elementFromPoint(x, y);
    return Boolean(top && (element.contains(top) || top.contains(element) || element.labels?.[0]?.contains(top)));
  }

  // The elements with text of their own.
  function texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const elements = new Set();
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (walker.currentNode.data.trim() && seen(element) && !element.closest("svg")) elements.add(element);
    }
    return elements;
  }

  const sizeOf = (element) => parseFloat(getComputedStyle(element).fontSize);

  let sizes = new Map();
  let expected = [];
  let looks = new Map();

  return {
    // -- Keyboard --
    startWalk() {
      document.activeElement.blur();
      scrollTo(0, 0);
      expected = stops();
      looks = new Map(expected.map((element) => [element, look(element)]));
      return { names: expected.map(name), ahead: [...document.querySelectorAll("[tabindex]")].filter((e) => e.tabIndex > 0).map(name) };
    },

    // Where the focus stands: its number among the stops, -1 for a box that only scrolls, null when it left the page.
    stand() {
      const element = document.activeElement;
      if (element === document.body || element === document.documentElement) return null;
      const number = expected.indexOf(element);
      const shown = number < 0 || look(element) !== looks.get(element);
      return { number, name: name(element), shown, onTop: number < 0 || isOnTop(element) };
    },

    // -- Width --
    // Elements that reach beyond the window, and do not scroll inside a box of their own.
    tooWide() {
      const width = document.documentElement.clientWidth;
      const scrolls = (element) => ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(element).overflowX);
      const inside = (element) => {
        for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) if (scrolls(box)) return true;
        return false;
      };
      const wide = [...document.body.querySelectorAll("*")].filter(
        (element) => seen(element) && element.getBoundingClientRect().right > width + 1 && !inside(element),
      );
      const complaints = wide.map((element) => `${name(element)} ends at ${Math.round(element.getBoundingClientRect().right)} of ${width}`);
      if (document.documentElement.scrollWidth > width) complaints.push(`the page is ${document.documentElement.scrollWidth} wide`);
      return complaints;
    },

    // -- Large text --
    rememberSizes() {
      sizes = new Map([...texts()].map((element) => [element, sizeOf(element)]));
    },

    // What has not grown as it should: text to read by nearly twice, headlines, which are large already, by half.
    notGrown() {
      const due = (size) => (size < 20 ? size * 1.9 : Math.min(size * 1.5, 40));
      const small = [...texts()].filter((element) => sizes.has(element) && sizeOf(element) < due(sizes.get(element)));
      return small.map((element) => `${name(element)} has ${sizeOf(element)} px instead of ${sizes.get(element)}`);
    },

    // Text that its box cuts off, and controls that others lie upon.
    covered() {
      const cut = [...document.body.querySelectorAll("*")].filter((element) => {
        const { overflowX, overflowY, position } = getComputedStyle(element);
        const hides = ["hidden", "clip"].includes(overflowX) || ["hidden", "clip"].includes(overflowY);
        // One pixel of text is for those who listen, not for those who look.
        const isForEyes = element.clientWidth > 1 && element.clientHeight > 1;
        const overflows = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
        return hides && isForEyes && position !== "fixed" && seen(element) && element.innerText?.trim() && overflows;
      });
      const under = stops().filter((element) => {
        element.scrollIntoView({ block: "center", behavior: "instant" });
        return element.getClientRects().length && !element.matches(".skip-link") && !isOnTop(element);
      });
      return [...cut.map((element) => `${name(element)} is cut off`), ...under.map((element) => `${name(element)} is covered`)];
    },

    // -- Without JavaScript --
    // Buttons that would do nothing.
    deadButtons() {
      const dead = [...document.querySelectorAll("button, input[type=button]")].filter(
        (button) => seen(button) && !button.form && !button.hasAttribute("popovertarget") && !button.hasAttribute("commandfor"),
      );
      return dead.map(name);
    },

    // -- Rest --
    // How far things jumped while the page was loading (Layout Instability).
    shift() {
      const observer = new PerformanceObserver(() => {});
      observer.observe({ type: "layout-shift", buffered: true });
      return observer.takeRecords().reduce((sum, entry) => sum + entry.value, 0);
    },
  };
})();
