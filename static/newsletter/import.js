// Follows an import of subscribers: every two seconds the page is asked how far it is, and shown anew when it is done.
const shown = document.querySelector("[data-import-progress]");

async function follow() {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const now = page.querySelector("[data-import-progress]");
    if (!response.ok || !now) {
      location.reload();
      return;
    }
    shown.innerHTML = now.innerHTML;
  } catch {
    // No network for a moment: the next time tells.
  }
  setTimeout(follow, 2000);
}

if (shown) setTimeout(follow, 2000);
