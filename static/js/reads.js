// Counts one read of the article on this page: a single beacon, without any identifier, once the text has been visible
// for five seconds in all. Robots, prerendered and background pages send nothing, nor do readers who ask not to be
// counted: here (reads_choice.js), or in all of the web. The page works without this.
//
// Whoever came by a link of a digest says by which; the address is then rid of it, so that a copied one does not.

const VISIBLE_FOR = 5000;

const article = document.querySelector("[data-reads]");
const campaign = new URLSearchParams(location.search).get("utm_campaign");
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
  const query = campaign ? `?${new URLSearchParams({ utm_campaign: campaign })}` : "";
  navigator.sendBeacon(article.dataset.reads + query);
}

if (campaign) {
  const address = new URL(location.href);
  for (const name of [...address.searchParams.keys()]) if (name.startsWith("utm_")) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}
if (article && mayBeCounted()) {
  document.addEventListener("visibilitychange", update);
  document.addEventListener("prerenderingchange", update);
  update();
}
