// Counts one read of the article on this page: a single beacon, without any identifier, once the text has been visible
// for five seconds in all. Robots, prerendered and background pages send nothing, nor do readers who ask not to be
// counted: here (reads_choice.js), or in all of the web. The page works without this.

const VISIBLE_FOR = 5000;

const article = document.querySelector("[data-reads]");
let seen = 0;
let since = null;
let timer = null;

function mayBeCounted() {
  if (navigator.webdriver || navigator.globalPrivacyControl || navigator.doNotTrack === "1") return false;
  try {
    return localStorage.getItem("reads") !== "uncounted";
  } catch {
    return false; // a browser that could not keep the choice
  }
}

function update() {
  const visible = document.visibilityState === "visible" && !document.prerendering;
  clearTimeout(timer);
  if (since !== null) seen += performance.now() - since;
  since = visible ? performance.now() : null;
  if (visible) timer = setTimeout(send, VISIBLE_FOR - seen);
}

function send() {
  document.removeEventListener("visibilitychange", update);
  document.removeEventListener("prerenderingchange", update);
  navigator.sendBeacon(article.dataset.reads);
}

if (article && mayBeCounted()) {
  document.addEventListener("visibilitychange", update);
  document.addEventListener("prerenderingchange", update);
  update();
}
